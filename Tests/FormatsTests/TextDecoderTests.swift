import Formats
import Testing

@Suite struct TextDecoderTests {
  static func decode(_ bytes: [UInt8], _ encoding: TextEncoding, chunk: Int = 3) throws -> String {
    var decoder = try TextDecoder(encoding)
    var out: [UInt8] = []
    for start in stride(from: 0, to: bytes.count, by: chunk) {
      out += try decoder.decode(Array(bytes[start..<min(start + chunk, bytes.count)]))
    }
    out += try decoder.finish()
    return try #require(String(validating: out, as: UTF8.self))
  }

  /// One encoding of each way that text is decoded: checked, by table, by the system.
  static let families = ["utf-8", "windows-1252", "utf-16le", "gb18030", "iso-2022-jp", "ibm273"]
    .compactMap { TextEncoding(name: $0) }

  static func named(_ name: String) throws -> TextEncoding {
    try #require(TextEncoding(name: name))
  }

  static func utf16(_ text: String, bigEndian: Bool) -> [UInt8] {
    text.utf16.flatMap { unit -> [UInt8] in
      let pair = [UInt8(unit & 0xFF), UInt8(unit >> 8)]
      return bigEndian ? pair.reversed() : pair
    }
  }

  @Test(arguments: [1, 2, 3, 4, 5, 1000])
  func `each encoding gives its text however the bytes arrive`(chunk: Int) throws {
    let text = "aä€😀\r\nz日"
    #expect(try Self.decode(Array(text.utf8), .utf8, chunk: chunk) == text)
    #expect(try Self.decode([0xEF, 0xBB, 0xBF] + Array(text.utf8), .utf8, chunk: chunk) == text)
    #expect(try Self.decode(Self.utf16(text, bigEndian: false), .utf16LE, chunk: chunk) == text)
    #expect(try Self.decode(Self.utf16(text, bigEndian: true), .utf16BE, chunk: chunk) == text)
    let marked = "\u{FEFF}" + text
    #expect(try Self.decode(Self.utf16(marked, bigEndian: true), .utf16BE, chunk: chunk) == text)
    let western = try Self.named("windows-1252")
    #expect(try Self.decode([0x61, 0xE4, 0x80, 0x9C, 0x8E], western, chunk: chunk) == "aä€œŽ")
    let latin1 = try Self.named("iso-8859-1")
    #expect(try Self.decode([0x61, 0xE4, 0x80, 0xA4], latin1, chunk: chunk) == "aä\u{80}¤")
    #expect(
      try Self.decode(
        [0xA4, 0xA6, 0xA8, 0xB4, 0xB8, 0xBC, 0xBD, 0xBE, 0xE4], Self.named("latin9"), chunk: chunk)
        == "€ŠšŽžŒœŸä")
    #expect(try Self.decode([], .utf8, chunk: chunk) == "")
    #expect(try Self.decode([0x61], .utf8, chunk: chunk) == "a")
  }

  @Test(arguments: EncodingVectors.tables + EncodingVectors.odd)
  func `decodes what Python's codecs write`(vector: EncodingVector) throws {
    let encoding = try Self.named(vector.name)
    for chunk in [1, 2, 3, 5, 1000] {
      #expect(try Self.decode(vector.bytes, encoding, chunk: chunk) == vector.text)
    }
  }

  @Test func `windows-1252 has 251 bytes and gives them as the web does`() throws {
    let western = try Self.named("windows-1252")
    for byte in UInt8.min...UInt8.max {
      if [0x81, 0x8D, 0x8F, 0x90, 0x9D].contains(byte) {
        #expect(throws: TextEncodingError.self) { try Self.decode([byte], western) }
      } else {
        #expect(try Self.decode([byte], western).unicodeScalars.count == 1)
      }
    }
  }

  static let failures: [([UInt8], String, Int, Int, String)] = [
    (Array("ab\n".utf8) + [0xC3, 0xA4, 0xFF], "utf-8", 2, 2, "FF"),
    (Array("a\r\nb\rc".utf8) + [0xED, 0xA0, 0x80], "utf-8", 3, 2, "ED"),
    ([0xC0, 0xAF], "utf-8", 1, 1, "C0"), ([0xF4, 0x90, 0x80, 0x80], "utf-8", 1, 1, "F4"),
    ([0xE0, 0x80, 0x80], "utf-8", 1, 1, "E0"), ([0x61, 0xE2, 0x82], "utf-8", 1, 2, "E282"),
    ([0x61, 0x0A, 0x62, 0x81], "windows-1252", 2, 2, "81"),
    (Array("ü\n".utf8) + [0x82, 0xA0, 0x81, 0x20], "cp932", 2, 2, "81"),
    ([0x61, 0x0A, 0x82], "cp932", 2, 1, "82"), ([0xC4, 0x15, 0xC4, 0x80], "ibm290", 2, 2, "80"),
    ([0x1B, 0x24, 0x42, 0x25, 0x2B, 0xFF], "iso-2022-jp", 1, 2, "FF"),
    ([0, 0xD8, 0, 0], "utf-32le", 1, 1, "00D80000"), ([0xE9, 0x0A], "us-ascii", 1, 1, "E9"),
    ([0x61, 0x0A, 0xA4, 0x40, 0xC7, 0x43], "big5", 2, 2, ""),
    (Array("a+".utf8) + [0xE4], "utf-7", 1, 2, "E4"),
    ([0x61, 0, 0x00, 0xDC], "utf-16le", 1, 2, "00DC"),
    ([0xD8, 0, 0, 0x61], "utf-16be", 1, 1, "D800"),
    ([0x61, 0, 0x62], "utf-16le", 1, 2, "62"), ([0x3D, 0xD8], "utf-16le", 1, 1, "3DD8"),
    ([0xEF, 0xBB], "utf-8", 1, 1, "EFBB"),
  ]

  @Test(arguments: 0..<failures.count)
  func `what does not fit is an error with its place`(place: Int) throws {
    let (bytes, name, line, column, hex) = Self.failures[place]
    let encoding = try Self.named(name)
    for chunk in [1, 2, 3, 1000] {
      let error = try #require(throws: TextEncodingError.self) {
        try Self.decode(bytes, encoding, chunk: chunk)
      }
      #expect(error.line == line, "chunk \(chunk)")
      #expect(error.column == column, "chunk \(chunk)")
      #expect(error.hex == hex, "chunk \(chunk)")
    }
  }

  @Test func `places go on over chunks`() throws {
    var text = ""
    for number in 0..<200 { text += "line ä \(number)\(["\n", "\r\n", "\r"][number % 3])" }
    let bytes = Array(text.utf8) + Array("xé".utf8) + [0xFF]
    for chunk in [1, 7, 64] {
      let error = try #require(throws: TextEncodingError.self) {
        try Self.decode(bytes, .utf8, chunk: chunk)
      }
      #expect(error.line == 201)
      #expect(error.column == 3)
    }
  }

  @Test func `lines are counted in large chunks too`() throws {
    for (line, count) in [("\n", 100_000), ("ab\r\n", 50_000), ("\r", 70_001)] {
      let bytes = Array(String(repeating: line, count: count).utf8) + [0x61, 0xFF]
      let error = try #require(throws: TextEncodingError.self) {
        try Self.decode(bytes, .utf8, chunk: 1 << 20)
      }
      #expect(error.line == count + 1)
      #expect(error.column == 2)
    }
  }

  @Test(arguments: [
    ("UTF-8", "utf-8"), ("utf8", "utf-8"), ("CP1252", "windows-1252"), ("1250", "windows-1250"),
    ("win1251", "windows-1251"), ("ISO_8859-1", "iso-8859-1"), ("latin-1", "iso-8859-1"),
    ("ISO8859-15", "iso-8859-15"), ("UTF-16LE", "utf-16le"), ("utf_16be", "utf-16be"),
    ("Mac-Roman", "macintosh"), ("SJIS", "cp932"), ("shift_jis", "cp932"), ("koi8_r", "koi8-r"),
    ("IBM850", "ibm850"), ("iso2022_jp", "iso-2022-jp"),
    ("utf-8-sig", "utf-8"), ("ASCII", "us-ascii"), ("GB2312", "gb2312"), ("ucs-2", "utf-16"),
  ])
  func `encodings have many names`(name: String, known: String) {
    #expect(TextEncoding(name: name)?.name == known)
    #expect(TextEncoding.isKnown(known))
  }

  @Test func `a backslash of a Japanese file stays one`() throws {
    let bytes: [UInt8] = [0x43, 0x3A, 0x5C, 0x95, 0x5C, 0x7E]
    let encoding = try #require(TextEncoding(name: "Shift_JIS"))
    #expect(try Self.decode(bytes, encoding, chunk: 2) == "C:\\表~")
  }

  @Test(arguments: [
    "", " ", "ebcdic", "ansi", "utf-8//IGNORE", "utf-8//TRANSLIT", "latin1/", "utf-8,ignore",
    "windows-1252\n", "../x", "\0", "iso-8859-12", "windows-1259", "é", "utf-8 ",
    String(repeating: "a", count: 100),
  ])
  func `other names are none`(name: String) {
    #expect(!TextEncoding.isKnown(name))
  }

  @Test func `an unknown name is answered with a near one and with where others are`() {
    #expect(TextEncoding.advice(inPlaceOf: "windows-1259").hasPrefix("did you mean windows-125"))
    #expect(TextEncoding.advice(inPlaceOf: "klingon").contains("iconv -l"))
    #expect(TextEncoding.advice(inPlaceOf: "klingon").contains("gconv"))
  }

  @Test func `an order of bytes that is open can't be decoded`() throws {
    let open = try Self.named("utf-16")
    #expect(throws: TextEncodingError.self) { _ = try TextDecoder(open) }
  }
}
