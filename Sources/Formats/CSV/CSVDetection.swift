/// What a sample of a delimited text suggests about its dialect; a guess, to be shown and checked.
public struct CSVDetection: Sendable, Hashable {
  /// How rows end.
  public enum LineEnding: String, Sendable, Hashable {
    /// LF.
    case lf
    /// CR LF.
    case crlf
    /// A lone CR.
    case cr
    /// More than one kind.
    case mixed
    /// The sample has a single line.
    case none
  }

  /// The likely dialect, lenient.
  public var dialect: CSVDialect
  /// Whether the first line only names the delimiter (`sep=;`) and is no row.
  public var hasSeparatorLine: Bool
  /// The physical line of the likely header row, counted from 1; nil where rows start at once.
  public var headerLine: Int?
  /// How rows end outside quotes.
  public var lineEnding: LineEnding
  /// How many fields most rows have.
  public var columnCount: Int
  /// How well the rows fit the dialect, 0 to 1; near 0 for a single column.
  public var confidence: Double
}

extension CSVDialect {
  /// The delimiters that are tried, in order of preference.
  static let candidates: [UInt8] = Array(",;\t|^:".utf8)

  /// Guesses the dialect of a text from its first bytes (UTF-8 without byte order mark).
  ///
  /// A `sep=` line decides; otherwise the delimiter that cuts most rows into one number of fields,
  /// and into fields that look like values.
  public static func detect(_ sample: [UInt8], isWhole: Bool = false) -> CSVDetection {
    let separator = separatorLine(sample)
    let body = separator.map { Array(sample[$0.end...]) } ?? sample
    let quote = likelyQuote(body)
    let escape = likelyEscape(body, quote)
    var best: CSVTrial?
    for delimiter in separator.map({ [$0.delimiter] }) ?? candidates where delimiter != quote {
      let dialect = CSVDialect(
        delimiter: delimiter, quote: quote, escape: escape, trimsAroundQuotes: true,
        isStrict: false)
      let trial = CSVTrial(body, dialect, isWhole: isWhole)
      if trial.score > (best?.score ?? -1) { best = trial }
    }
    let trial = best ?? CSVTrial([], CSVDialect(isStrict: false), isWhole: true)
    var dialect = trial.dialect
    dialect.trimsAroundQuotes = false
    return CSVDetection(
      dialect: dialect, hasSeparatorLine: separator != nil,
      headerLine: trial.headerLine.map { $0 + (separator == nil ? 0 : 1) },
      lineEnding: lineEnding(sample, quote), columnCount: trial.columnCount,
      confidence: trial.score)
  }

  /// Excel's first line `sep=X`: the delimiter and where the next line starts.
  private static func separatorLine(_ sample: [UInt8]) -> (delimiter: UInt8, end: Int)? {
    let line = sample.prefix { $0 != 0x0A && $0 != 0x0D }
    let bare = line.filter { $0 != 0x22 }
    guard bare.count == 5, String(decoding: bare.prefix(4), as: UTF8.self).lowercased() == "sep="
    else { return nil }
    var end = line.count
    if end < sample.count, sample[end] == 0x0D { end += 1 }
    if end < sample.count, sample[end] == 0x0A { end += 1 }
    return (bare[4], end)
  }

  /// The quote that stands most often at the border of a field.
  private static func likelyQuote(_ sample: [UInt8]) -> UInt8? {
    func borders(_ quote: UInt8) -> Int {
      var count = 0
      for (i, byte) in sample.enumerated() where byte == quote {
        let before = i == 0 ? 0x0A : sample[i - 1]
        let after = i + 1 < sample.count ? sample[i + 1] : 0x0A
        let isBorder = { (byte: UInt8) in byte == 0x0A || byte == 0x0D || candidates.contains(byte)
        }
        if isBorder(before) || isBorder(after) { count += 1 }
      }
      return count
    }
    let (double, single) = (borders(0x22), borders(0x27))
    return double == 0 && single >= 4 ? 0x27 : 0x22
  }

