import Console
import Exports
import Reconciliation

/// A preview for people: the dialect, then the rows as a table.
struct PreviewText {
  private let preview: ExportPreview
  private let style: TextStyle

  /// The widest that a cell is shown, in characters.
  private static let cellMax = 24
  /// Rejected rows that are shown.
  private static let rejectedMax = 20

  init(_ preview: ExportPreview, style: TextStyle) {
    self.preview = preview
    self.style = style
  }

  var text: String {
    let dialect = preview.dialect
    let facts: [(String, String?)] = [
      ("format", dialect.format.rawValue), ("packed as", dialect.container),
      ("encoding", dialect.encoding), ("delimiter", dialect.delimiter.map(Self.visible)),
      ("quote", dialect.quote.map(Self.visible)),
      ("line ending", dialect.lineEnding), ("header row", dialect.headerRow.map(String.init)),
      ("rows at", dialect.rowsAt), ("rows", String(preview.total)),
    ]
    var lines = facts.compactMap { name, value in
      value.map { name + String(repeating: " ", count: 14 - name.count) + $0 }
    }
    lines += [""] + table
    if !preview.rejected.isEmpty {
      lines += ["", "Rows that can't be used"]
      for rejection in preview.rejected.prefix(Self.rejectedMax) {
        let column = rejection.column.map { ", \($0)" } ?? ""
        lines.append("  line \(rejection.line)\(column): \(rejection.reason)")
      }
    }
    if !preview.notes.isEmpty { lines += ["", "Notes"] + preview.notes.map { "  \($0)" } }
    return lines.joined(separator: "\n") + "\n"
  }

  private var table: [String] {
    let head = preview.columns.map(Self.cell)
    let rows = preview.rows.map { row in row.map { $0.map(Self.cell) ?? "∅" } }
    let count = ([head.count] + rows.map(\.count)).max() ?? 0
    let widths = (0..<count).map { place in
      ([head] + rows).map { place < $0.count ? $0[place].count : 0 }.max() ?? 0
    }
    return ([head] + rows).map { row in
      row.enumerated().map { place, cell in
        cell + String(repeating: " ", count: max(0, widths[place] - cell.count))
      }.joined(separator: "  ")
    }
  }

  private static func cell(_ text: String) -> String {
    let shown = visible(text)
    return shown.count > cellMax ? shown.prefix(cellMax - 1) + "…" : shown
  }

  private static func visible(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\t": result += "⇥"
      case "\n": result += "⏎"
      case "\r": result += "␍"
      default: result += scalar.value < 0x20 ? "·" : String(scalar)
      }
    }
    return result
  }
}
