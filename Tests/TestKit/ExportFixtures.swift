public import Formats

/// Writes small exports of every format, so that a test can say what goes in.
public enum ExportFixtures {
  /// Delimited text with every cell quoted.
  public static func csv(
    _ rows: [[String]], delimiter: UInt8 = 0x2C, lineEnding: String = "\r\n"
  ) -> [UInt8] {
    var writer = CSVWriter(delimiter: delimiter, lineEnding: lineEnding, quoting: .all)
    for row in rows { writer.write(row) }
    return writer.bytes
  }

  /// The rows as JSON objects, named by the first row.
  public static func objects(_ rows: [[String]]) -> [JSONValue] {
    rows.dropFirst().map { row in
      .object(JSONObject(zip(rows[0], row).map { ($0, .string($1)) }))
    }
  }

  /// The rows as a JSON array of objects.
  public static func json(_ rows: [[String]]) -> [UInt8] {
    JSONValue.array(objects(rows)).writtenBytes()
  }

  /// The rows as one JSON object a line.
  public static func ndjson(_ rows: [[String]]) -> [UInt8] {
    Array(objects(rows).map { $0.written() + "\n" }.joined().utf8)
  }

  /// The rows as `row` elements, a child element for each cell.
  public static func xml(_ rows: [[String]]) -> [UInt8] {
    let records = rows.dropFirst().map { row in
      let cells = zip(rows[0], row).map { "<\($0)>\(escaped($1))</\($0)>" }
      return "  <row>\(cells.joined())</row>\n"
    }
    return Array("<?xml version=\"1.0\"?>\n<rows>\n\(records.joined())</rows>\n".utf8)
  }

  /// A text as XML content.
  public static func escaped(_ text: String) -> String {
    text.unicodeScalars.map { scalar in
      switch scalar {
      case "&": "&amp;"
      case "<": "&lt;"
      case ">": "&gt;"
      case "\"": "&quot;"
      case "\r": "&#13;"
      case "\n": "&#10;"
      case "\t": "&#9;"
      default: String(scalar)
      }
    }.joined()
  }

  /// A workbook of one sheet; every second row has its texts inline, the others share them.
  public static func xlsx(_ rows: [[String]]) -> [UInt8] {
    var shared: [String] = []
    let body = rows.enumerated().map { number, row in
      let cells = row.enumerated().map { place, text in
        let name = "\(columnName(place))\(number + 1)"
        if number % 2 == 1 {
          return "<c r=\"\(name)\" t=\"inlineStr\"><is><t>\(escaped(text))</t></is></c>"
        }
        shared.append(text)
        return "<c r=\"\(name)\" t=\"s\"><v>\(shared.count - 1)</v></c>"
      }
      return "<row r=\"\(number + 1)\">\(cells.joined())</row>"
    }
    let strings = shared.map { "<si><t xml:space=\"preserve\">\(escaped($0))</t></si>" }.joined()
    return workbook(sheet: body.joined(), shared: strings)
  }

  /// The letters of a column in a workbook, from 0.
  public static func columnName(_ place: Int) -> String {
    let letter = String(UnicodeScalar(UInt8(0x41 + place % 26)))
    return place < 26 ? letter : columnName(place / 26 - 1) + letter
  }

  /// A workbook from the content of its sheet's `sheetData`.
  public static func workbook(
    sheet: String, shared: String = "", styles: String = "", date1904: Bool = false,
    sheetName: String = "Tabelle1", hiddenSheet: String? = nil
  ) -> [UInt8] {
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    let package = "http://schemas.openxmlformats.org/package/2006/relationships"
    func relation(_ id: String, _ type: String, _ target: String) -> String {
      "<Relationship Id=\"\(id)\" Type=\"\(office)/\(type)\" Target=\"\(target)\"/>"
    }
    let hidden = hiddenSheet.map {
      "<sheet name=\"\($0)\" sheetId=\"2\" state=\"hidden\" r:id=\"rId1\"/>"
    }
    return archive([
      (
        "_rels/.rels",
        "<Relationships xmlns=\"\(package)\">"
          + relation("r1", "officeDocument", "xl/workbook.xml") + "</Relationships>"
      ),
      (
        "xl/workbook.xml",
        "<workbook xmlns=\"\(main)\" xmlns:r=\"\(office)\">"
          + "<workbookPr date1904=\"\(date1904 ? 1 : 0)\"/><sheets>" + (hidden ?? "")
          + "<sheet name=\"\(sheetName)\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>"
      ),
      (
        "xl/_rels/workbook.xml.rels",
        "<Relationships xmlns=\"\(package)\">"
          + relation("rId1", "worksheet", "worksheets/sheet1.xml")
          + relation("rId2", "sharedStrings", "sharedStrings.xml")
          + relation("rId3", "styles", "/xl/styles.xml") + "</Relationships>"
      ),
      (
        "xl/worksheets/sheet1.xml",
        "<worksheet xmlns=\"\(main)\"><sheetData>\(sheet)</sheetData></worksheet>"
      ),
      ("xl/sharedStrings.xml", "<sst xmlns=\"\(main)\">\(shared)</sst>"),
      ("xl/styles.xml", "<styleSheet xmlns=\"\(main)\">\(styles)</styleSheet>"),
    ])
  }

