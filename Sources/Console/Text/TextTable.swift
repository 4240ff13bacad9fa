/// A table for terminals: columns as wide as they need, shortened where the width ends.
struct TextTable {
  /// One column.
  struct Column {
    let title: String
    var isNumber = false
    /// Whether the column may be cut when the table is too wide.
    var canShrink = false
  }

  let columns: [Column]
  private(set) var rows: [[String]] = []
  /// The narrowest that a column is cut to.
  static let columnWidthMin = 8

  init(_ columns: [Column]) { self.columns = columns }

  /// Adds a row of as many cells as there are columns.
  mutating func add(_ cells: [String]) { rows.append(cells) }

  /// The lines of the table, a header first unless no column has a title.
  func lines(_ style: TextStyle) -> [String] {
    let widths = fitted(style.width)
    var lines: [String] = []
    if columns.contains(where: { !$0.title.isEmpty }) {
      lines.append(style.toned(line(columns.map(\.title), widths), .muted))
    }
    return lines + rows.map { line($0, widths) }
  }

  private func line(_ cells: [String], _ widths: [Int]) -> String {
    var out = ""
    for (place, cell) in cells.enumerated() {
      let isLast = place == cells.count - 1
      let cut =
        TerminalWidth.of(cell) > widths[place] ? TerminalWidth.cut(cell, to: widths[place]) : cell
      let isNumber = columns[place].isNumber
      out +=
        isLast && !isNumber ? cut : TerminalWidth.filled(cut, to: widths[place], right: isNumber)
      if !isLast { out += "  " }
    }
    while out.last == " " { out.removeLast() }
    return out
  }

  /// Natural widths; the widest columns that may shrink give way until the table fits.
  private func fitted(_ width: Int) -> [Int] {
    var widths = columns.indices.map { place in
      max(
        TerminalWidth.of(columns[place].title),
        rows.map { TerminalWidth.of($0[place]) }.max() ?? 0)
    }
    var excess = widths.reduce(0, +) + 2 * (widths.count - 1) - width
    while excess > 0 {
      let wide = columns.indices.filter {
        columns[$0].canShrink && widths[$0] > Self.columnWidthMin
      }
      guard let widest = wide.max(by: { widths[$0] < widths[$1] }) else { break }
      widths[widest] -= 1
      excess -= 1
    }
    return widths
  }
}
