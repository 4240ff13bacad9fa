import Reconciliation

/// The first rows of an export, as a proposal rests on them.
struct ProposalSample {
  /// What a proposed mapping takes for an empty cell.
  static let nulls = ["", "NULL", "#N/A", "- None -"]
  /// The most rows at the end that are taken for a footer.
  static let footerRowsMax = 20

  /// The columns that can be named, each once.
  private(set) var profiles: [ColumnProfile] = []
  /// The names that stand in the header more than once.
  private(set) var repeatedNames: [String] = []
  /// How many rows were looked at.
  private(set) var rows = 0
  /// How many rows at the end are no records.
  private(set) var footerRows = 0

  /// Looks at the first rows of a file with these column names; none where each row has its own.
  ///
  /// Throws `ExportRefusal` where the file can't be read, or has no row that can be used.
  init(_ source: any RowSource, header: [String]) throws {
    var source = source
    var ended = false
    var firstRejection: RowRejection?
    while rows < MappingInference.rowsMax {
      guard let event = try source.next() else {
        ended = true
        break
      }
      switch event {
      case .row(_, _, isBlank: true): if footerRows > 0 { footerRows += 1 }
      case .row(_, let cells, _):
        footerRows = 0
        rows += 1
        add(cells, source.table)
      case .faulty(_, var cells, let faults):
        footerRows = 0
        rows += 1
        for fault in faults {
          if let place = source.table.place(fault.column) { cells[place] = .absent }
        }
        add(cells, source.table)
      case .rejected(let rejection, let cells):
        firstRejection = firstRejection ?? rejection
        let filled = cells.count { $0 != .absent }
        footerRows = cells.count > 1 && filled == 1 ? footerRows + 1 : 0
      }
    }
    if !ended || footerRows > Self.footerRowsMax { footerRows = 0 }
    guard rows > 0 else {
      if let firstRejection {
        throw ExportRefusal(
          .malformed, "no row can be used; the first: \(firstRejection.reason)",
          line: firstRejection.line)
      }
      throw ExportRefusal(.noRows, "the export has no rows to learn from")
    }
    let names = header.map(HeaderRow.trimmed)
    let isRepeated = { (name: String) in !name.isEmpty && names.count { $0 == name } > 1 }
    repeatedNames = names.indices.filter { names.firstIndex(of: names[$0]) == $0 }
      .map { names[$0] }.filter(isRepeated)
    let kept = profiles.indices.filter { $0 >= names.count || !isRepeated(names[$0]) }
    profiles = kept.map { profiles[$0] }
  }

  private mutating func add(_ cells: [Cell], _ table: ColumnTable) {
    while profiles.count < table.names.count {
      profiles.append(ColumnProfile(name: table.names[profiles.count]))
    }
    for place in profiles.indices {
      let cell = place < cells.count ? cells[place] : .absent
      profiles[place].add(cell.text.map(Self.nulls.contains) == true ? .null : cell)
    }
  }
}
