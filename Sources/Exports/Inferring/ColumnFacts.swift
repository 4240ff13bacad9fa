/// A column with what its values tell of numbers and dates, found out once.
struct ColumnFacts {
  let profile: ColumnProfile
  let numbers: NumberEvidence?
  let dates: DateEvidence?

  init(_ profile: ColumnProfile) {
    var profile = profile
    profile.finish()
    self.profile = profile
    let isPlain = !profile.isStructured && profile.filled > 0
    dates = isPlain ? DateEvidence(profile) : nil
    numbers = isPlain && dates == nil ? NumberEvidence(profile) : nil
  }

  var name: ColumnName { profile.name }
}

/// What the columns of a file tell of each other: one program wrote them all.
struct FileHabits {
  let numbers: NumberHabit
  private let orders: [(order: DayOrder, column: String)]

  init(_ columns: [ColumnFacts]) {
    numbers = NumberHabit(columns)
    orders = columns.compactMap { column in
      column.dates?.proved.map { ($0, column.name.text) }
    }
  }

  /// Which of day and month comes first, and the column that proves it; nil where none does, or
  /// two differ.
  var dayOrder: (order: DayOrder, column: String)? {
    guard let first = orders.first, orders.allSatisfy({ $0.order == first.order }) else {
      return nil
    }
    return first
  }
}
