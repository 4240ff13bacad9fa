import Effects
import Formats
public import Reconciliation

/// Reads one export by the rules of a mapping, in memory of some rows at a time.
///
/// One thread reads, the caller's takes the rows: decoding and storing each have a core.
public struct ExportReader: Sendable {
  private var files: [ExportFile]
  private var name: String
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
    files = [file]
    name = file.name
    self.mapping = mapping
    self.rule = rule ?? mapping.export
    self.mayBeEmpty = mayBeEmpty
    self.mayGoOn = mayGoOn
    self.learnsAnew = learnsAnew
    self.limits = limits
  }

  /// The same reader over all parts of an export, in their order; what is wrong with the whole is
  /// told of `name`.
  public func reading(parts: [ExportFile], of name: String) -> ExportReader {
    var reader = self
    reader.files = parts
    reader.name = name
    return reader
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
      throw refusal.naming(name)
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
    if rule.takesNoBytes, files.allSatisfy({ $0.bytes.size == 0 }) {
      var facts = ExportFacts(dialect: ExportDialect(format: rule.format))
      facts.parts = files.map { PartFacts(name: $0.name) }
      return facts
    }
    let watch = ProofWatch(mapping, rule)
    var selection = ColumnSelection.only(watch?.columns ?? mapping.columnsNeeded)
    selection.mustBeWhole = rule.mode == .full && !mayGoOn
    var opener = PartOpener(ReadingRules(rule), selection, limits)
    var feed = RowFeed(mapping, rule, places, watch, learnsAnew: learnsAnew, give: give)
    var done = 0
    for (number, file) in files.enumerated() {
      do {
        try read(file, number, &opener, &feed, Self.progress(progress, behind: done))
      } catch let refusal as ExportRefusal {
        throw refusal.naming(file.name)
      }
      done += file.bytes.size
    }
    if rule.mode == .full, !mayBeEmpty {
      try EmptyExport.check(feed.facts.rows, feed.facts.setAside, mapping)
    }
    if feed.facts.rows > 0 {
      try NeededColumns.check(
        mapping, has: feed.facts.columns, all: rule.mode == .full, feed.firstRejection)
    }
    try feed.settleMarks()
    feed.finish(needed: mapping.columnsNeeded)
    return feed.facts
  }

  private func read(
    _ file: ExportFile, _ number: Int, _ opener: inout PartOpener, _ feed: inout RowFeed,
    _ progress: (@Sendable (Int) -> Void)?
  ) throws {
    var opened = try opener.open(file, progress)
    if opened.header != nil {
      try NeededColumns.check(mapping, has: opened.rows.table.names, all: true)
      try NeededColumns.check(proof: rule.proof, has: opened.rows.table.names)
    }
    feed.begin(number, opened.dialect)
    if let rows = opened.rows as? DelimitedRows, !feed.isWatched {
      let notes = stretches.map {
        StretchNotes($0, reading: rows.reading, fileBytes: size, limits)
      }
      try feed.take(rows, by: PlainRowReader(mapping, rule: rule, places: rows.fieldOfSlot), notes)
      if notes != nil { feed.note(reading: rows.reading) }
    } else {
      try feed.take(&opened.rows)
    }
    feed.end(opened)
    try file.checkUnchanged()
  }

  /// What hears of the bytes of a file as of those of the whole.
  private static func progress(
    _ tell: (@Sendable (Int) -> Void)?, behind done: Int
  ) -> (@Sendable (Int) -> Void)? {
    guard let tell, done > 0 else { return tell }
    return { tell(done + $0) }
  }

  private var size: Int { files.reduce(0) { $0 + $1.bytes.size } }
  private var places: ExportPlaces { ExportPlaces(files.map(\.name)) }
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
  /// Refuses a file that lacks a column which proves that it is whole.
  static func check(proof: ProofRule?, has names: [String]) throws(ExportRefusal) {
    let lacking = proof?.columns.first { name in !names.contains { $0.isExactly(name) } }
    guard let lacking else { return }
    throw ExportRefusal(
      .missingColumn, "the column “\(lacking)”, which export.proof names, is missing")
  }

  /// Refuses a file that lacks columns.
  ///
  /// Where members may be left out, as in changes sent as JSON or XML, `all` is false and only
  /// reference and origin must be there.
  /// Of rows of which none could be read nobody knows the columns: what is wrong with the first is
  /// told instead.
  static func check(
    _ mapping: Mapping, has names: [String], all: Bool, _ firstRejection: RowRejection? = nil
  ) throws(ExportRefusal) {
    if names.isEmpty, let firstRejection {
      throw ExportRefusal(
        .malformed, "no row can be used; the first: \(firstRejection.reason)",
        line: firstRejection.line)
    }
    let key = mapping.reference.columns + [mapping.originColumn?.column].compactMap(\.self)
    let needed = all ? mapping.columnsNeeded : key
    let there = Set(names.map { ExactText($0) })
    let missing = needed.filter { !there.contains(ExactText($0)) }
    guard let first = missing.first else { return }
    var message =
      missing.count == 1
      ? "the column “\(first)” is missing"
      : "these columns are missing: \(missing.quoted.listed)"
    if names.contains(first) {
      // Only the bytes differ, which no message could show.
      message += "; the file has it with letters composed in another way: copy the name from there"
    } else if let near = nearestName(to: first, among: names) {
      message += "; did “\(first)” become “\(near)”?"
    }
    throw ExportRefusal(.missingColumn, "\(message); the file has: \(names.listed)")
  }
}
