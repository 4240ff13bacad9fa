import Formats
public import Reconciliation

/// How an export is read, to be looked at; nothing is stored.
public struct ExportPreview: Sendable {
  /// How the file is written.
  public let dialect: ExportDialect
  /// The column names exactly as they stand in the file.
  public let columns: [String]
  /// The cells of the usable rows as text, nil for null and absent; at most as many rows as asked.
  public let rows: [[String?]]
  /// The rows that can't be used; at most as many as asked.
  public let rejected: [RowRejection]
  /// How many rows there are, usable or not.
  public let total: Int
  /// What the mapping makes of each row, usable or not, in the order of the file; at most as many
  /// as asked; nil unless asked for.
  public let values: [RowValues]?
  /// The rows that `where` of the mapping sets aside.
  public let setAside: SetAside
  /// What was guessed, what of the file is not read or holds no value, and what the file says of
  /// itself, in words.
  public let notes: [String]

  /// Reads a file by rules of one's own, guesses what they leave open, and says so.
  ///
  /// With a mapping (and one of its export rules, the first unless given), its rejections and null
  /// marks show too, blank rows and rows of somebody else are left out, and a file that an import
  /// would refuse is refused. Without one, every row is shown as it stands. Throws
  /// `ExportRefusal`.
  public init(
    _ file: ExportFile, rules: ReadingRules, mapping: Mapping? = nil, rule: ExportRule? = nil,
    findsHeader: Bool = false, showsValues: Bool = false, rowsMax: Int = .max,
    limits: ExportLimits = .standard
  ) throws {
    do {
      let guess = try ReadingGuess(file, rules, findsHeader: findsHeader, limits: limits)
      let collector = Collector(
        mapping: mapping, rule: rule ?? mapping?.export, showsValues: showsValues,
        rowsMax: max(0, rowsMax))
      try self.init(file, guess, mapping, rule ?? mapping?.export, collector, limits)
    } catch let refusal as ExportRefusal {
      throw refusal.naming(file.name)
    }
  }

  private init(
    _ file: ExportFile, _ guess: ReadingGuess, _ mapping: Mapping?, _ rule: ExportRule?,
    _ start: Collector, _ limits: ExportLimits
  ) throws {
    var collector = start
    var opened: OpenedExport
    do {
      opened = try collector.read(file, guess.rules, limits)
    } catch let proved as MarksProved {
      // What the numbers of a column are may show behind the first of them.
      collector = start.knowing(proved.marks)
      opened = try collector.read(file, guess.rules, limits)
    }
    let proof = try collector.proof(file, opened)
    if let mapping {
      if rule?.mode == .full {
        try EmptyExport.check(
          collector.total + collector.setAside.rows, collector.setAside, mapping)
      }
      try NeededColumns.check(
        mapping, has: opened.rows.table.names, all: rule?.mode == .full, collector.firstRejection)
    }
    dialect = opened.dialect
    let columns = opened.header ?? opened.rows.table.names
    self.columns = columns
    rows = collector.rows.map { row in
      row + [String?](repeating: nil, count: max(0, columns.count - row.count))
    }
    rejected = collector.rejected
    total = collector.total
    values = collector.showsValues ? collector.values : nil
    setAside = collector.setAside
    notes = guess.notes(opened) + collector.notes + proof
  }

  private struct Collector {
    let mapping: Mapping?
    let projector: RowProjector?
    let rule: ExportRule?
    let showsValues: Bool
    let rowsMax: Int
    var rows: [[String?]] = []
    var rejected: [RowRejection] = []
    var firstRejection: RowRejection?
    var values: [RowValues] = []
    var setAside = SetAside()
    var total = 0
    /// How many cells hold no value, and of the first ones why.
    private var faults = 0
    private var reasons: [String] = []
    private var evidence = MarkEvidence()
    private var watch: ProofWatch?
    private var lastLine = 0

    init(mapping: Mapping?, rule: ExportRule?, showsValues: Bool, rowsMax: Int) {
      self.mapping = mapping
      projector = mapping.map { RowProjector($0, rule: rule) }
      self.rule = rule
      self.showsValues = showsValues
      self.rowsMax = rowsMax
      if let mapping, let rule { watch = ProofWatch(mapping, rule) }
    }

    /// What the text of the file says of itself and an import would wait for, in words; throws
    /// where it would refuse the file.
    ///
    /// Of a part the trailer may stand in another one.
    func proof(_ file: ExportFile, _ opened: OpenedExport) throws -> [String] {
      guard let rule, rule.parts == nil else { return [] }
      var facts = ExportFacts(dialect: opened.dialect)
      var part = PartFacts(name: file.name)
      facts.rows = total + setAside.rows
      part.rows = facts.rows
      part.lastLine = lastLine
      part.endsWithNewline = opened.tail?.endsWithNewline
      part.trailer = opened.trailer()
      facts.parts = [part]
      facts.watched = watch
      do {
        try TextProof(rule.proof, habit: false).check(facts)
      } catch let missing as ProofMissing {
        return ["an import would leave it for later: \(missing.reason)"]
      }
      guard let trailer = part.trailer else { return [] }
      let told = trailer.filter { !$0.key.isEmpty }.sorted { $0.key < $1.key }
        .map { "\($0.key) \($0.value)" }
      return ["its trailer says \(told.joined(separator: ", ")), as it is"]
    }

