import Formats
import Reconciliation

/// Turns what comes out of the files of an export into batches, and keeps the count.
struct RowFeed {
  private let projector: RowProjector
  private let mapping: Mapping
  private let places: ExportPlaces
  private let learnsAnew: Bool
  private var watch: ProofWatch?
  /// What the files before this one, and this one, show of decimal marks.
  private var (evidenceBefore, evidence) = (MarkEvidence(), MarkEvidence())
  private let give: (sending RowBatch) throws -> Void
  /// The place of the file that is read, from 0, and the rows of those before it.
  private var (part, rowsBefore) = (0, 0)
  private var lastLine = 0
  private var batch = RowBatch()
  private(set) var facts: ExportFacts
  private(set) var firstRejection: RowRejection?
  private var names: Set<ExactText> = []
  private var readings: Set<String?> = []

  /// With `learnsAnew` the decimal marks of these files count, whatever exports before proved.
  init(
    _ mapping: Mapping, _ rule: ExportRule, _ places: ExportPlaces, _ watch: ProofWatch?,
    learnsAnew: Bool, give: @escaping (sending RowBatch) throws -> Void
  ) {
    projector = RowProjector(mapping, rule: rule)
    self.mapping = mapping
    self.places = places
    self.watch = watch
    self.learnsAnew = learnsAnew
    facts = ExportFacts(dialect: ExportDialect(format: rule.format))
    self.give = give
  }

  /// Whether every row must be looked at for the proof of the export.
  var isWatched: Bool { watch != nil }

  /// The rows from here on are those of the file at a place, from 0.
  mutating func begin(_ number: Int, _ dialect: ExportDialect) {
    if number == 0 { facts.dialect = dialect }
    part = number
    rowsBefore = facts.rows
    lastLine = 0
    batch = RowBatch(part: number)
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
    lastLine = rows.textLine
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
    let seen = event.watched(by: &watch, &lastLine) { [places, part] line in
      places.words(ExportPlaces.number(line: line, part: part))
    }
    switch seen {
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
    batch = RowBatch(part: part)
    try give(full)
  }

  /// Settles the decimal marks as far as the rows so far show them; throws as `Mapping.settled`.
  mutating func settleMarks() throws {
    facts.marks = try mapping.settled(allEvidence, of: places, learnsAnew: learnsAnew)
  }

  private var allEvidence: MarkEvidence {
    var all = evidenceBefore
    all.add(evidence, part: part)
    return all
  }

  /// Notes how the rows of a file were read whose stretches are known now.
  mutating func note(reading: String) { readings.insert(reading) }

  /// Notes what is known at the end of a file.
  mutating func end(_ opened: OpenedExport) {
    var file = PartFacts(name: places.files[part])
    file.rows = facts.rows - rowsBefore
    file.lastLine = lastLine
    file.endsWithNewline = opened.tail?.endsWithNewline
    file.trailer = opened.trailer()
    facts.parts.append(file)
    facts.footer = opened.tail?.lastLines(opened.footerRows) ?? []
    for name in opened.rows.table.names where names.insert(ExactText(name)).inserted {
      facts.columns.append(name)
    }
    evidenceBefore = allEvidence
    evidence = MarkEvidence()
  }

  /// Notes what is known at the end of the last file.
  mutating func finish(needed: [String]) {
    let needed = Set(needed.map { ExactText($0) })
    facts.extraColumns = facts.columns.filter { !needed.contains(ExactText($0)) }
    // Rows that are read in two ways can't be known again by their bytes.
    facts.reading = readings.count == 1 ? readings.first ?? nil : nil
    facts.watched = watch
  }
}
