import Formats
import Reconciliation

/// What the rows of an export add up to for its proof: a sum, and the numbers of its delivery.
///
/// Only exports whose proof names a column are watched row by row.
struct ProofWatch: Hashable {
  /// The columns that are read, those of the mapping first.
  let columns: [String]
  private let ownColumns: Int
  private let sumPlace: Int?
  private let sequencePlace: Int?
  private let rule: ProofRule
  private let mark: DecimalMark?
  private(set) var sum: ExactSum?
  private(set) var sequence: ClosedRange<Int64>?
  /// Why the rows tell no sum, or no number; the first of it.
  private(set) var fault: String?
  private(set) var sequenceFault: String?

  /// A watch over the rows of a mapping; nil where its proof names no column.
  init?(_ mapping: Mapping, _ rule: ExportRule) {
    guard let proof = rule.proof, !proof.columns.isEmpty else { return nil }
    var columns = mapping.columnsNeeded
    for name in proof.columns where !columns.contains(where: { $0.isExactly(name) }) {
      columns.append(name)
    }
    func place(_ name: String?) -> Int? {
      name.flatMap { name in columns.firstIndex { $0.isExactly(name) } }
    }
    self.columns = columns
    self.rule = proof
    ownColumns = mapping.columnsNeeded.count
    sumPlace = place(proof.trailer?.sumColumn)
    if case .column(let name)? = proof.sequence {
      sequencePlace = place(name)
    } else {
      sequencePlace = nil
    }
    let field = mapping.fields.first { field in
      proof.trailer?.sumColumn.map { field.column.isExactly($0) } ?? false
    }
    mark = proof.trailer?.decimalMark ?? field?.decimalMark ?? field?.provedMark?.mark
    if sumPlace != nil { sum = ExactSum() }
  }

  /// Looks at a row and gives the cells that belong to the mapping.
  mutating func look(_ cells: [Cell], _ place: () -> String) -> [Cell] {
    if let sumPlace, sumPlace < cells.count { add(cells[sumPlace], place) }
    if let sequencePlace, sequencePlace < cells.count { number(cells[sequencePlace], place) }
    return cells.count > ownColumns ? Array(cells.prefix(ownColumns)) : cells
  }

  private mutating func add(_ cell: Cell, _ place: () -> String) {
    guard fault == nil, let text = cell.text.map(HeaderRow.trimmed), !text.isEmpty else { return }
    let isTyped: Bool
    if case .text = cell { isTyped = false } else { isTyped = true }
    guard let number = Self.number(text, isTyped ? .dot : mark), sum?.add(number) == true else {
      fault =
        "\(place()): the cell of “\(rule.trailer?.sumColumn ?? "")” can't be added up; set "
        + "proof.trailer.decimal_mark if it has two readings"
      return
    }
  }

  /// A number by a mark; without one only where it has one reading.
  static func number(_ text: String, _ mark: DecimalMark?) -> ExactSum? {
    if let mark { return NumberReading.spelling(text, mark: mark).flatMap(ExactSum.init) }
    return NumberReading.only(text).flatMap(ExactSum.init)
  }

  private mutating func number(_ cell: Cell, _ place: () -> String) {
    guard sequenceFault == nil else { return }
    guard let text = cell.text.map(HeaderRow.trimmed), let number = SequenceNumber(text)?.value
    else {
      if case .column(let name)? = rule.sequence {
        sequenceFault = "\(place()): “\(name)” has no number of the delivery"
      }
      return
    }
    let range = sequence ?? number...number
    sequence = min(range.lowerBound, number)...max(range.upperBound, number)
  }

  /// The mark by which sums are read, also that of the trailer.
  var sumMark: DecimalMark? { mark }
}
