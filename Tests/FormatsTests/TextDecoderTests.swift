import Formats
import Testing

@Suite struct TextDecoderTests {
  static func decode(_ bytes: [UInt8], _ encoding: TextEncoding, chunk: Int = 3) throws -> String {
    var decoder = TextDecoder(encoding)
    var out: [UInt8] = []
    for start in stride(from: 0, to: bytes.count, by: chunk) {
      out += try decoder.decode(Array(bytes[start..<min(start + chunk, bytes.count)]))
    }
    out += try decoder.finish()
    return try #require(String(validating: out, as: UTF8.self))
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
    #expect(try Self.decode([0x61, 0xE4, 0x80, 0x9C, 0x8E], .windows1252, chunk: chunk) == "aä€œŽ")
    #expect(try Self.decode([0x61, 0xE4, 0x80, 0xA4], .latin1, chunk: chunk) == "aä\u{80}¤")
    #expect(
      try Self.decode(
        [0xA4, 0xA6, 0xA8, 0xB4, 0xB8, 0xBC, 0xBD, 0xBE, 0xE4], .latin9, chunk: chunk)
        == "€ŠšŽžŒœŸä")
    #expect(try Self.decode([], .utf8, chunk: chunk) == "")
    #expect(try Self.decode([0x61], .utf8, chunk: chunk) == "a")
  }

  @Test func `windows-1252 has 251 bytes and gives them as the web does`() throws {
    for byte in UInt8.min...UInt8.max {
      if [0x81, 0x8D, 0x8F, 0x90, 0x9D].contains(byte) {
        #expect(throws: TextEncodingError.self) { try Self.decode([byte], .windows1252) }
      } else {
        #expect(try Self.decode([byte], .windows1252).unicodeScalars.count == 1)
      }
    }
  }

  static let failures: [([UInt8], TextEncoding, Int, Int, String)] = [
    (Array("ab\n".utf8) + [0xC3, 0xA4, 0xFF], .utf8, 2, 2, "FF"),
    (Array("a\r\nb\rc".utf8) + [0xED, 0xA0, 0x80], .utf8, 3, 2, "ED"),
    ([0xC0, 0xAF], .utf8, 1, 1, "C0"), ([0xF4, 0x90, 0x80, 0x80], .utf8, 1, 1, "F4"),
    ([0xE0, 0x80, 0x80], .utf8, 1, 1, "E0"), ([0x61, 0xE2, 0x82], .utf8, 1, 2, "E282"),
    ([0x61, 0x0A, 0x62, 0x81], .windows1252, 2, 2, "81"),
    ([0x61, 0, 0x00, 0xDC], .utf16LE, 1, 2, "00DC"), ([0xD8, 0, 0, 0x61], .utf16BE, 1, 1, "D800"),
    ([0x61, 0, 0x62], .utf16LE, 1, 2, "62"), ([0x3D, 0xD8], .utf16LE, 1, 1, "3DD8"),
    ([0xEF, 0xBB], .utf8, 1, 1, "EFBB"),
  ]

  @Test(arguments: 0..<failures.count)
  func `what does not fit is an error with its place`(place: Int) throws {
    let (bytes, encoding, line, column, hex) = Self.failures[place]
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
    ("UTF-8", TextEncoding.utf8), ("utf8", .utf8), ("CP1252", .windows1252), ("ANSI", .windows1252),
    ("ISO_8859-1", .latin1), ("latin-1", .latin1), ("ISO-8859-15", .latin9), ("UTF-16LE", .utf16LE),
    ("utf_16be", .utf16BE),
  ])
  func `encodings have many names`(name: String, encoding: TextEncoding) {
    #expect(TextEncoding(name: name) == encoding)
    #expect(TextEncoding(name: encoding.rawValue) == encoding)
    #expect(TextEncoding(name: "ebcdic") == nil)
  }
}
