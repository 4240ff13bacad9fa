import Console
import Exports
import Formats
import Reconciliation

/// A preview for people: how the file is read, then its rows as they stand or as a mapping reads
/// them.
struct PreviewText {
  private let preview: ExportPreview

  /// The widest that a cell is shown, in characters.
  private static let cellMax = 24
  /// The widest that a value is shown, in characters.
  private static let valueMax = 60
  /// Rejected rows that are shown.
  private static let rejectedMax = 20

  init(_ preview: ExportPreview) { self.preview = preview }

  /// The rows as they stand, or each as its key and, field by field, the cell and what it becomes.
  var text: String {
    let body = preview.values.map { $0.flatMap(Self.lines) } ?? rows
    let lines = facts + notes + [""] + body + rejected + setAside + legend
    return lines.joined(separator: "\n") + "\n"
  }

  // MARK: - About the file

  private var facts: [String] {
    let dialect = preview.dialect
    let facts: [(String, String?)] = [
      ("format", dialect.format.rawValue), ("packed as", dialect.container),
      ("encoding", dialect.encoding), ("delimiter", dialect.delimiter.map(VisibleText.of)),
      ("quote", dialect.quote.map(VisibleText.of)),
      ("line ending", dialect.lineEnding), ("header row", dialect.headerRow.map(String.init)),
      ("rows at", dialect.rowsAt.map(VisibleText.of)), ("rows", String(preview.total)),
    ]
    return facts.compactMap { name, value in
      value.map { name + String(repeating: " ", count: 14 - name.count) + $0 }
    }
  }

  private var notes: [String] {
    preview.notes.map { "note          \(VisibleText.of($0))" }
  }

  // MARK: - Rows as they stand

  private var rows: [String] {
    let head = preview.columns.map { Self.cut($0, Self.cellMax) }
    let rows = preview.rows.map { row in row.map { $0.map { Self.cut($0, Self.cellMax) } ?? "∅" } }
    return Self.aligned([head] + rows)
  }

  private static func aligned(_ rows: [[String]]) -> [String] {
    let count = rows.map(\.count).max() ?? 0
    let widths = (0..<count).map { place in
      rows.map { place < $0.count ? $0[place].count : 0 }.max() ?? 0
    }
    return rows.map { row in
      row.enumerated().map { place, cell in
        place == row.count - 1
          ? cell : cell + String(repeating: " ", count: max(0, widths[place] - cell.count))
      }.joined(separator: "  ")
    }
  }

  // MARK: - Rows as a mapping reads them

  private static func lines(of row: RowValues) -> [String] {
    let key = row.key.map { VisibleText.of($0.description) } ?? "no key"
    var head = "line \(row.line)  \(key)"
    if row.isDeleted { head += "  marked as deleted: nothing is written" }
    if let rejection = row.rejection {
      let column = rejection.column.map { "\(VisibleText.of($0)): " } ?? ""
      head += "  rejected: \(column)\(VisibleText.of(rejection.reason))"
    }
    return [head]
      + aligned(
        row.fields.map { field in
          [
            "  \(VisibleText.of(field.metadata))", VisibleText.of(field.column),
            field.cell.map { cut($0, cellMax) } ?? "∅", "→ \(words(field.outcome))",
          ]
        })
  }

  private static func words(_ outcome: RowValues.Outcome) -> String {
    switch outcome {
    case .value(.present(let value)): cut(value.written(), valueMax)
    case .value(.absent): "the key is removed"
    case .ignored(let reason): "nothing: \(reason)"
    case .invalid(let reason): "can't be converted: \(VisibleText.of(reason))"
    }
  }

  // MARK: - Below

  private var rejected: [String] {
    guard preview.values == nil, !preview.rejected.isEmpty else { return [] }
    let lines = preview.rejected.prefix(Self.rejectedMax).map { rejection in
      let column = rejection.column.map { ", \(VisibleText.of($0))" } ?? ""
      return "  line \(rejection.line)\(column): \(VisibleText.of(rejection.reason))"
    }
    let more = preview.rejected.count - lines.count
    return ["", "Rows that can't be used"] + lines + (more > 0 ? ["  and \(more) more"] : [])
  }

  private var setAside: [String] {
    let setAside = preview.setAside
    guard setAside.rows > 0 else { return [] }
    let values = setAside.values.map { value, rows in
      "  \(value.isEmpty ? "an empty cell" : VisibleText.of(value)): \(Words.count(rows, "row"))"
    }
    return ["", "Set aside by \"where\": \(Words.count(setAside.rows, "row"))"] + values
  }

  /// What the signs stand for that took the place of invisible characters.
  private var legend: [String] {
    let shown =
      preview.columns + preview.rows.flatMap { $0.compactMap(\.self) }
      + (preview.values ?? []).flatMap { $0.fields.compactMap(\.cell) }
    var names: [String: String] = [:]
    for text in shown {
      for case .sign(let sign, let name) in VisibleText(text, keepsSpaces: true).pieces {
        names[sign] = name.lowercased()
      }
    }
    guard !names.isEmpty else { return [] }
    return ["", "Signs for what can't be seen"]
      + names.sorted { $0.key < $1.key }.map { "  \($0.key)  \($0.value)" }
  }

  private static func cut(_ text: String, _ most: Int) -> String {
    let shown = VisibleText.of(text)
    return shown.count > most ? shown.prefix(most - 1) + "…" : shown
  }
}
