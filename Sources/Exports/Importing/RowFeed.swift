import Formats
import Reconciliation

/// Turns what comes out of a file into batches, and keeps the count.
struct RowFeed {
  private let projector: RowProjector
  private let mapping: Mapping
  private let file: String
  private let learnsAnew: Bool
  private var evidence = MarkEvidence()
  private let give: (sending RowBatch) throws -> Void
  private var batch = RowBatch()
  private(set) var facts: ExportFacts
  private(set) var firstRejection: RowRejection?

  /// With `learnsAnew` the decimal marks of this file count, whatever exports before proved.
  init(
    _ mapping: Mapping, _ rule: ExportRule, _ dialect: ExportDialect, of file: String,
    learnsAnew: Bool, give: @escaping (sending RowBatch) throws -> Void
  ) {
    projector = RowProjector(mapping, rule: rule)
    self.mapping = mapping
    self.file = file
    self.learnsAnew = learnsAnew
    facts = ExportFacts(dialect: dialect)
    self.give = give
  }

  /// Takes all rows of any source.
  mutating func take(_ rows: inout any RowSource) throws {
    while let event = try rows.next() { try take(event) }
    try flush()
  }

  /// Takes all rows of a delimited text, most of them without a look at single cells, and those of
  /// known stretches without reading them.
  mutating func take(
    _ rows: DelimitedRows, by reader: PlainRowReader, _ stretches: StretchNotes?
  ) throws {
    var (reader, stretches) = (reader, stretches)
    while true {
      let marks = try stretches?.marks(at: rows, facts) ?? []
      for mark in marks { try take(mark) }
      if case .passed = marks.last { continue }
      guard let step = try rows.step() else { break }
      guard case .row = step else {
        try take(rows.event(step))
        continue
      }
      switch batch.read(rows, by: &reader) {
      case .record:
        facts.rows += 1
        facts.accepted += 1
        if batch.isFull {
          evidence.add(reader.evidence)
          try flush()
        }
      case .unclear: try take(rows.event(step))
      }
    }
    evidence.add(reader.evidence)
    if let mark = stretches?.close(rows, facts) { try take(mark) }
    try flush()
  }

  private mutating func take(_ mark: StretchMark) throws {
    batch.add(mark)
    if case .passed(_, let stretch) = mark {
      facts.rows += stretch.rows
      facts.accepted += stretch.rows
    }
    if batch.isFull { try flush() }
  }

  private mutating func take(_ event: RowEvent) throws {
    switch event {
    case .row(_, _, isBlank: true): return
    case .rejected(let rejection, let cells): reject(rejection.naming(projector.key(cells)))
    case .row(let line, let cells, _):
      take(projector.project(cells, line: line, &evidence), line)
    case .faulty(let line, let cells, let faults):
      take(projector.project(cells, faults, line: line, &evidence), line)
    }
    facts.rows += 1
    if batch.isFull { try flush() }
  }

  private mutating func take(_ outcome: RowProjector.Outcome, _ line: Int) {
    switch outcome {
    case .setAside(let value, let key):
      facts.setAside.add(value)
      if let key { batch.add(SetAsideRow(key: key, value: value, line: line)) }
    case .rejected(let rejection): reject(rejection)
    case .row(let record, let cells):
      facts.accepted += 1
      batch.add(record, cells, line: line)
    }
  }

  private mutating func reject(_ rejection: RowRejection) {
    firstRejection = firstRejection ?? rejection
    facts.rejected += 1
    batch.add(rejection)
  }

  private mutating func flush() throws {
    guard !batch.isEmpty else { return }
    // The sooner a mark is known, the fewer rows were read in vain.
    try settleMarks()
    let full = batch
    batch = RowBatch()
    try give(full)
  }

  /// Settles the decimal marks as far as the rows so far show them; throws as `Mapping.settled`.
  mutating func settleMarks() throws {
    facts.marks = try mapping.settled(evidence, of: file, learnsAnew: learnsAnew)
  }

  /// Notes how rows were read whose stretches are known now.
  mutating func note(reading: String) { facts.reading = reading }

  /// Notes what is known at the end.
  mutating func finish(_ opened: OpenedExport, needed: [String]) {
    let needed = Set(needed.map { ExactText($0) })
    let names = opened.rows.table.names
    facts.columns = names
    facts.extraColumns = names.filter { !needed.contains(ExactText($0)) }
    facts.endsWithNewline = opened.tail?.endsWithNewline
    facts.footer = opened.tail?.lastLines(opened.footerRows) ?? []
  }
}
