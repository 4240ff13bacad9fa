import Formats

/// What the beginning of a delimited text tells of its dialect.
struct DelimitedDialect {
  /// How much of a text is looked at, in bytes.
  static let sampleBytes = 1 << 20
  /// How many rows each guess is tried on.
  static let rowsMax = 200
  /// The delimiters that are tried, the likelier first.
  static let candidates: [UInt8] = [0x2C, 0x3B, 0x09, 0x7C, 0x5E]

  /// The dialect to read with.
  private(set) var csv: CSVDialect
  /// Bytes and lines before the header: a `sep=` line and the preamble.
  private(set) var skippedBytes = 0
  /// The lines before the header.
  private(set) var skippedLines = 0
  /// The line ends of the sample.
  private(set) var lineEnding: String?
  /// Whether a quoted field was seen.
  private(set) var hasQuotes = false
  /// How quotes are escaped, where that is declared.
  private let declaredEscape: CSVDialect.Escape?

  /// Finds out what the rules leave open.
  ///
  /// Throws where the rules can't be or name a row behind the end.
  init(sample: [UInt8], _ rules: ReadingRules, delimiter: UInt8?) throws(ExportRefusal) {
    csv = CSVDialect(
      delimiter: delimiter ?? 0x2C, quote: rules.quote?.utf8.first, trimsAroundQuotes: true,
      blankLines: .keep, comment: Array((rules.comment ?? "").utf8))
    declaredEscape = rules.escape.map { $0 == "\\" ? .backslash : .doubled }
    let named = takeSeparatorLine(sample)
    for _ in 1..<max(1, rules.headerRow) {
      guard let end = Self.lineEnd(sample, from: skippedBytes) else {
        throw ExportRefusal(
          .empty, "there is no header in row \(rules.headerRow)", line: skippedLines + 1)
      }
      skippedBytes = end
      skippedLines += 1
    }
    let rows = Array(sample[skippedBytes...])
    if let known = delimiter ?? named {
      csv.delimiter = known
      csv.escape = escape(rows, csv)
    } else {
      guess(rows)
    }
    lineEnding = lineEnding(rows)
    hasQuotes = csv.quote.map(rows.contains) ?? false
  }

  /// `sep=;` as the first line names the delimiter, for spreadsheets.
  private mutating func takeSeparatorLine(_ sample: [UInt8]) -> UInt8? {
    let end = Self.lineEnd(sample, from: 0) ?? sample.count
    var line = sample[..<end]
    while let last = line.last, last == 0x0A || last == 0x0D { line.removeLast() }
    if line.count == 7, line.first == 0x22, line.last == 0x22 { line = line.dropFirst().dropLast() }
    guard line.count == 5, let named = line.last, Self.isDelimiter(named), named != csv.quote,
      String(decoding: line.dropLast(), as: UTF8.self).lowercased() == "sep="
    else { return nil }
    skippedBytes = end
    skippedLines = 1
    return named
  }

  /// Whether a byte may separate cells.
  static func isDelimiter(_ byte: UInt8) -> Bool {
    byte < 0x80 && byte != 0x0A && byte != 0x0D && byte != 0
  }

  /// Where the line that starts at `start` ends, with its end; nil where it does not.
  private static func lineEnd(_ bytes: [UInt8], from start: Int) -> Int? {
    var at = start
    while at < bytes.count {
      let byte = bytes[at]
      at += 1
      if byte == 0x0A { return at }
      guard byte == 0x0D else { continue }
      return at < bytes.count && bytes[at] == 0x0A ? at + 1 : at
    }
    return nil
  }

  /// How well a dialect fits: rows that are like the first, rows that are not, cells of a row.
  private struct Fit: Comparable {
    var unlike = 0
    var alike = 0
    var cells = 0

    static func < (a: Fit, b: Fit) -> Bool {
      // A text of one column fits every delimiter, so several cells count first.
      let split = (a.cells > 1 ? 1 : 0, b.cells > 1 ? 1 : 0)
      if split.0 != split.1 { return split.0 < split.1 }
      let share = (a.alike * (b.alike + b.unlike), b.alike * (a.alike + a.unlike))
      return share.0 != share.1 ? share.0 < share.1 : a.cells < b.cells
    }
  }

  private mutating func guess(_ rows: [UInt8]) {
    var best: (fit: Fit, dialect: CSVDialect)?
    for delimiter in Self.candidates where delimiter != csv.quote {
      var dialect = csv
      dialect.delimiter = delimiter
      dialect.escape = escape(rows, dialect)
      let fit = Self.fit(rows, dialect)
      if best.map({ $0.fit < fit }) ?? true { best = (fit, dialect) }
    }
    if let best { csv = best.dialect }
  }

  /// Backslashes escape where that reads more rows soundly than doubling alone does.
  private func escape(_ rows: [UInt8], _ dialect: CSVDialect) -> CSVDialect.Escape {
    if let declaredEscape { return declaredEscape }
    guard let quote = dialect.quote,
      zip(rows, rows.dropFirst()).contains(where: { $0 == 0x5C && $1 == quote })
    else { return .doubled }
    var backslash = dialect
    backslash.escape = .backslash
    let doubledFaults = Self.fit(rows, dialect, rowsMax: .max).unlike
    return Self.fit(rows, backslash, rowsMax: .max).unlike < doubledFaults ? .backslash : .doubled
  }

  private static func fit(_ rows: [UInt8], _ dialect: CSVDialect, rowsMax: Int = rowsMax) -> Fit {
    var reader = CSVReader(dialect: dialect)
    reader.feed(rows)
    // A whole text ends here and a sample does not: its last row is never looked at then.
    if rows.count < sampleBytes { reader.finish() }
    var row = CSVRow()
    var fit = Fit()
    while fit.alike + fit.unlike < rowsMax {
      do throws(CSVError) {
        guard try reader.next(into: &row) else { break }
        if row.count == 1, row.isEmpty(0) { continue }
        if fit.cells == 0 { fit.cells = row.count }
        if row.count == fit.cells { fit.alike += 1 } else { fit.unlike += 1 }
      } catch {
        fit.unlike += 1
        if !error.isRowOnly { break }
      }
    }
    return fit
  }

  /// Which line ends stand outside quotes.
  private func lineEnding(_ rows: [UInt8]) -> String? {
    var found: Set<String> = []
    var inQuotes = false
    var at = 0
    while at < rows.count {
      let byte = rows[at]
      at += 1
      if byte == csv.quote { inQuotes.toggle() }
      guard !inQuotes, byte == 0x0A || byte == 0x0D else { continue }
      if byte == 0x0D, at < rows.count, rows[at] == 0x0A {
        found.insert("CR LF")
        at += 1
      } else {
        found.insert(byte == 0x0A ? "LF" : "CR")
      }
    }
    return found.count > 1 ? "mixed" : found.first
  }
}
