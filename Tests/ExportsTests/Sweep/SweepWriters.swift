import Formats
import TestKit

/// Writes tables as the programs of the field do; what a mapping must say of them goes along.
enum SweepWriter {
  /// A generated export of any format; nil where chance asked for what can't be written.
  static func export(_ random: inout SplitMix) -> SweepExport? {
    switch random.number(0...9) {
    case 0...4: delimited(&random)
    case 5: json(&random)
    case 6: lines(&random)
    case 7: xml(&random)
    default: workbook(&random)
    }
  }

  static func mapping(_ table: SweepTable, _ export: String) -> String {
    """
    {"name": "sweep", "origins": ["erp"],
     "export": {"path": "*", \(export)},
     "reference": {"column": "ref"}, "fields": [\(table.fields)]}
    """
  }

  static func promise(_ table: SweepTable, _ isDeclared: Bool) -> SweepExport.Promise {
    table.declaresMark && isDeclared ? .taken : .noWrongValue
  }

  static func truth(_ table: SweepTable) -> [String: [String: TrueValue]] {
    Dictionary(table.rows.map { ($0.reference, $0.values) }) { first, _ in first }
  }

  // MARK: - Delimited text

  private struct Dialect {
    var delimiter: String
    /// `all`, `needed` or `none`: quotes are text.
    var quoting: String
    var lineEnd: String
    var isBackslash: Bool
    var preamble: Int
    var footer: Int

    init(_ random: inout SplitMix) {
      delimiter = random.pick([",", ";", "\t", "|"])
      quoting = random.pick(["all", "needed", "needed", "none"])
      lineEnd = random.pick(["\n", "\r\n", "\r\n"])
      isBackslash = quoting != "none" && random.chance(15)
      preamble = random.pick([0, 0, 0, 2])
      footer = random.pick([0, 0, 0, 1])
    }

    /// A cell as text of the file; nil where it can't stand in an unquoted one.
    func cell(_ text: String) -> String? {
      let isPlain = !text.unicodeScalars.contains {
        $0 == "\"" || $0 == "\n" || $0 == "\r" || String($0) == delimiter
      }
      switch quoting {
      case "none":
        return text.unicodeScalars.contains { $0 == "\n" || $0 == "\r" || String($0) == delimiter }
          ? nil : text
      case "needed" where isPlain && !text.hasPrefix(" ") && !text.hasSuffix(" "): return text
      default:
        let body =
          isBackslash
          ? text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
          : text.replacing("\"", with: "\"\"")
        return "\"\(body)\""
      }
    }

    var rules: String {
      let delimiter = delimiter == "\t" ? "\\t" : delimiter
      return "\"delimiter\": \"\(delimiter)\", "
        + (quoting == "none" ? "\"quote\": null, " : "")
        + (isBackslash ? "\"escape\": \"\\\\\", " : "")
        + "\"header_row\": \(preamble + 1), \"skip_footer_rows\": \(footer)"
    }
  }

  private static func delimited(_ random: inout SplitMix) -> SweepExport? {
    let (encoding, alphabet) = random.pick(SweepEncoding.all)
    let declaresEncoding = encoding == "UTF-8" || random.chance(70)
    let table = SweepTable(alphabet: alphabet, declaresAll: random.chance(60), &random)
    let dialect = Dialect(&random)
    var lines = (0..<dialect.preamble).map { "Report \($0)" }
    lines.append(SweepTable.columns.joined(separator: dialect.delimiter))
    for row in table.rows {
      let cells = SweepTable.columns.map { dialect.cell(row.text($0, table)) }
      guard !cells.contains(nil) else { return nil }
      lines.append(cells.compactMap(\.self).joined(separator: dialect.delimiter))
    }
    lines += (0..<dialect.footer).map { _ in "Total \(table.rows.count)" }
    let endsLast = dialect.footer > 0 || random.chance(80)
    let text = lines.joined(separator: dialect.lineEnd) + (endsLast ? dialect.lineEnd : "")
    guard var bytes = SweepEncoding.encoded(text, encoding) else { return nil }
    if encoding.hasPrefix("UTF-16"), random.chance(50) {
      bytes = (encoding.hasSuffix("LE") ? [0xFF, 0xFE] : [0xFE, 0xFF]) + bytes
    } else if encoding == "UTF-8", random.chance(20) {
      bytes = [0xEF, 0xBB, 0xBF] + bytes
    }
    // Bytes that happen to be UTF-8 too say nothing of another encoding.
    let isUTF8 = String(validating: bytes, as: UTF8.self) != nil
    guard declaresEncoding || !isUTF8 || encoding == "UTF-8" else { return nil }
    var export = SweepExport(name: "sweep.csv", bytes: bytes)
    let named = declaresEncoding && encoding != "UTF-8" ? "\"encoding\": \"\(encoding)\", " : ""
    export.mapping = mapping(table, "\"format\": \"csv\", \(named)\(dialect.rules)")
    export.truth = truth(table)
    export.promise = promise(table, declaresEncoding)
    export.endedItsLastLine = endsLast
    export.story = ["delimited", encoding, "\(dialect)", "\(table.locale)", "\(table.time)"]
    return export
  }

  // MARK: - JSON

