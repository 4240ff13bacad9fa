import Reconciliation

/// The first rows of an export, as a proposal rests on them.
struct ProposalSample {
  /// The most rows at the end that are taken for a footer.
  static let footerRowsMax = 20
  /// How many rows that can't be used are kept, to be told.
  static let rejectedMax = 3

  /// The columns that can be named, each once.
  private(set) var columns: [ColumnFacts] = []
  /// The names that stand in the header more than once.
  private(set) var repeatedNames: [String] = []
  /// How many rows were looked at.
  private(set) var rows = 0
  /// The rows at the end that are no records.
  private(set) var footer: [Footer.Row] = []
  /// How many rows can't be used, and the first of them.
  private(set) var rejected = 0
  private(set) var rejections: [RowRejection] = []
  /// Whether the file goes on behind the rows that were looked at.
  private(set) var isCut = false
  private var profiles: [ColumnProfile] = []

  /// Looks at the first rows of an open file.
  ///
  /// Throws `ExportRefusal` where it can't be read, or has no row that can be used.
  init(_ opened: inout OpenedExport) throws {
    while rows < MappingInference.rowsMax {
      guard let event = try opened.rows.next() else { break }
      take(event, opened.rows.table)
    }
    isCut = try rows == MappingInference.rowsMax && opened.rows.next() != nil
    if isCut || footer.count > Self.footerRowsMax { settle(opened.rows.table) }
    rejected -= footer.count(where: \.isRejected)
    guard rows > 0 else { throw Self.nothing(rejections.first) }
    name(opened.header ?? [])
  }

  private mutating func take(_ event: RowEvent, _ table: ColumnTable) {
    switch event {
    case .row(_, _, isBlank: true):
      if !footer.isEmpty { footer.append(Footer.Row(cells: [])) }
    case .row(_, let cells, _):
      if Footer.ends(cells) || Footer.counts(cells, rows + rejected) {
        footer.append(Footer.Row(cells: cells, isRecord: true))
      } else {
        settle(table)
        add(cells, table)
      }
    case .faulty(_, var cells, let faults):
      // What holds no value tells nothing of its column.
      for fault in faults {
        if let place = table.place(fault.column) { cells[place] = .absent }
      }
      settle(table)
      add(cells, table)
    case .rejected(let rejection, let cells):
      rejected += 1
      if rejections.count < Self.rejectedMax { rejections.append(rejection) }
      let isEnd = Footer.ends(cells) || Footer.counts(cells, rows + rejected - 1)
      if cells.count > 1, cells.count(where: { $0 != .absent }) == 1 || isEnd {
        footer.append(Footer.Row(cells: cells, isRejected: true))
      } else {
        settle(table)
        for place in profiles.indices { profiles[place].pass() }
      }
    }
  }

  /// What looked like a footer stands in the middle: its records are rows like others.
  private mutating func settle(_ table: ColumnTable) {
    for row in footer where row.isRecord { add(row.cells, table) }
    footer = []
  }

  private mutating func add(_ cells: [Cell], _ table: ColumnTable) {
    rows += 1
    while profiles.count < table.names.count {
      profiles.append(ColumnProfile(name: table.names[profiles.count]))
    }
    for place in profiles.indices {
      let cell = place < cells.count ? cells[place] : .absent
      profiles[place].add(cell, isMark: NullMarks.known.contains)
    }
  }

  private static func nothing(_ first: RowRejection?) -> ExportRefusal {
    guard let first else { return ExportRefusal(.noRows, "the export has no rows to learn from") }
    return ExportRefusal(
      .malformed, "no row can be used; the first: \(first.reason)", line: first.line)
  }

  /// Leaves out the columns whose name is there twice, and finds out what the others hold.
  private mutating func name(_ header: [String]) {
    let names = header.map(HeaderRow.trimmed)
    let isRepeated = { (name: String) in !name.isEmpty && names.count { $0 == name } > 1 }
    repeatedNames = names.indices.filter { names.firstIndex(of: names[$0]) == $0 }
      .map { names[$0] }.filter(isRepeated)
    columns = profiles.indices.filter { $0 >= names.count || !isRepeated(names[$0]) }
      .map { ColumnFacts(profiles[$0]) }
    profiles = []
  }
}

/// The texts that exports write in the place of nothing.
enum NullMarks {
  /// What is taken for a mark where it is seen; a mapping names those that its file has.
  static let known: Set<String> = ["NULL", "#N/A", "- None -", "\\N", "(null)"]
}

/// What stands below the records: totals, ruled lines, the sign of a report.
enum Footer {
  /// A row at the end of a file.
  struct Row {
    var cells: [Cell]
    /// Whether it would be a record if others followed.
    var isRecord = false
    /// Whether it could not be read as a row.
    var isRejected = false

    /// Its first text.
    var text: String? { Footer.texts(cells).first }
  }

  private static let words: Set<String> = [
    "*", "**", "***", "summe", "gesamt", "gesamtsumme", "endsumme", "total", "totals",
    "grand total", "totale", "subtotal", "zwischensumme", "som", "totaal", "suma", "razem", "somme",
    "totaux",
    "trailer", "eof", "end", "ende", "fin", "fine", "count", "anzahl", "records", "rows", "sum",
    "footer", "trl", "z", "t", "end of file", "end of report",
  ]

  /// Whether a row begins as totals and trailers do, or is a ruled line.
  static func ends(_ cells: [Cell]) -> Bool {
    let texts = texts(cells)
    guard let first = texts.first else { return false }
    if texts.allSatisfy(isRule) { return true }
    let word = ColumnName.folded(HeaderRow.trimmed(String(first.prefix { $0 != ":" })))
    return words.contains(word) && (texts.count * 2 <= max(2, cells.count) || first.first == "*")
  }

  /// Whether a row begins as trailers do and says that so many rows stand above it.
  static func counts(_ cells: [Cell], _ rows: Int) -> Bool {
    let texts = texts(cells)
    guard let first = texts.first, words.contains(ColumnName.folded(first)) else { return false }
    return texts.dropFirst().contains { TextProof.count($0) == rows }
  }

  /// Whether a text is a ruled line of a list.
  static func isRule(_ text: String) -> Bool {
    text.utf8.count >= 3 && text.utf8.allSatisfy { "-=_+|".utf8.contains($0) }
  }

  private static func texts(_ cells: [Cell]) -> [String] {
    cells.compactMap(\.text).map(HeaderRow.trimmed).filter { !$0.isEmpty }
  }
}
