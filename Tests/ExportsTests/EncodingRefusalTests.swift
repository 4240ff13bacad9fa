import Exports
import Formats
import Reconciliation
import TestKit
import Testing

@Suite struct EncodingRefusalTests {
  /// Six towns as old programs write them: encoding, bytes in hex, towns.
  static let towns: [(String, String, [String])] = [
    (
      "windows-1250",
      "4b554e44453b4f52540a4b303ba3f3649f0a4b313b476461f1736b0a4b323b5072f9686f6e696365"
        + "0a4b333b506f7a6e61f10a4b343b4779f5720a4b353bd8ed6d0a",
      ["Łódź", "Gdańsk", "Průhonice", "Poznań", "Győr", "Řím"]
    ),
    (
      "windows-1251",
      "4b554e44453b4f52540a4b303bcceef1eae2e00a4b313bcae0e7e0edfc0a4b323bcfe5f0ecfc0a4b"
        + "333bceecf1ea0a4b343bd2e2e5f0fc0a4b353bd3f4e00a",
      ["Москва", "Казань", "Пермь", "Омск", "Тверь", "Уфа"]
    ),
    (
      "mac-roman",
      "4b554e44453b4f52540a4b303b4d9f6e6368656e0a4b313b47729aa7650a4b323b5a9f726963680a"
        + "4b333b4b9a6c6e0a4b343b47728c7374656e0a4b353b4d876c6167610a",
      ["München", "Größe", "Zürich", "Köln", "Gråsten", "Málaga"]
    ),
    (
      "cp850",
      "4b554e44453b4f52540a4b303b4d816e6368656e0a4b313b477294e1650a4b323b8f726875730a4b"
        + "333b4b946c6e0a4b343b5a81726963680a4b353b4da06c6167610a",
      ["München", "Größe", "Århus", "Köln", "Zürich", "Málaga"]
    ),
  ]
  /// Twenty-four towns in UTF-8, the last with one byte of Windows-1252.
  static let oneBadByte =
    "7265662c636974790a4b302c466f726cc3ac0a4b312c526f6d610a4b322c526f6d610a4b332c526f"
    + "6d610a4b342c526f6d610a4b352c526f6d610a4b362c466f726cc3ac0a4b372c526f6d610a4b382c"
    + "526f6d610a4b392c526f6d610a4b31302c526f6d610a4b31312c526f6d610a4b31322c466f726cc3"
    + "ac0a4b31332c526f6d610a4b31342c526f6d610a4b31352c526f6d610a4b31362c526f6d610a4b31"
    + "372c526f6d610a4b31382c466f726cc3ac0a4b31392c526f6d610a4b32302c526f6d610a4b32312c"
    + "526f6d610a4b32322c526f6d610a4b32332c526f6de00a"

  static func bytes(_ hex: String) -> [UInt8] {
    stride(from: 0, to: hex.utf8.count, by: 2).map { place in
      let digits = hex.dropFirst(place).prefix(2)
      return UInt8(digits, radix: 16) ?? 0
    }
  }

  private static func town(_ encoding: String?, _ format: String = "csv") throws -> Mapping {
    let declared = encoding.map { "\"encoding\": \"\($0)\"," } ?? ""
    let text = """
      {"name": "m", "origins": ["erp"],
       "export": {"path": "*", \(declared) "format": "\(format)"},
       "reference": {"column": "KUNDE"}, "fields": [{"column": "ORT", "metadata": "ort"}]}
      """
    return try Mapping(parsing: Array(text.utf8), file: "m.json")
  }

  static func imported(_ bytes: [UInt8], _ mapping: Mapping, _ name: String = "x.csv") throws
    -> RowCollector
  {
    let sink = RowCollector()
    _ = try ExportReader(ExportFile(name: name, bytes: ByteArraySource(bytes)), by: mapping)
      .read(into: sink)
    return sink
  }