  private static func likelyEscape(_ sample: [UInt8], _ quote: UInt8?) -> Escape {
    guard let quote else { return .doubled }
    var backslashed = 0
    var doubled = 0
    for i in sample.indices.dropLast() where sample[i + 1] == quote {
      if sample[i] == 0x5C { backslashed += 1 }
      if sample[i] == quote, i > 0, !candidates.contains(sample[i - 1]) { doubled += 1 }
    }
    return backslashed > doubled ? .backslash : .doubled
  }

  private static func lineEnding(_ sample: [UInt8], _ quote: UInt8?) -> CSVDetection.LineEnding {
    var kinds: Set<CSVDetection.LineEnding> = []
    var isQuoted = false
    for (i, byte) in sample.enumerated() {
      if byte == quote { isQuoted.toggle() }
      guard !isQuoted else { continue }
      if byte == 0x0A { kinds.insert(i > 0 && sample[i - 1] == 0x0D ? .crlf : .lf) }
      if byte == 0x0D, i + 1 < sample.count, sample[i + 1] != 0x0A { kinds.insert(.cr) }
    }
    return kinds.count > 1 ? .mixed : kinds.first ?? .none
  }
}

/// The sample read by one dialect, and how well that went.
struct CSVTrial {
  let dialect: CSVDialect
  private(set) var columnCount = 0
  private(set) var score = 0.0
  private(set) var headerLine: Int?

  private static let rowsMax = 200

  init(_ sample: [UInt8], _ dialect: CSVDialect, isWhole: Bool) {
    self.dialect = dialect
    let rows = Self.rows(sample, dialect, isWhole: isWhole)
    guard !rows.isEmpty else { return }
    var counts: [Int: Int] = [:]
    for row in rows { counts[row.count, default: 0] += 1 }
    // Most frequent width; the wider of two equally frequent ones.
    guard let modal = counts.max(by: { ($0.value, $0.key) < ($1.value, $1.key) }) else { return }
    columnCount = modal.key
    let regular = rows.filter { $0.count == modal.key }
    let share = Double(modal.value) / Double(rows.count)
    let cells = regular.flatMap(\.texts)
    let clean = Double(cells.filter { Self.looksLikeValue($0) }.count) / Double(cells.count)
    // Width counts little beyond two columns; a single column almost nothing.
    let width = modal.key == 1 ? 0.05 : 1 - 0.5 / Double(modal.key)
    score = share * share * width * clean * (dialect.delimiter == 0x3A ? 0.6 : 1)
    headerLine = Self.header(regular)
  }

  private static func rows(_ sample: [UInt8], _ dialect: CSVDialect, isWhole: Bool) -> [CSVRow] {
    var reader = CSVReader(dialect: dialect)
    reader.feed(sample)
    var rows: [CSVRow] = []
    while rows.count < rowsMax, let row = try? reader.next() { rows.append(row) }
    if rows.count < rowsMax, isWhole || rows.isEmpty {
      reader.finish()
      while rows.count < rowsMax, let row = try? reader.next() { rows.append(row) }
    }
    return rows
  }

  /// Whether a cell could be one value: no other delimiter and no quote left in it.
  private static func looksLikeValue(_ cell: String) -> Bool {
    if cell.utf8.count > 200 { return true }
    if cell.utf8.contains(where: { $0 == 0x3B || $0 == 0x09 || $0 == 0x7C || $0 == 0x5E }) {
      return false
    }
    return !(cell.utf8.first == 0x22) && !(cell.utf8.last == 0x22)
  }

  /// The line of the first row when it looks like names: no blanks, no numbers, no repeats.
  private static func header(_ rows: [CSVRow]) -> Int? {
    guard let first = rows.first else { return nil }
    let names = first.texts
    let isNamed = names.allSatisfy { name in
      !name.isEmpty && !name.utf8.allSatisfy { isDigit($0) || ".,-/: ".utf8.contains($0) }
        && !name.utf8.contains(0x40)
    }
    return isNamed && Set(names).count == names.count ? first.line : nil
  }
}
