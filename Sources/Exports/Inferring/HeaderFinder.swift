import Formats

/// Finds the line with the names below a title.
enum HeaderFinder {
  /// How many rows are looked at.
  static let rowsMax = 60

  /// A row of the beginning of a table: its line and its texts, without blanks around them.
  struct Row {
    var line: Int
    var texts: [String]

    var filled: Int { texts.count { !$0.isEmpty } }
    var names: Int { texts.count(where: isName) }

    /// Whether it is names, each once, and years or other small numbers among them.
    var hasYears: Bool {
      let isYear = { (text: String) in text.utf8.count <= 4 && Int(text) != nil }
      return names * 2 >= filled && Set(texts).count == texts.count
        && texts.allSatisfy { isName($0) || isYear($0) }
    }
  }

  /// The first rows of a delimited text, without the ruled lines of lists.
  static func rows(_ sample: [UInt8], _ dialect: CSVDialect) -> [Row] {
    var dialect = dialect
    dialect.isStrict = false
    var reader = CSVReader(dialect: dialect)
    reader.feed(sample)
    reader.finish()
    var rows: [Row] = []
    while rows.count < rowsMax, let row = try? reader.next() {
      let texts = row.texts.map(HeaderRow.trimmed)
      if texts.count == 1, Footer.isRule(texts[0]) { continue }
      rows.append(Row(line: row.line, texts: texts))
    }
    return rows
  }

  /// The text without ruled lines, which no delimiter cuts: what tells the dialect is the rest.
  static func withoutRules(_ sample: [UInt8]) -> [UInt8] {
    let lines = sample.split(separator: 0x0A, omittingEmptySubsequences: false)
    let kept = lines.filter { line in
      let bare = line.filter { $0 != 0x0D && $0 != 0x20 }
      return bare.count < 3 || !bare.allSatisfy { "-=_+".utf8.contains($0) }
    }
    return kept.count == lines.count ? sample : Array(kept.joined(separator: [0x0A]))
  }

  /// The first line that is filled nearly as widely as most rows, with texts that can be names; the
  /// line below it where that has names too and the rows under it don't look like it.
  ///
  /// Of the first such line half the names may be numbers, such as years.
  static func line(_ rows: [Row]) -> Int {
    let widths = rows.map(\.filled).filter { $0 > 1 }.sorted()
    guard let usual = widths.isEmpty ? nil : widths[widths.count / 2] else { return 1 }
    let wide = rows.filter { $0.filled * 10 >= usual * 8 }
    guard let first = wide.first else { return 1 }
    let isNamed = { (row: Row) in row.names == row.filled }
    let isTop = rows.first { $0.filled > 0 }?.line == first.line
    let named = isTop && first.hasYears ? first : wide.first(where: isNamed)
    guard let found = named else { return 1 }
    let below = rows.filter { $0.line > found.line && $0.filled > 0 }
    if let second = below.first, wide.contains(where: { $0.line == second.line }),
      isNamed(second), isHeader(second, over: Array(below.dropFirst()))
    {
      return second.line
    }
    return found.line
  }

  /// Whether a row of names stands above columns of numbers, dates or addresses.
  private static func isHeader(_ row: Row, over rows: [Row]) -> Bool {
    guard rows.count > 1 else { return false }
    let typed = row.texts.indices.count { column in
      guard isName(row.texts[column]) else { return false }
      let texts = rows.compactMap { column < $0.texts.count ? $0.texts[column] : nil }
        .filter { !$0.isEmpty }
      return texts.count > 1 && !texts.contains(where: isName)
    }
    return typed > 1 || typed == 1 && row.filled <= 3
  }

  /// Whether what stands as a header is a record: names are no addresses, and not all numbers.
  static func isRecord(_ header: [String]) -> Bool {
    let texts = header.map(HeaderRow.trimmed).filter { !$0.isEmpty }
    return texts.contains(where: ColumnProfile.isEmail) || !texts.contains(where: isName)
  }

  /// Names are no numbers, dates or addresses.
  private static func isName(_ text: String) -> Bool {
    !text.utf8.contains(0x40)
      && text.unicodeScalars.contains { $0.properties.isAlphabetic }
      && text.utf8.count <= 100
  }
}