  @Test(arguments: 0..<towns.count)
  func `undeclared bytes are refused with the encodings that fit, declared ones are read`(
    place: Int
  ) throws {
    let (name, hex, towns) = Self.towns[place]
    let bytes = Self.bytes(hex)
    let refusal = try #require(throws: ExportRefusal.self) {
      try Self.imported(bytes, Self.town(nil))
    }
    #expect(refusal.code == .encoding)
    #expect(refusal.line == 2)
    #expect(refusal.message.contains("no UTF-8"))
    let known = try #require(TextEncoding(name: name)).name
    let told = towns.contains { refusal.message.contains("as \(known): \($0)") }
    #expect(told, "\(refusal)")
    #expect(refusal.advice.contains("export.encoding"))
    let sink = try Self.imported(bytes, Self.town(name))
    #expect(sink.rows.map { $0.cells[1].text } == towns)
    #expect(
      try ExportFile(name: "x.csv", bytes: ByteArraySource(bytes)).encodings().ranked.first?.name
        == known)
  }

  @Test func `each reading is told by a word that tells it apart`() throws {
    let refusal = try #require(throws: ExportRefusal.self) {
      try Self.imported(Self.bytes(Self.towns[0].1), Self.town(nil))
    }
    #expect(refusal.message.contains("as windows-1250: Łódź Gdańsk"))
    #expect(refusal.message.contains("as windows-1252: £ódŸ Gdañsk"))
    #expect(refusal.column == 4)
  }

  @Test func `to look at a file its encoding is guessed, and the guess is told`() throws {
    let preview = try ExportFixtures.preview(Self.bytes(Self.towns[0].1), "x.csv")
    #expect(preview.dialect.encoding == "windows-1250")
    #expect(preview.rows.first == ["K0", "Łódź"])
    #expect(preview.dialect.encodingGuess?.doubt?.contains("guess") == true)
    #expect(try ExportFixtures.preview("a;b\n1;ü\n", "x.csv").dialect.encodingGuess == nil)
  }

  @Test func `text that is UTF-8 but for a byte is called that, also where one only looks`() throws
  {
    let bytes = Self.bytes(Self.oneBadByte)
    let mapping = try ExportReaderTests.mapping()
    for read in [
      { _ = try Self.imported(bytes, mapping) },
      { _ = try ExportFixtures.preview(bytes, "x.csv") },
    ] {
      let refusal = try #require(throws: ExportRefusal.self) { try read() }
      #expect(refusal.code == .encoding)
      #expect(refusal.line == 25)
      #expect(refusal.column == 8)
      #expect(refusal.message.contains("UTF-8 but for 1 byte: 0xE0 (“Romà” in windows-1252)"))
      #expect(refusal.advice.contains("whole export in UTF-8"))
    }
  }

  @Test func `a byte behind the first MiB refuses the file with its place`() throws {
    let rows = (1...40_000).map { "K\($0);place number \($0) of many\n" }.joined()
    let bytes = Array("KUNDE;ORT\n\(rows)K0;K".utf8) + [0xF6] + Array("ln\n".utf8)
    #expect(bytes.count > 1 << 20)
    let refusal = try #require(throws: ExportRefusal.self) {
      try Self.imported(bytes, Self.town(nil))
    }
    #expect(refusal.code == .encoding)
    #expect(refusal.line == 40_002)
    #expect(refusal.column == 5)
    #expect(refusal.message.contains("as windows-1252: Köln"))
  }

  @Test(arguments: [
    ("json", "[{\"KUNDE\": \"1\", \"ORT\": \"K\u{1}ln\"}]"),
    ("ndjson", "{\"KUNDE\": \"1\", \"ORT\": \"K\u{1}ln\"}\n"),
    ("xml", "<r><x><KUNDE>1</KUNDE><ORT>K\u{1}ln</ORT></x><x/></r>"),
  ])
  func `JSON and XML are no exceptions, and take what is declared`(
    format: String, text: String
  ) throws {
    let bytes = text.utf8.map { $0 == 1 ? 0xF6 : $0 }
    let refusal = try #require(throws: ExportRefusal.self) {
      try Self.imported(bytes, Self.town(nil, format), "x.\(format)")
    }
    #expect(refusal.code == .encoding)
    #expect(refusal.line == 1)
    #expect(refusal.message.contains("as windows-1252: Köln"))
    let sink = try Self.imported(bytes, Self.town("latin1", format), "x.\(format)")
    #expect(sink.rows.first?.cells[1].text == "Köln")
  }

  @Test func `a text that ends inside a character was cut`() throws {
    let sound = Array("KUNDE;ORT\n1;Köln\n2;K".utf8)
    let cut = #expect(throws: ExportRefusal.self) {
      try Self.imported(sound + [0xC3], Self.town(nil))
    }
    #expect(cut?.code == .truncated)
    let wide = #expect(throws: ExportRefusal.self) {
      try Self.imported(
        ExportFixtures.utf16("KUNDE;ORT\n1;2").dropLast(), Self.town(nil))
    }
    #expect(wide?.code == .truncated)
    // Without any other letter of UTF-8 it may as well be the last letter of another encoding.
    let western = #expect(throws: ExportRefusal.self) {
      try Self.imported(Array("KUNDE;ORT\n1;Caf".utf8) + [0xE9], Self.town(nil))
    }
    #expect(western?.code == .encoding)
  }

  @Test func `a byte that a declared encoding lacks is told with what would fit`() throws {
    let refusal = try #require(throws: ExportRefusal.self) {
      try Self.imported(Self.bytes(Self.towns[3].1), Self.town("windows-1252"))
    }
    #expect(refusal.code == .encoding)
    #expect(refusal.line == 2)
    #expect(refusal.message.contains("0x81: it does not fit windows-1252"))
    #expect(refusal.message.contains("as cp850: Århus"))
  }

  @Test(arguments: ["iso-2022-jp", "utf-7", "ibm273", "utf-32be", "shift_jis", "utf-16"])
  func `encodings with states and other digits are decoded before lines are split`(
    name: String
  ) throws {
    let hex = [
      "iso-2022-jp": "4b554e44453b4f52540a313b1b2442456c357e1b28420a",
      "utf-7": "4b554e44453b4f52540a313b472b4150772d7a65",
      "ibm273": "d2e4d5c4c55ed6d9e315f15ee26a93a315",
      "utf-32be": "0000004b000000550000004e00000044000000450000003b0000004f00000052000000540000000a"
        + "000000310000003b000000c50000000a",
      "shift_jis": "4b554e44453b4f52540a313b955c0a",
      "utf-16": "4b0055004e00440045003b004f00520054000a0031003b000d4e0a00",
    ][name]
    let value = [
      "iso-2022-jp": "東京", "utf-7": "Güze", "ibm273": "Sölt", "utf-32be": "Å", "shift_jis": "表",
      "utf-16": "不",
    ][name]
    let sink = try Self.imported(Self.bytes(hex ?? ""), Self.town(name))
    #expect(sink.rows.map { $0.cells[1].text } == [value])
  }

  @Test func `UTF-16 without a mark is never taken for text with zero bytes`() throws {
    let bytes = Array(ExportFixtures.utf16("KUNDE;ORT\n1;Köln\n").dropFirst(2))
    let refusal = try #require(throws: ExportRefusal.self) {
      try Self.imported(bytes, Self.town(nil))
    }
    #expect(refusal.code == .encoding)
    #expect(refusal.message.contains("utf-16le without a byte order mark"))
    #expect(try ExportFixtures.preview(bytes, "x.csv").rows == [["1", "Köln"]])
  }

  @Test func `an unknown encoding is told with near ones, in the mapping too`() throws {
    let refusal = ExportFixtures.refusal(
      Array("a".utf8), "x.csv", rules: ReadingRules(encoding: "windows-1249"))
    #expect(refusal?.advice.contains("did you mean windows-12") == true)
    let problems = try #require(throws: SettingsProblems.self) { try Self.town("utf8//IGNORE") }
    #expect(problems.problems.map(\.path) == ["export.encoding"])
  }
}
