import Effects
import Formats
public import Reconciliation

/// Reads one export by the rules of a mapping, in memory of a row at a time.
public struct ExportReader: Sendable {
  private let file: ExportFile
  private let mapping: Mapping
  private let limits: ExportLimits

  /// A reader of this file.
  public init(_ file: ExportFile, by mapping: Mapping, limits: ExportLimits = .standard) {
    self.file = file
    self.mapping = mapping
    self.limits = limits
  }

  /// Hands every row to `sink` and tells what the file was like.
  ///
  /// `progress` hears how many bytes of the file were read so far.
  ///
  /// Throws `ExportRefusal` where the file is not to be taken, and what `sink` throws; the rows
  /// handed over until then are to be forgotten.
  public func read(
    into sink: any RecordSink, progress: (@Sendable (Int) -> Void)? = nil
  ) throws -> ExportFacts {
    do {
      return try readRows(into: sink, progress)
    } catch let refusal as ExportRefusal {
      throw refusal.naming(file.name)
    }
  }

  private func readRows(
    into sink: any RecordSink, _ progress: (@Sendable (Int) -> Void)?
  ) throws -> ExportFacts {
    let opening = ExportOpening(file, ReadingRules(mapping.export), limits, progress)
    var opened = try opening.open(.only(mapping.columnsNeeded))
    if opened.header != nil {
      try NeededColumns.check(mapping, has: opened.rows.table, all: true)
    }
    let projector = RowProjector(mapping)
    var facts = ExportFacts(dialect: opened.dialect)
    while let event = try opened.rows.next() {
      switch event {
      case .row(_, _, isBlank: true): continue
      case .rejected(let rejection):
        facts.rejected += 1
        try sink.reject(rejection)
      case .row(let line, let cells, _):
        try take(projector.project(cells, line: line), &facts, sink)
      }
      facts.rows += 1
    }
    try finish(&facts, opened.rows.table)
    return facts
  }

  private func take(
    _ outcome: RowProjector.Outcome, _ facts: inout ExportFacts, _ sink: any RecordSink
  ) throws {
    switch outcome {
    case .elsewhere: facts.elsewhere += 1
    case .rejected(let rejection):
      facts.rejected += 1
      try sink.reject(rejection)
    case .row(let row):
      facts.accepted += 1
      try sink.put(row)
    }
  }

  private func finish(_ facts: inout ExportFacts, _ table: ColumnTable) throws {
    guard facts.rows > 0 else {
      throw ExportRefusal(.noRows, "the export has no rows")
    }
    try NeededColumns.check(mapping, has: table, all: mapping.export.mode == .full)
    let needed = Set(mapping.columnsNeeded)
    facts.columns = table.names
    facts.extraColumns = table.names.filter { !needed.contains($0) }
    try file.checkUnchanged()
  }
}

/// Whether a file has the columns that a mapping needs.
enum NeededColumns {
  /// How many names a refusal lists.
  static let namesMax = 40

  /// Refuses a file that lacks columns.
  ///
  /// Where members may be left out, as in changes sent as JSON or XML, `all` is false and only
  /// reference and origin must be there.
  static func check(_ mapping: Mapping, has table: ColumnTable, all: Bool) throws(ExportRefusal) {
    let key = mapping.reference.columns + [mapping.originColumn?.column].compactMap(\.self)
    let needed = all ? mapping.columnsNeeded : key
    let missing = needed.filter { !table.has($0) }
    guard let first = missing.first else { return }
    var message =
      missing.count == 1
      ? "the column “\(first)” is missing"
      : "these columns are missing: \(missing.map { "“\($0)”" }.joined(separator: ", "))"
    if let near = nearestName(to: first, among: table.names) {
      message += "; did “\(first)” become “\(near)”?"
    }
    let names = table.names.prefix(namesMax).joined(separator: ", ")
    let more = table.names.count > namesMax ? " and \(table.names.count - namesMax) more" : ""
    throw ExportRefusal(.missingColumn, "\(message); the file has: \(names)\(more)")
  }
}
