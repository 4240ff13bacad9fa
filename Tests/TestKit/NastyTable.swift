import Formats

/// Values that have gone wrong somewhere, as an export in every format.
public enum NastyTable {
  /// The values.
  public static let values: [String] = [
    "plain", "Müller", "Größe", "Łódź", "Ольга", "日本語", "👩‍👩‍👧‍👦 family", "🚲", "e\u{301}clair",
    "\u{E9}clair", "ﬁne", "İstanbul", "\"quoted\"", "say \"\"twice\"\"", "'apostrophe", "'00123",
    "=\"00123\"", "=1+2", "+49 30 123", "-5", "@SUM(A1)", "00123",
    "0000000000012345678901234567890",
    "12345678901234567890", "1.0", "1.10", "-0", "1e5", "1.23457E+11", "NaN", "null", "NULL",
    "true",
    "TRUE", "#N/A", "line\nbreak", "line\r\nbreak", "lone\rreturn", "tab\there", "semi;colon",
    "comma, here", "pipe|caret^", "back\\slash", "ends with \\", "no\u{A0}break", " leading",
    "trailing ", "\u{3000}wide\u{3000}", "\u{202E}right to left\u{202C}", "zero\u{200B}width",
    "soft\u{AD}hyphen", "<b>&amp;</b>", "]]>", "/slash~tilde", "_x000D_", "{\"a\": [1, 2]}",
    "03/04/2024", "3-4", "10,50", "10.500-", "€ ½ „“",
  ]

  /// A header and a row for each value, `k0` and on.
  public static let table: [[String]] =
    [["id", "value"]] + values.enumerated().map { ["k\($0)", $1] }

  /// A file name for each way to write the table.
  public static let formats: [String] = [
    "comma.csv", "semicolon.csv", "tab.tsv", "pipe.csv", "lf.csv", "cr.csv", "rows.json",
    "rows.ndjson", "rows.xml", "book.xlsx", "packed.csv.gz", "packed.csv.zip",
    "packed.tsv.gz", "packed.tsv.zip", "packed.json.gz", "packed.json.zip", "packed.ndjson.gz",
    "packed.ndjson.zip", "packed.xml.gz", "packed.xml.zip", "packed.xlsx.gz", "packed.xlsx.zip",
    "utf16le.csv", "utf16be.tsv",
  ]

  /// The table as the file of this name.
  public static func bytes(_ name: String) -> [UInt8] {
    let inner = ["csv", "tsv", "json", "ndjson", "xml", "xlsx"].first { name.contains(".\($0)") }
    if name.hasSuffix(".gz") { return ExportFixtures.gzip(plain("plain.\(inner ?? "csv")")) }
    if name.hasSuffix(".zip") {
      let entry = "rows.\(inner ?? "csv")"
      return ExportFixtures.archive([(entry, plain(entry))])
    }
    return plain(name)
  }

  private static func plain(_ name: String) -> [UInt8] {
    switch name {
    case "semicolon.csv": ExportFixtures.csv(table, delimiter: 0x3B)
    case "tab.tsv", "plain.tsv", "rows.tsv": ExportFixtures.csv(table, delimiter: 0x09)
    case "pipe.csv": ExportFixtures.csv(table, delimiter: 0x7C)
    case "lf.csv": ExportFixtures.csv(table, lineEnding: "\n")
    case "cr.csv": ExportFixtures.csv(table, lineEnding: "\r")
    case "rows.json", "plain.json": ExportFixtures.json(table)
    case "rows.ndjson", "plain.ndjson": ExportFixtures.ndjson(table)
    case "rows.xml", "plain.xml": ExportFixtures.xml(table)
    case "book.xlsx", "plain.xlsx", "rows.xlsx": ExportFixtures.xlsx(escapedForWorkbook)
    case "utf16le.csv":
      ExportFixtures.utf16(String(decoding: ExportFixtures.csv(table), as: UTF8.self))
    case "utf16be.tsv":
      ExportFixtures.utf16(
        String(decoding: ExportFixtures.csv(table, delimiter: 0x09), as: UTF8.self),
        bigEndian: true)
    default: ExportFixtures.csv(table)
    }
  }

  /// A workbook writes `_x000D_` for a carriage return, and so `_x005F_` for the underscore.
  static var escapedForWorkbook: [[String]] {
    table.map { row in row.map { $0 == "_x000D_" ? "_x005F_x000D_" : $0 } }
  }
}
