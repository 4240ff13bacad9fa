/// The results as people read them.
enum TableText {
  static func table(_ findings: [Finding]) -> String {
    let header = ["work", "resetsync", "other", "ratio", "to reach", "", "peak"]
    return columns([header] + findings.map(cells))
  }

  private static func cells(_ finding: Finding) -> [String] {
    let other = finding.other.map { "\($0.figure.text) \($0.name)" } ?? ""
    let ratio = finding.ratio.map { "\(Quantity.digits($0)) ×" } ?? ""
    let goal = finding.goal?.text(finding.figure.unit) ?? ""
    return [
      finding.work, finding.figure.text, other, ratio, goal,
      finding.isMet.map { $0 ? "pass" : "MISS" } ?? "", finding.peakBytes.map(memory) ?? "",
    ]
  }

  private static func memory(_ bytes: Int) -> String {
    "\(megabytes(bytes)) MB" + (bytes > Finding.peakBytesMax ? " MISS" : "")
  }

  private static func megabytes(_ bytes: Int) -> Int { Int((Double(bytes) / 1e6).rounded()) }

  static func growth(_ lines: [GrowthRows.Line]) -> String {
    let sizes = lines.first?.points.map(\.size) ?? []
    let header = ["work"] + sizes.map(String.init) + ["exponent"]
    var rows = [header]
    for line in lines {
      let times = line.points.map { Quantity($0.usage.seconds, .seconds).text }
      let peaks = line.points.map { "\(megabytes($0.usage.peakBytes)) MB" }
      rows.append([line.work] + times + [line.exponent.map(Quantity.digits) ?? ""])
      rows.append(["  peak"] + peaks + [line.memoryExponent.map(Quantity.digits) ?? ""])
    }
    return columns(rows)
  }

  /// What was compared with what, once per line of the table.
  static func notes(_ findings: [Finding]) -> String {
    var (seen, lines) = (Set<String>(), [String]())
    for finding in findings where seen.insert(finding.compared).inserted {
      let names = findings.filter { $0.compared == finding.compared }.map(\.name)
      lines.append("\(names.joined(separator: ", ")): \(finding.compared).")
    }
    return lines.joined(separator: "\n")
  }

  /// Pads every cell to the width of its column.
  static func columns(_ rows: [[String]]) -> String {
    let count = rows.map(\.count).max() ?? 0
    let widths = (0..<count).map { column in
      rows.map { $0.count > column ? $0[column].count : 0 }.max() ?? 0
    }
    let lines = rows.map { row in
      row.enumerated().map { index, cell in
        cell + String(repeating: " ", count: widths[index] - cell.count)
      }.joined(separator: "  ")
    }
    return lines.map { line in
      String(line.reversed().drop { $0 == " " }.reversed())
    }.joined(separator: "\n")
  }
}
