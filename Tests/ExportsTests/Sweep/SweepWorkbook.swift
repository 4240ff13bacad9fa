import Formats
import TestKit

extension SweepWriter {
  /// A workbook as some program writes it: texts shared, inline or as results of formulas, numbers
  /// as Java, C and spreadsheets spell them, and now and then a cell that is none.
  static func workbook(_ random: inout SplitMix) -> SweepExport? {
    var table = SweepTable(
      alphabet: SweepEncoding.all[random.number(0...1)].alphabet, declaresAll: random.chance(50),
      &random)
    let isTyped = random.chance(60)
    let prefix = random.pick(["", "", "x:"])
    let oddness = random.chance(30) ? random.number(1...3) : 0
    var shared: [String] = []
    var lines = [SweepTable.columns]
    lines += table.rows.map { row in SweepTable.columns.map { row.text($0, table) } }
    var body = ""
    for (number, line) in lines.enumerated() {
      var cells = ""
      for (place, column) in SweepTable.columns.enumerated() {
        let name = "\(ExportFixtures.columnName(place))\(number + 1)"
        let value = number == 0 ? nil : table.rows[number - 1].values[column]
        if oddness > 0, number > 0, random.chance(6) {
          cells += odd(name, oddness, prefix, &random)
          // Nobody knows what should have stood there: nothing may arrive.
          if place == 0 { continue }
          table.rows[number - 1].values[column] = .empty
        } else if isTyped, case .number(let isNegative, let whole, let fraction)? = value {
          let exact = (isNegative ? "-" : "") + whole + (fraction.isEmpty ? "" : "." + fraction)
          guard let double = Double(exact) else { return nil }
          cells +=
            "<\(prefix)c r=\"\(name)\"><\(prefix)v>"
            + spelled(double, &random) + "</\(prefix)v></\(prefix)c>"
        } else {
          cells += text(line[place], name, prefix, &shared, &random)
        }
      }
      body += "<\(prefix)row r=\"\(number + 1)\">\(cells)</\(prefix)row>"
    }
    var export = SweepExport(name: "sweep.xlsx")
    export.bytes = archive(body, shared, prefix, hasMark: random.chance(20))
    export.mapping = mapping(table, "\"format\": \"xlsx\"")
    export.truth = truth(table)
    export.promise = oddness > 0 ? .noWrongValue : promise(table, true)
    export.story = ["xlsx", prefix, "\(table.locale)", "\(table.time)", "odd: \(oddness)"]
    return export
  }

  /// A number as programs spell the same double.
  private static func spelled(_ number: Double, _ random: inout SplitMix) -> String {
    switch random.number(0...2) {
    case 0: return number.description
    case 1:
      // Seventeen digits, as Excel stores.
      let text = seventeen(number)
      return Double(text) == number ? text : number.description
    default:
      guard number != 0, number == number.rounded(), abs(number) >= 1_000_000 else {
        return number.description
      }
      var (mantissa, exponent) = (number, 0)
      while abs(mantissa) >= 10 {
        mantissa /= 10
        exponent += 1
      }
      let text = "\(mantissa)E\(exponent)"
      return Double(text) == number ? text : number.description
    }
  }

  private static func seventeen(_ number: Double) -> String {
    let text = "\(number)"
    guard let dot = text.firstIndex(of: "."), !text.contains("e") else { return text }
    let digits = text.filter(\.isNumber).drop { $0 == "0" }.count
    guard digits < 17, text[text.index(after: dot)...] != "0" else { return text }
    // The next double but one down and up differ in the seventeenth digit at most.
    let longer = text + String(repeating: "0", count: 16 - min(16, digits)) + "1"
    return longer
  }

  private static func text(
    _ text: String, _ name: String, _ prefix: String, _ shared: inout [String],
    _ random: inout SplitMix
  ) -> String {
    let body = "<\(prefix)t xml:space=\"preserve\">\(ExportFixtures.escaped(text))</\(prefix)t>"
    switch random.number(0...2) {
    case 0:
      shared.append("<\(prefix)si>\(body)</\(prefix)si>")
      let place = "<\(prefix)v>\(shared.count - 1)</\(prefix)v>"
      return "<\(prefix)c r=\"\(name)\" t=\"s\">\(place)</\(prefix)c>"
    case 1:
      return "<\(prefix)c r=\"\(name)\" t=\"inlineStr\">"
        + "<\(prefix)is>\(body)</\(prefix)is></\(prefix)c>"
    default:
      return "<\(prefix)c r=\"\(name)\" t=\"str\"><\(prefix)f>A1</\(prefix)f><\(prefix)v>"
        + "\(ExportFixtures.escaped(text))</\(prefix)v></\(prefix)c>"
    }
  }

  private static func odd(
    _ name: String, _ kind: Int, _ prefix: String, _ random: inout SplitMix
  ) -> String {
    switch kind {
    case 1:
      let error = random.pick(["#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#SPILL!"])
      return "<\(prefix)c r=\"\(name)\" t=\"e\"><\(prefix)v>\(error)</\(prefix)v></\(prefix)c>"
    default:
      let value = kind == 2 ? "" : "<\(prefix)v></\(prefix)v>"
      return "<\(prefix)c r=\"\(name)\"><\(prefix)f>A1</\(prefix)f>\(value)</\(prefix)c>"
    }
  }

  private static func archive(
    _ body: String, _ shared: [String], _ prefix: String, hasMark: Bool
  ) -> [UInt8] {
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    let package = "http://schemas.openxmlformats.org/package/2006/relationships"
    let space = prefix.isEmpty ? "xmlns=\"\(main)\"" : "xmlns:x=\"\(main)\""
    let start = (hasMark ? "\u{FEFF}" : "") + "<?xml version=\"1.0\" encoding=\"UTF-8\"?>"
    func relations(_ list: [(String, String)]) -> String {
      let parts = list.enumerated().map { number, pair in
        "<Relationship Id=\"rId\(number + 1)\" Type=\"\(office)/\(pair.0)\" Target=\"\(pair.1)\"/>"
      }
      return "\(start)<Relationships xmlns=\"\(package)\">\(parts.joined())</Relationships>"
    }
    return ExportFixtures.archive([
      ("_rels/.rels", relations([("officeDocument", "xl/workbook.xml")])),
      (
        "xl/_rels/workbook.xml.rels",
        relations([("worksheet", "worksheets/sheet1.xml"), ("sharedStrings", "sharedStrings.xml")])
      ),
      (
        "xl/workbook.xml",
        "\(start)<\(prefix)workbook \(space) xmlns:r=\"\(office)\"><\(prefix)sheets>"
          + "<\(prefix)sheet name=\"S\" sheetId=\"1\" r:id=\"rId1\"/></\(prefix)sheets>"
          + "</\(prefix)workbook>"
      ),
      (
        "xl/worksheets/sheet1.xml",
        "\(start)<\(prefix)worksheet \(space)><\(prefix)sheetData>\(body)</\(prefix)sheetData>"
          + "</\(prefix)worksheet>"
      ),
      ("xl/sharedStrings.xml", "\(start)<\(prefix)sst \(space)>\(shared.joined())</\(prefix)sst>"),
    ])
  }
}