  // MARK: - Containers

  /// A ZIP archive of stored entries.
  public static func archive(_ entries: [(String, String)]) -> [UInt8] {
    archive(entries.map { ($0.0, Array($0.1.utf8)) })
  }

  /// A ZIP archive of stored entries.
  public static func archive(_ entries: [(String, [UInt8])]) -> [UInt8] {
    var out: [UInt8] = []
    var directory: [UInt8] = []
    for (name, bytes) in entries {
      let common =
        [20, 0, 0, 8, 0, 0, 0, 0, 0, 0] + little(Int(checksum(bytes)), 4)
        + little(bytes.count, 4) + little(bytes.count, 4) + little(name.utf8.count, 2) + [0, 0]
      directory += [0x50, 0x4B, 1, 2, 20, 0] + common
      directory += [0, 0, 0, 0, 0, 0, 0, 0, 0, 0] + little(out.count, 4) + Array(name.utf8)
      out += [0x50, 0x4B, 3, 4] + common + Array(name.utf8) + bytes
    }
    let start = out.count
    out += directory + [0x50, 0x4B, 5, 6, 0, 0, 0, 0]
    out += little(entries.count, 2) + little(entries.count, 2)
    return out + little(directory.count, 4) + little(start, 4) + [0, 0]
  }

  /// An OLE compound file with these names in its directory and nothing in its streams.
  public static func compoundFile(_ names: [String]) -> [UInt8] {
    let sectors = max(1, (names.count + 3) / 4)
    var header =
      [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1] + [UInt8](repeating: 0, count: 16)
    header += little(0x3E, 2) + little(3, 2) + little(0xFFFE, 2) + little(9, 2) + little(6, 2)
    header += [UInt8](repeating: 0, count: 14) + little(1, 4)
    // The directory starts in sector 1, behind the only sector of the allocation table.
    header += [UInt8](repeating: 0, count: 24) + little(0, 4)
    header += [UInt8](repeating: 0xFF, count: 512 - header.count)
    var table = little(0xFFFF_FFFD, 4)
    for sector in 1...sectors {
      table += little(sector == sectors ? 0xFFFF_FFFE : sector + 1, 4)
    }
    table += [UInt8](repeating: 0xFF, count: 512 - table.count)
    var directory: [UInt8] = []
    for name in names {
      let text = name.utf16.flatMap { little(Int($0), 2) }
      directory += text + [UInt8](repeating: 0, count: 64 - text.count) + little(text.count + 2, 2)
      directory += [UInt8](repeating: 0, count: 62)
    }
    directory += [UInt8](repeating: 0, count: sectors * 512 - directory.count)
    return header + table + directory
  }

  /// A gzip file of one member with stored blocks.
  public static func gzip(_ bytes: [UInt8]) -> [UInt8] {
    var out: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255]
    var rest = bytes[...]
    repeat {
      let block = rest.prefix(60_000)
      rest = rest.dropFirst(block.count)
      out.append(rest.isEmpty ? 1 : 0)
      out += little(block.count, 2) + little(~block.count & 0xFFFF, 2) + block
    } while !rest.isEmpty
    return out + little(Int(checksum(bytes)), 4) + little(bytes.count & 0xFFFF_FFFF, 4)
  }

  /// A number as bytes, the lowest first.
  public static func little(_ number: Int, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) }
  }

  /// CRC-32 of bytes.
  public static func checksum(_ bytes: [UInt8]) -> UInt32 {
    var crc = CRC32()
    crc.update(bytes)
    return crc.value
  }

  /// A text in UTF-16.
  public static func utf16(_ text: String, bigEndian: Bool = false, mark: Bool = true) -> [UInt8] {
    var out: [UInt8] = mark ? (bigEndian ? [0xFE, 0xFF] : [0xFF, 0xFE]) : []
    for unit in text.utf16 {
      let high = UInt8(unit >> 8)
      let low = UInt8(unit & 0xFF)
      out += bigEndian ? [high, low] : [low, high]
    }
    return out
  }
}
