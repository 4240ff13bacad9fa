import Formats
public import Reconciliation

/// Turns the cells of a file into rows of a mapping: null marks, key, types.
///
/// A class, so that the rules are not copied with every row.
public final class RowProjector: Sendable {
  /// What a row turned out to be.
  public enum Outcome: Sendable {
    /// A usable row, with its cells after null marks.
    case row(RowRecord, [Cell])
    /// A row that `where` sets aside: the value by which, and its key where it tells one.
    case setAside(value: String, key: Key?)
    /// A row that can't be used.
    case rejected(RowRejection)
  }

  private let mapping: Mapping
  private let marks: Set<String>
  private let longestMark: Int
  /// The place of each needed column.
  private let places: [ExactText: Int]
  private let scalars: [JSONValue]
  /// By the place of each needed column, whether a flag in it is a value: it feeds such a field.
  private let keepsFlags: [Bool]

  /// A projector by the rules of a mapping and of one of its exports, the first unless given.
  public init(_ mapping: Mapping, rule: ExportRule? = nil) {
    let rule = rule ?? mapping.export
    self.mapping = mapping
    marks = Set(rule.nulls)
    longestMark = rule.nulls.map(\.utf8.count).max() ?? 0
    scalars = rule.nullScalars
    let columns = mapping.columnsNeeded
    places = Dictionary(
      uniqueKeysWithValues: columns.indices.map { (ExactText(columns[$0]), $0) })
    keepsFlags = columns.map { column in
      mapping.fields.contains { $0.type == .boolean && $0.column.isExactly(column) }
    }
  }

  /// What the row on a line is; `cells` are parallel to the mapping's `columnsNeeded`.
  ///
  /// What its numbers show of their decimal marks is added to `evidence`.
  public func project(_ cells: [Cell], line: Int, _ evidence: inout MarkEvidence) -> Outcome {
    let cells = marked(cells)
    switch mapping.read(cells, line: line, &evidence) {
    case .setAside(let value, let key): return .setAside(value: value, key: key)
    case .rejected(let column, let reason, let key):
      return .rejected(RowRejection(line: line, column: column, reason: reason, key: key))
    case .record(let record):
      return .row(record, cells)
    }
  }

  /// What a row is some of whose cells hold no value: rejected, if the mapping needs one of them.
  ///
  /// As a sound row, one of somebody else needs nothing but its filter, and one that is deleted
  /// nothing but what tells so.
  func project(
    _ cells: [Cell], _ faults: [CellFault], line: Int, _ evidence: inout MarkEvidence
  ) -> Outcome {
    let faults = faults.filter { places[ExactText($0.column)] != nil }
    guard let first = faults.first else { return project(cells, line: line, &evidence) }
    var sound = cells
    for fault in faults {
      if let place = places[ExactText(fault.column)], place < sound.count { sound[place] = .absent }
    }
    let outcome = project(sound, line: line, &evidence)
    switch outcome {
    case .setAside where !faults.contains { isFilter($0.column) }: return outcome
    case .row(let record, _) where record.deletedMarker && !faults.contains { tells($0.column) }:
      return outcome
    default:
      return .rejected(
        RowRejection(line: line, column: first.column, reason: first.reason, key: key(sound)))
    }
  }

  private func isFilter(_ column: String) -> Bool {
    mapping.rows?.column.isExactly(column) == true
  }

  /// Whether a column tells whose row it is, or that it is deleted, and when.
  private func tells(_ column: String) -> Bool {
    let others = [
      mapping.originColumn?.column, mapping.rows?.column, mapping.changedAt?.column,
      mapping.deleted?.column,
    ]
    return (mapping.reference.columns + others.compactMap(\.self)).contains { $0.isExactly(column) }
  }

  /// The key that the cells of a row tell, where they do.
  func key(_ cells: [Cell]) -> Key? { cells.isEmpty ? nil : mapping.key(marked(cells)) }

  /// Cells parallel to the mapping's `columnsNeeded` after null marks.
  private func marked(_ cells: [Cell]) -> [Cell] {
    var marked = cells
    for place in cells.indices {
      if case .json(.bool) = cells[place], place < keepsFlags.count, keepsFlags[place] { continue }
      marked[place] = self.marked(cells[place])
    }
    return marked
  }

  /// A null mark is null, with blanks around it too: some sources pad every cell.
  func marked(_ cell: Cell) -> Cell {
    guard case .text(let text) = cell else { return isMark(cell) ? .null : cell }
    // Most cells are longer than any mark; telling so is cheaper than hashing them.
    if text.utf8.count <= longestMark, marks.contains(text) { return .null }
    guard Self.mayBePadded(text) else { return cell }
    return marks.contains(HeaderRow.trimmed(text)) ? .null : cell
  }

  /// Whether a typed cell is a mark: the same scalar, or one with the text of a mark.
  private func isMark(_ cell: Cell) -> Bool {
    guard case .json(let value) = cell, let text = cell.text else { return false }
    return scalars.contains(value) || marks.contains(text)
  }

  /// Whether a text may start or end with a blank of some kind (U+00A0, U+2000 and on, U+3000).
  private static func mayBePadded(_ text: String) -> Bool {
    guard let first = text.utf8.first, let last = text.utf8.last else { return false }
    return first <= 0x20 || last <= 0x20 || first == 0xC2 || first == 0xE2 || first == 0xE3
      || first == 0xEF
  }
}