  private static func object(
    _ row: SweepRow, _ table: SweepTable, _ typed: Bool, _ random: inout SplitMix
  ) -> String {
    var members: [String] = []
    for column in SweepTable.columns {
      let text = row.text(column, table)
      let value = row.values[column]
      if column != "ref", value == .empty, column != "name" || text.isEmpty {
        // A column that no row has is missing, so the first row has them all.
        let isFirst = row.reference == table.rows.first?.reference
        let blank = random.pick(["null", "\"\"", isFirst ? "null" : ""])
        if !blank.isEmpty { members.append("\"\(column)\": \(blank)") }
      } else if typed, case .number(let isNegative, let whole, let fraction)? = value {
        let plain = (isNegative ? "-" : "") + whole + (fraction.isEmpty ? "" : "." + fraction)
        members.append("\"\(column)\": \(plain)")
      } else if typed, case .flag(let flag)? = value {
        members.append("\"\(column)\": \(flag)")
      } else {
        members.append("\"\(column)\": \(literal(text, &random))")
      }
    }
    return "{\(members.shuffled(using: &random).joined(separator: ", "))}"
  }

  /// A JSON string, now and then with escapes where none is needed.
  private static func literal(_ text: String, _ random: inout SplitMix) -> String {
    let escapesAll = random.chance(20)
    let units = text.utf16.map { unit -> String in
      let isPlain = unit >= 0x20 && unit != 0x22 && unit != 0x5C && unit < 0x7F
      return isPlain && !escapesAll
        ? String(UnicodeScalar(UInt8(unit))) : "\\u" + hex(Int(unit), digits: 4)
    }
    return "\"\(units.joined())\""
  }

  static func hex(_ number: Int, digits: Int) -> String {
    let text = String(number, radix: 16)
    return String(repeating: "0", count: max(0, digits - text.count)) + text
  }

  private static func json(_ random: inout SplitMix) -> SweepExport? {
    let table = SweepTable(
      alphabet: SweepEncoding.all[random.number(0...3)].alphabet, declaresAll: random.chance(50),
      &random)
    let typed = random.chance(50)
    let rows = table.rows.map { object($0, table, typed, &random) }.joined(separator: ",\n ")
    let at = random.pick(["", "/value", "/d/results"])
    let text =
      switch at {
      case "": "[\(rows)]"
      case "/value": "{\"@odata.context\": \"x\", \"value\": [\(rows)]}"
      default: "{\"d\": {\"results\": [\(rows)], \"__count\": \"\(table.rows.count)\"}}"
      }
    var export = SweepExport(name: "sweep.json", bytes: Array(text.utf8))
    if random.chance(15) { export.bytes = ExportFixtures.utf16(text, bigEndian: random.chance(50)) }
    let place = at.isEmpty ? "" : ", \"rows_at\": \"\(at)\""
    export.mapping = mapping(table, "\"format\": \"json\"\(place)")
    export.truth = truth(table)
    export.promise = promise(table, true)
    export.story = ["json", at, "\(table.locale)", "\(table.time)", "typed: \(typed)"]
    return export
  }

  private static func lines(_ random: inout SplitMix) -> SweepExport? {
    let table = SweepTable(
      alphabet: SweepEncoding.all[random.number(0...1)].alphabet, declaresAll: random.chance(50),
      &random)
    let typed = random.chance(50)
    let end = random.pick(["\n", "\r\n"])
    let text = table.rows.map { object($0, table, typed, &random) + end }.joined()
    var export = SweepExport(name: "sweep.ndjson", bytes: Array(text.utf8))
    export.mapping = mapping(table, "\"format\": \"ndjson\"")
    export.truth = truth(table)
    export.promise = promise(table, true)
    export.story = ["ndjson", "\(table.locale)", "\(table.time)", "typed: \(typed)"]
    return export
  }

  // MARK: - XML

  private static func xml(_ random: inout SplitMix) -> SweepExport? {
    let (encoding, alphabet) = random.pick(SweepEncoding.all)
    let table = SweepTable(alphabet: alphabet, declaresAll: random.chance(60), &random)
    let prefix = random.pick(["", "", "erp:"])
    let rows = table.rows.map { row in
      let cells = SweepTable.columns.map { column -> String in
        let text = row.text(column, table)
        if text.isEmpty, random.chance(50) { return "<\(prefix)\(column)/>" }
        let body =
          random.chance(20) && !text.contains("]]>") && !text.contains("\n")
          ? "<![CDATA[\(text)]]>" : ExportFixtures.escaped(text)
        return "<\(prefix)\(column)>\(body)</\(prefix)\(column)>"
      }
      return "  <\(prefix)row>\(cells.joined())</\(prefix)row>\n"
    }
    let space = prefix.isEmpty ? "" : " xmlns:erp=\"urn:erp\""
    let type = random.chance(15) ? "<!DOCTYPE rows SYSTEM \"rows.dtd\">\n" : ""
    let body = "\(type)<rows\(space)>\n\(rows.joined())</rows>\n"
    let text = "<?xml version=\"1.0\" encoding=\"\(encoding)\"?>\n" + body
    // Half the width of its declaration can't be told before it is read.
    guard !encoding.hasPrefix("UTF-16"), let bytes = SweepEncoding.encoded(text, encoding) else {
      return nil
    }
    var export = SweepExport(name: "sweep.xml", bytes: bytes)
    export.mapping = mapping(table, "\"format\": \"xml\", \"rows_at\": \"/rows/row\"")
    export.truth = truth(table)
    export.promise = promise(table, true)
    export.story = ["xml", encoding, prefix, "\(table.locale)", "\(table.time)"]
    return export
  }
}
