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
  }

  /// The first rows of a delimited text.
  static func rows(_ sample: [UInt8], _ dialect: CSVDialect) -> [Row] {
    var dialect = dialect
    dialect.isStrict = false
    var reader = CSVReader(dialect: dialect)
    reader.feed(sample)
    reader.finish()
    var rows: [Row] = []
    while rows.count < rowsMax, let row = try? reader.next() {
      rows.append(Row(line: row.line, texts: row.texts.map(HeaderRow.trimmed)))
    }
    return rows
  }

  /// The first line that is filled nearly as widely as most rows, with texts that can be names; the
  /// line below it where that has names too and the rows under it don't look like it.
  static func line(_ rows: [Row]) -> Int {
    let widths = rows.map(\.filled).sorted()
    guard let usual = widths.isEmpty ? nil : widths[widths.count / 2], usual > 1 else { return 1 }
    let couldBeHeader = { (row: Row) in row.filled * 10 >= usual * 8 && row.names == row.filled }
    guard let place = rows.firstIndex(where: couldBeHeader) else { return 1 }
    let below = rows.dropFirst(place + 1).filter { $0.filled > 0 }
    if let second = below.first, couldBeHeader(second),
      isHeader(second, over: Array(below.dropFirst()))
    {
      return second.line
    }
    return rows[place].line
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