    /// A collector that has seen nothing, by the mapping that knows these marks.
    func knowing(_ marks: [String: ProvedMark]) -> Collector {
      Collector(
        mapping: mapping?.knowing(marks), rule: rule, showsValues: showsValues, rowsMax: rowsMax)
    }

    mutating func read(
      _ file: ExportFile, _ rules: ReadingRules, _ limits: ExportLimits
    ) throws -> OpenedExport {
      let opening = ExportOpening(file, rules, limits)
      let needed = mapping?.columnsNeeded ?? []
      var opened = try opening.open(
        ColumnSelection(wanted: nil, needed: needed, mustBeWhole: rule?.mode == .full))
      if let mapping, opened.header != nil {
        try NeededColumns.check(mapping, has: opened.rows.table.names, all: true)
      }
      while let event = try opened.rows.next() {
        look(event, opened.rows.table)
        take(event, opened.rows.table)
      }
      _ = try mapping?.settled(evidence, of: ExportPlaces(file.name))
      return opened
    }

    /// Looks at a row for its proof, by the columns that an import would read.
    private mutating func look(_ event: RowEvent, _ table: ColumnTable) {
      var event = event
      if let columns = watch?.columns {
        let own = { (cells: [Cell]) in columns.map { table.cell($0, of: cells) } }
        switch event {
        case .row(let line, let cells, isBlank: false):
          event = .row(line: line, cells: own(cells), isBlank: false)
        case .faulty(let line, let cells, let faults):
          event = .faulty(line: line, cells: own(cells), faults: faults)
        case .row, .rejected: break
        }
      }
      _ = event.watched(by: &watch, &lastLine)
    }

    private mutating func take(_ event: RowEvent, _ table: ColumnTable) {
      switch event {
      case .rejected(let rejection, _):
        reject(rejection)
        note { RowValues(rejection) }
      case .row(_, _, isBlank: true) where mapping != nil: return
      case .row(let line, let cells, _): take(cells, [], line, table)
      case .faulty(let line, let cells, let faults):
        self.faults += faults.count
        reasons += faults.prefix(max(0, Self.reasonsMax - reasons.count)).map(\.reason)
        take(cells, faults, line, table)
      }
    }

    private mutating func take(
      _ cells: [Cell], _ faults: [CellFault], _ line: Int, _ table: ColumnTable
    ) {
      guard let mapping, let projector else { return add(cells) }
      let needed = mapping.columnsNeeded.map { table.cell($0, of: cells) }
      switch projector.project(needed, faults, line: line, &evidence) {
      case .setAside(let value, _): setAside.add(value)
      case .rejected(let rejection):
        reject(rejection)
        note {
          RowValues(
            mapping, needed.map(projector.marked), faults, line: line, key: rejection.key,
            rejection: rejection, isDeleted: false)
        }
      case .row(let record, let marked):
        add(cells.map(projector.marked))
        note {
          RowValues(
            mapping, marked, faults, line: line, key: record.key, rejection: nil,
            isDeleted: record.deletedMarker)
        }
      }
    }

    private mutating func note(_ row: () -> RowValues) {
      if showsValues, values.count < rowsMax { values.append(row()) }
    }

    /// How many cells without a value are told one by one.
    private static let reasonsMax = 5

    /// What an import would make of the cells that hold no value.
    var notes: [String] {
      guard faults > 0, mapping == nil else { return [] }
      let rest = faults > reasons.count ? ["\(faults - reasons.count) more such cells"] : []
      return (reasons + rest).map { "\($0); an import rejects the row if it needs the column" }
    }

    private mutating func reject(_ rejection: RowRejection) {
      total += 1
      firstRejection = firstRejection ?? rejection
      if rejected.count < rowsMax { rejected.append(rejection) }
    }

    private mutating func add(_ cells: [Cell]) {
      total += 1
      if rows.count < rowsMax { rows.append(cells.map(\.cellText)) }
    }
  }
}

extension ColumnTable {
  /// The cell of a column in a row of all columns.
  fileprivate func cell(_ name: String, of cells: [Cell]) -> Cell {
    place(name).flatMap { $0 < cells.count ? cells[$0] : nil } ?? .absent
  }
}

extension Cell {
  /// The cell as it is shown, nil for null and absent.
  var cellText: String? { text == nil && shown.isEmpty ? nil : shown }
}
