import Effects
import Formats
public import Reconciliation

/// Reads one export by the rules of a mapping, in memory of some rows at a time.
///
/// One thread reads, the caller's takes the rows: decoding and storing each have a core.
public struct ExportReader: Sendable {
  private let file: ExportFile
  private let mapping: Mapping
  private let rule: ExportRule
  private let limits: ExportLimits
  private let mayBeEmpty: Bool
  private let mayGoOn: Bool
  private let learnsAnew: Bool
  private let stretches: KnownStretches?

  /// A reader of this file by one of the mapping's export rules, the first unless given.
  ///
  /// Changes may have no rows: nothing changed. A full export without rows for the mapping is
  /// refused unless it `mayBeEmpty`, and one that says that more of it is elsewhere unless it
  /// `mayGoOn`.
  ///
  /// With `learnsAnew` its number columns may show other decimal marks than those of exports
  /// before. With `stretches`, those of a delimited text are noted, and the known ones are passed
  /// without reading their rows.
  public init(
    _ file: ExportFile, by mapping: Mapping, rule: ExportRule? = nil, mayBeEmpty: Bool = false,
    mayGoOn: Bool = false, learnsAnew: Bool = false, stretches: KnownStretches? = nil,
    limits: ExportLimits = .standard
  ) {
    self.stretches = stretches
    self.file = file
    self.mapping = mapping
    self.rule = rule ?? mapping.export
    self.mayBeEmpty = mayBeEmpty
    self.mayGoOn = mayGoOn
    self.learnsAnew = learnsAnew
    self.limits = limits
  }

  /// Hands every row to `sink` and tells what the file was like.
  ///
  /// `progress` hears how many bytes of the file were read so far, on another thread.
  ///
  /// Throws `ExportRefusal` where the file is not to be taken, `MarksProved` where it is to be read
  /// again, and what `sink` throws; the rows handed over until then are to be forgotten.
  public func read(
    into sink: any RecordSink, progress: (@Sendable (Int) -> Void)? = nil
  ) throws -> ExportFacts {
    do {
      return try readAhead(into: sink, progress)
    } catch let refusal as ExportRefusal {
      throw refusal.naming(file.name)
    }
  }

  private func readAhead(
    into sink: any RecordSink, _ progress: (@Sendable (Int) -> Void)?
  ) throws -> ExportFacts {
    let queue = HandOver<Part>(waitingMax: RowBatch.waitingMax)
    queue.start { give in
      let facts = try readRows(progress) { try give(.rows($0)) }
      try give(.end(facts))
    }
    do {
      while let part = try queue.take() {
        switch part {
        case .rows(let batch): try batch.deliver(to: sink)
        case .end(let facts): return facts
        }
      }
    } catch {
      queue.abandon()
      throw error
    }
    throw ExportRefusal(.unreadable, "reading ended without a result")
  }

  private enum Part: Sendable {
    case rows(RowBatch)
    case end(ExportFacts)
  }

  private func readRows(
    _ progress: (@Sendable (Int) -> Void)?, give: @escaping (sending RowBatch) throws -> Void
  ) throws -> ExportFacts {
    if file.bytes.size == 0, rule.takesNoBytes {
      return ExportFacts(dialect: ExportDialect(format: rule.format))
    }
    let opening = ExportOpening(file, ReadingRules(rule), limits, progress)
    var selection = ColumnSelection.only(mapping.columnsNeeded)
    selection.mustBeWhole = rule.mode == .full && !mayGoOn
    var opened = try opening.open(selection)
    if opened.header != nil {
      try NeededColumns.check(mapping, has: opened.rows.table, all: true)
    }
    var feed = RowFeed(
      mapping, rule, opened.dialect, of: file.name, learnsAnew: learnsAnew, give: give)
    if let rows = opened.rows as? DelimitedRows {
      let notes = stretches.map {
        StretchNotes($0, reading: rows.reading, fileBytes: file.bytes.size, limits)
      }
      try feed.take(rows, by: PlainRowReader(mapping, rule: rule, places: rows.fieldOfSlot), notes)
      if notes != nil { feed.note(reading: rows.reading) }
    } else {
      try feed.take(&opened.rows)
    }
    if rule.mode == .full, !mayBeEmpty {
      try EmptyExport.check(feed.facts.rows, feed.facts.setAside, mapping)
    }
    if feed.facts.rows > 0 {
      try NeededColumns.check(
        mapping, has: opened.rows.table, all: rule.mode == .full, feed.firstRejection)
    }
    try feed.settleMarks()
    feed.finish(opened, needed: mapping.columnsNeeded)
    try file.checkUnchanged()
    return feed.facts
  }
}

/// Full exports of which nothing is left.
enum EmptyExport {
  /// Values of `where` that a refusal lists.
  static let valuesMax = 10

  /// Refuses a full export without rows, and one of which `where` leaves none; `rows` are all rows,
  /// those that it sets aside too.
  static func check(
    _ rows: Int, _ setAside: SetAside, _ mapping: Mapping
  ) throws(ExportRefusal) {
    guard rows > 0 else { throw ExportRefusal(.noRows, "the export has no rows") }
    guard setAside.rows == rows, let filter = mapping.rows else { return }
    let seen = setAside.values
    var values = seen.prefix(valuesMax).map { "\(quoted($0.value)) (\($0.rows))" }
    if seen.count > valuesMax || setAside.rowsOfOtherValues > 0 { values.append("others") }
    let wanted = filter.texts.prefix(valuesMax).map(quoted).joined(separator: ", ")
    throw ExportRefusal(
      .filtered,
      "“where” leaves none of its \(rows) rows: the column “\(filter.column)” has "
        + "\(values.joined(separator: ", ")), and none of \(wanted)")
  }

  private static func quoted(_ value: String) -> String {
    value.isEmpty ? "empty cells" : "“\(value)”"
  }
}

/// Whether a file has the columns that a mapping needs.
enum NeededColumns {
  /// Refuses a file that lacks columns.
  ///
  /// Where members may be left out, as in changes sent as JSON or XML, `all` is false and only
  /// reference and origin must be there.
  /// Of rows of which none could be read nobody knows the columns: what is wrong with the first is
  /// told instead.
  static func check(
    _ mapping: Mapping, has table: ColumnTable, all: Bool, _ firstRejection: RowRejection? = nil
  ) throws(ExportRefusal) {
    if table.names.isEmpty, let firstRejection {
      throw ExportRefusal(
        .malformed, "no row can be used; the first: \(firstRejection.reason)",
        line: firstRejection.line)
    }
    let key = mapping.reference.columns + [mapping.originColumn?.column].compactMap(\.self)
    let needed = all ? mapping.columnsNeeded : key
    let missing = needed.filter { !table.has($0) }
    guard let first = missing.first else { return }
    var message =
      missing.count == 1
      ? "the column “\(first)” is missing"
      : "these columns are missing: \(missing.quoted.listed)"
    if table.names.contains(first) {
      // Only the bytes differ, which no message could show.
      message += "; the file has it with letters composed in another way: copy the name from there"
    } else if let near = nearestName(to: first, among: table.names) {
      message += "; did “\(first)” become “\(near)”?"
    }
    throw ExportRefusal(.missingColumn, "\(message); the file has: \(table.names.listed)")
  }
}
