/// Rows without the last few, which are a footer: each is held back until enough others follow.
struct FooterTrim: RowSource {
  private var rows: any RowSource
  private let count: Int
  private var held: [RowEvent] = []
  private var place = 0

  init(_ rows: any RowSource, count: Int) {
    self.rows = rows
    self.count = count
  }

  var table: ColumnTable { rows.table }
  var notes: [String] { rows.notes }

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
    return nil
  }
}
