/// A group of lines that share preparation.
struct Group: Sendable {
  let name: String
  let measure: @Sendable (Bench) throws -> [Finding]
}

/// All groups, in the order of the table.
enum Groups {
  static let all = [
    Group(name: "import", measure: ImportRows.measure),
    Group(name: "reconcile", measure: ReconcileRows.measureFirst),
    Group(name: "changes", measure: ReconcileRows.measureChanges),
    Group(name: "pull", measure: PullRows.measure),
    Group(name: "limits", measure: LimitRows.measure),
    Group(name: "json", measure: ReaderRows.measureJSON),
    Group(name: "csv", measure: ReaderRows.measureCSV),
    Group(name: "status", measure: ConsoleRows.measureStatus),
    Group(name: "report", measure: ConsoleRows.measureReport),
    Group(name: "queue", measure: ConsoleRows.measureQueue),
  ]

  static let names = all.map(\.name)
}
