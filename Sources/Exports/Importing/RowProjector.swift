import Formats
public import Reconciliation

/// Turns the cells of a file into rows of a mapping: null marks, key, types, digests.
public struct RowProjector: Sendable {
  /// What a row turned out to be.
  public enum Outcome: Sendable {
    /// A usable row.
    case row(ImportedRow)
    /// A row of somebody else (`where`).
    case elsewhere
    /// A row that can't be used.
    case rejected(RowRejection)
  }

  private let mapping: Mapping
  private let marks: Set<String>

  /// A projector by the rules of a mapping.
  public init(_ mapping: Mapping) {
    self.mapping = mapping
    marks = Set(mapping.export.nulls)
  }

  /// What the row on a line is; `cells` are parallel to the mapping's `columnsNeeded`.
  public func project(_ cells: [Cell], line: Int) -> Outcome {
    let cells = cells.map(marked)
    switch mapping.read(cells) {
    case .elsewhere: return .elsewhere
    case .rejected(let column, let reason):
      return .rejected(RowRejection(line: line, column: column, reason: reason))
    case .record(let record):
      return .row(
        ImportedRow(record: record, cells: cells, digest: Self.digest(cells), line: line))
    }
  }

  /// A null mark is null, with blanks around it too: some sources pad every cell.
  func marked(_ cell: Cell) -> Cell {
    guard case .text(let text) = cell else { return cell }
    if marks.contains(text) { return .null }
    guard let first = text.utf8.first, first <= 0x20 || first >= 0x80 || text.utf8.last == 0x20
    else { return cell }
    return marks.contains(HeaderRow.trimmed(text)) ? .null : cell
  }

  /// A digest that tells any two rows of cells apart: each cell with its kind and length.
  static func digest(_ cells: [Cell]) -> String {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(256)
    for cell in cells {
      switch cell {
      case .absent: bytes.append(0)
      case .null: bytes.append(1)
      case .text(let text): append(2, text, to: &bytes)
      case .json(let value): append(3, value.canonicalText, to: &bytes)
      }
    }
    return Hex.encode(Array(SHA256.digest(of: bytes).prefix(16)))
  }

  private static func append(_ kind: UInt8, _ text: String, to bytes: inout [UInt8]) {
    bytes.append(kind)
    var count = text.utf8.count
    repeat {
      bytes.append(UInt8(count & 0x7F) | (count > 0x7F ? 0x80 : 0))
      count >>= 7
    } while count > 0
    bytes.append(contentsOf: text.utf8)
  }
}
