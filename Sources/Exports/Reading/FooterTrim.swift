/// Rows without the last few, which are a footer: each is held back until enough others follow.
struct FooterTrim: RowSource {
  private var rows: any RowSource
  private let count: Int
  private let isElsewhere: () -> Bool
  private var held: [RowEvent] = []
  private var place = 0

  /// `isElsewhere` tells at the end whether the footer turned out to stand in no row.
  init(_ rows: any RowSource, count: Int, isElsewhere: @escaping () -> Bool) {
    self.rows = rows
    self.count = count
    self.isElsewhere = isElsewhere
  }

  var table: ColumnTable { rows.table }

  mutating func next() throws -> RowEvent? {
    while let event = try rows.next() {
      if held.count < count {
        held.append(event)
        continue
      }
      let oldest = held[place]
      held[place] = event
      place = (place + 1) % count
      return oldest
    }
    guard !held.isEmpty, isElsewhere() else { return nil }
    return held.removeFirst()
  }
}
