public import Formats
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
  /// What of the file is not read or holds no value, and what the file says of itself, in words.
  public let notes: [String]

  /// Reads a file by rules of one's own.
  ///
  /// With a mapping (and one of its export rules, the first unless given), its rejections and null
  /// marks show too, blank rows and rows of somebody else are left out, and a file that an import
  /// would refuse is refused. Without one, every row is shown as it stands. Throws
  /// `ExportRefusal`.
  public init(
    _ file: ExportFile, rules: ReadingRules, mapping: Mapping? = nil, rule: ExportRule? = nil,
    rowsMax: Int = .max, limits: ExportLimits = .standard
  ) throws {
    do {
      try self.init(file, rules, mapping, rule ?? mapping?.export, max(0, rowsMax), limits)
    } catch let refusal as ExportRefusal {
      throw refusal.naming(file.name)
    }
  }

  private init(
    _ file: ExportFile, _ rules: ReadingRules, _ mapping: Mapping?, _ rule: ExportRule?,
    _ rowsMax: Int, _ limits: ExportLimits
  ) throws {
    var opened: OpenedExport
    var collector = Collector(mapping: mapping, rule: rule, rowsMax: rowsMax)
    do {
      opened = try collector.read(file, rules, limits)
    } catch let proved as MarksProved {
      // What the numbers of a column are may show behind the first of them.
      collector = Collector(
        mapping: mapping?.knowing(proved.marks), rule: rule, rowsMax: rowsMax)
      opened = try collector.read(file, rules, limits)
    }
    if let mapping {
      guard collector.total > 0 else { throw ExportRefusal(.noRows, "the export has no rows") }
      try NeededColumns.check(
        mapping, has: opened.rows.table, all: rule?.mode == .full)
    }
    dialect = opened.dialect
    let columns = opened.header ?? opened.rows.table.names
    self.columns = columns
    rows = collector.rows.map { row in
      row + [String?](repeating: nil, count: max(0, columns.count - row.count))
    }
    rejected = collector.rejected
    total = collector.total
    notes = opened.rows.notes + collector.notes
  }

  private struct Collector {
    let mapping: Mapping?
    let projector: RowProjector?
    let rule: ExportRule?
    let rowsMax: Int
    var rows: [[String?]] = []
    var rejected: [RowRejection] = []
    var total = 0
    /// How many cells hold no value, and of the first ones why.
    private var faults = 0
    private var reasons: [String] = []
    private var evidence = MarkEvidence()

    init(mapping: Mapping?, rule: ExportRule?, rowsMax: Int) {
      self.mapping = mapping
      projector = mapping.map { RowProjector($0, rule: rule) }
      self.rule = rule
      self.rowsMax = rowsMax
    }

    mutating func read(
      _ file: ExportFile, _ rules: ReadingRules, _ limits: ExportLimits
    ) throws -> OpenedExport {
      let opening = ExportOpening(file, rules, limits)
      let needed = mapping?.columnsNeeded ?? []
      var opened = try opening.open(
        ColumnSelection(wanted: nil, needed: needed, mustBeWhole: rule?.mode == .full))
      if let mapping, opened.header != nil {
        try NeededColumns.check(mapping, has: opened.rows.table, all: true)
      }
      while let event = try opened.rows.next() { take(event, opened.rows.table) }
      _ = try mapping?.settled(evidence, of: file.name)
      return opened
    }

    private mutating func take(_ event: RowEvent, _ table: ColumnTable) {
      switch event {
      case .rejected(let rejection, _): reject(rejection)
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
      let needed = mapping.columnsNeeded.map { name in
        table.place(name).flatMap { $0 < cells.count ? cells[$0] : nil } ?? .absent
      }
      switch projector.project(needed, faults, line: line, &evidence) {
      case .setAside: return
      case .rejected(let rejection): reject(rejection)
      case .row: add(cells.map(projector.marked))
      }
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
      if rejected.count < rowsMax { rejected.append(rejection) }
    }

    private mutating func add(_ cells: [Cell]) {
      total += 1
      if rows.count < rowsMax { rows.append(cells.map(\.cellText)) }
    }
  }
}

extension Cell {
  /// The cell as it is shown, nil for null and absent.
  fileprivate var cellText: String? { text == nil && shown.isEmpty ? nil : shown }
}

extension ExportPreview {
  /// The preview as SPEC section 10 lays it down.
  public var json: JSONValue {
    [
      "dialect": dialect.json,
      "columns": .array(columns.map(JSONValue.string)),
      "rows": .array(
        rows.map { row in .array(row.map { $0.map(JSONValue.string) ?? .null }) }),
      "rejected": .array(rejected.map(\.json)),
      "total": .int(total), "notes": .array(notes.map(JSONValue.string)),
    ]
  }
}

extension RowRejection {
  /// `{line, column, reason}`.
  public var json: JSONValue {
    [
      "line": .int(line), "column": column.map(JSONValue.string) ?? .null,
      "reason": .string(reason),
    ]
  }
}

extension ExportDialect {
  /// All that is known of the dialect; null where it does not apply.
  public var json: JSONValue {
    func text(_ text: String?) -> JSONValue { text.map(JSONValue.string) ?? .null }
    return [
      "format": .string(format.rawValue), "container": text(container),
      "encoding": text(encoding), "encoding_doubt": text(encodingGuess?.doubt),
      "byte_order_mark": .bool(hasByteOrderMark),
      "delimiter": text(delimiter), "quote": text(quote), "quote_escape": text(quoteEscape),
      "header_row": headerRow.map(JSONValue.int) ?? .null, "line_ending": text(lineEnding),
      "rows_at": text(rowsAt),
    ]
  }
}

extension ExportRefusal {
  /// `{"error": {code, message, line, column, file, advice}}`, what `preview --format json` prints.
  public var json: JSONValue {
    [
      "error": [
        "code": .string(code.rawValue), "message": .string(message),
        "line": line.map(JSONValue.int) ?? .null, "column": column.map(JSONValue.int) ?? .null,
        "file": file.map(JSONValue.string) ?? .null, "advice": .string(advice),
      ]
    ]
  }
}
