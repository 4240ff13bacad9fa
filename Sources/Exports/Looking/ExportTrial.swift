import Effects
public import Formats
public import Reconciliation

/// What an import would make of a waiting export, found out beforehand; nothing is stored.
///
/// A file beyond `bytesMax` is judged by its beginning, and says so.
public struct ExportTrial: Sendable {
  /// How much of a file is read, in bytes as delivered.
  public static let bytesMax = 64 << 20
  /// How many different keys are kept.
  public static let keysMax = 500_000
  /// How many rejected rows are kept.
  public static let rejectionsMax = 5

  /// Whether all of the file was read.
  public private(set) var isWhole = true
  /// Rows of the mapping, usable or not, blank ones aside.
  public private(set) var rows = 0
  /// Rows that would become records.
  public private(set) var accepted = 0
  /// Rows that would be rejected.
  public private(set) var rejected = 0
  /// The first of them.
  public private(set) var rejections: [RowRejection] = []
  /// How many would be for each column; rows that could not be read as rows count for none.
  public private(set) var rejectedByColumn: [String: Int] = [:]
  /// The rows that `where` would set aside.
  public private(set) var setAside = SetAside()
  /// The different keys, as far as they were kept.
  public private(set) var keys: Set<Key> = []
  /// Rows whose key an earlier row had too.
  public private(set) var repeated = 0

  /// Where its rows stand, for the lines of `rejections`.
  public private(set) var places = ExportPlaces("")
  /// The place of the file that is read, from 0.
  private var part = 0
  /// What proves it whole and is not there, in words; nil where nothing lacks.
  public private(set) var missing: String?

  /// Reads a file by one of the export rules of a mapping.
  ///
  /// Throws `ExportRefusal` where an import would refuse it for what it is.
  public init(
    _ file: ExportFile, by mapping: Mapping, rule: ExportRule, limits: ExportLimits = .standard
  ) throws {
    try self.init(parts: [file], by: mapping, rule: rule, limits: limits)
  }

  /// Reads all parts of an export, in their order; throws as for one file.
  public init(
    parts files: [ExportFile], by mapping: Mapping, rule: ExportRule,
    limits: ExportLimits = .standard
  ) throws {
    self.init()
    do {
      do {
        try read(files, mapping, rule, limits)
      } catch let proved as MarksProved {
        // What the numbers of a column are may show behind the first of them.
        self = ExportTrial()
        try read(files, mapping.knowing(proved.marks), rule, limits)
      }
    } catch let refusal as ExportRefusal {
      throw refusal.naming(files.first?.name ?? "")
    }
  }

  /// The keys of the first rows of a file, at most those of `rowsMax` rows.
  ///
  /// Throws `ExportRefusal` where it can't be read.
  static func keys(
    of file: ExportFile, by mapping: Mapping, rule: ExportRule, rowsMax: Int
  ) throws -> Set<Key> {
    var opened = try ExportOpening(file, ReadingRules(rule), .standard)
      .open(.only(mapping.columnsNeeded))
    let projector = RowProjector(mapping, rule: rule)
    var (keys, rows): (Set<Key>, Int) = ([], 0)
    while rows < rowsMax, let event = try opened.rows.next() {
      rows += 1
      guard case .row(_, let cells, isBlank: false) = event, let key = projector.key(cells) else {
        continue
      }
      keys.insert(key)
    }
    return keys
  }

  private init() {}

