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

  /// Reads a file by one of the export rules of a mapping.
  ///
  /// Throws `ExportRefusal` where an import would refuse it for what it is.
  public init(
    _ file: ExportFile, by mapping: Mapping, rule: ExportRule, limits: ExportLimits = .standard
  ) throws {
    self.init()
    do {
      do {
        try read(file, mapping, rule, limits)
      } catch let proved as MarksProved {
        // What the numbers of a column are may show behind the first of them.
        self = ExportTrial()
        try read(file, mapping.knowing(proved.marks), rule, limits)
      }
    } catch let refusal as ExportRefusal {
      throw refusal.naming(file.name)
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
    _ file: ExportFile, _ mapping: Mapping, _ rule: ExportRule, _ limits: ExportLimits
  ) throws {
    if file.bytes.size == 0, rule.takesNoBytes { return }
    let done = Lock(0)
    let opening = ExportOpening(file, ReadingRules(rule), limits) { bytes in
      done.withLock { $0 = bytes }
    }
    var selection = ColumnSelection.only(mapping.columnsNeeded)
    selection.mustBeWhole = rule.mode == .full
    var opened = try opening.open(selection)
    if opened.header != nil {
      try NeededColumns.check(mapping, has: opened.rows.table.names, all: true)
    }
    let projector = RowProjector(mapping, rule: rule)
    var evidence = MarkEvidence()
    var events = 0
    while isWhole, let event = try opened.rows.next() {
      take(event, projector, &evidence)
      events += 1
      if events & 0xFFF == 0, done.withLock({ $0 > Self.bytesMax }) { isWhole = false }
    }
    _ = try mapping.settled(evidence, of: ExportPlaces(file.name))
    guard isWhole else { return }
    if rule.mode == .full { try EmptyExport.check(rows + setAside.rows, setAside, mapping) }
    if rows > 0 {
      try NeededColumns.check(mapping, has: opened.rows.table.names, all: rule.mode == .full)
    }
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
    if rejections.count < Self.rejectionsMax { rejections.append(rejection) }
    if let column = rejection.column { rejectedByColumn[column, default: 0] += 1 }
  }

  /// What was counted, for the guards that need no history.
  public func stats(mode: ExportMode, generatedAt: Timestamp?) -> ExportStats {
    ExportStats(
      mode: mode, rows: rows, accepted: accepted, rejected: rejected, generatedAt: generatedAt,
      keys: keys.count, keysInCommon: 0, rowsCompared: 0)
  }
}