  private mutating func read(
    _ files: [ExportFile], _ mapping: Mapping, _ rule: ExportRule, _ limits: ExportLimits
  ) throws {
    if rule.takesNoBytes, files.allSatisfy({ $0.bytes.size == 0 }) { return }
    var watch = ProofWatch(mapping, rule)
    var selection = ColumnSelection.only(watch?.columns ?? mapping.columnsNeeded)
    selection.mustBeWhole = rule.mode == .full
    var opener = PartOpener(ReadingRules(rule), selection, limits)
    var facts = ExportFacts(dialect: ExportDialect(format: rule.format))
    let projector = RowProjector(mapping, rule: rule)
    var evidence = MarkEvidence()
    places = ExportPlaces(files.map(\.name))
    let bytesEach = Self.bytesMax / max(1, files.count)
    for (part, file) in files.enumerated() where isWhole {
      self.part = part
      do {
        var own = MarkEvidence()
        let read = try self.read(
          file, &opener, mapping, rule, projector, &own, &watch, bytesMax: bytesEach)
        evidence.add(own, part: part)
        facts.parts.append(read.facts)
        facts.columns += read.columns
      } catch let refusal as ExportRefusal {
        throw refusal.naming(file.name)
      }
    }
    _ = try mapping.settled(evidence, of: places)
    guard isWhole else { return }
    if rule.mode == .full { try EmptyExport.check(rows + setAside.rows, setAside, mapping) }
    if rows > 0 {
      try NeededColumns.check(mapping, has: facts.columns, all: rule.mode == .full)
    }
    facts.rows = rows + setAside.rows
    facts.watched = watch
    do {
      try TextProof(rule.proof, habit: false).check(facts)
    } catch let proof as ProofMissing {
      missing = proof.reason
    }
  }

  private mutating func read(
    _ file: ExportFile, _ opener: inout PartOpener, _ mapping: Mapping, _ rule: ExportRule,
    _ projector: RowProjector, _ evidence: inout MarkEvidence, _ watch: inout ProofWatch?,
    bytesMax: Int
  ) throws -> (facts: PartFacts, columns: [String]) {
    let done = Lock(0)
    var opened = try opener.open(file) { bytes in done.withLock { $0 = bytes } }
    if opened.header != nil {
      try NeededColumns.check(mapping, has: opened.rows.table.names, all: true)
      try NeededColumns.check(proof: rule.proof, has: opened.rows.table.names)
    }
    var facts = PartFacts(name: file.name)
    let before = rows + setAside.rows
    var events = 0
    while isWhole, let event = try opened.rows.next() {
      take(event.watched(by: &watch, &facts.lastLine), projector, &evidence)
      events += 1
      if events & 0xFFF == 0, done.withLock({ $0 > bytesMax }) { isWhole = false }
    }
    facts.rows = rows + setAside.rows - before
    facts.endsWithNewline = opened.tail?.endsWithNewline
    facts.trailer = opened.trailer()
    return (facts, opened.rows.table.names)
  }

  private mutating func take(
    _ event: RowEvent, _ projector: RowProjector, _ evidence: inout MarkEvidence
  ) {
    switch event {
    case .row(_, _, isBlank: true): return
    case .rejected(let rejection, _): reject(rejection)
    case .row(let line, let cells, _): take(projector.project(cells, line: line, &evidence))
    case .faulty(let line, let cells, let faults):
      take(projector.project(cells, faults, line: line, &evidence))
    }
  }

  private mutating func take(_ outcome: RowProjector.Outcome) {
    switch outcome {
    case .setAside(let value, _): setAside.add(value)
    case .rejected(let rejection): reject(rejection)
    case .row(let record, _):
      rows += 1
      accepted += 1
      note(record.key)
    }
  }

  private mutating func note(_ key: Key) {
    if keys.contains(key) {
      repeated += 1
    } else if keys.count < Self.keysMax {
      keys.insert(key)
    }
  }

  private mutating func reject(_ rejection: RowRejection) {
    rows += 1
    rejected += 1
    if rejections.count < Self.rejectionsMax { rejections.append(rejection.placed(inPart: part)) }
    if let column = rejection.column { rejectedByColumn[column, default: 0] += 1 }
  }

  /// What was counted, for the guards that need no history.
  public func stats(mode: ExportMode, generatedAt: Timestamp?) -> ExportStats {
    ExportStats(
      mode: mode, rows: rows, accepted: accepted, rejected: rejected, generatedAt: generatedAt,
      keys: keys.count, keysInCommon: 0, rowsCompared: 0)
  }
}
