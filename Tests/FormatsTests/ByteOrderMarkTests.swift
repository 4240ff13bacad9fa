import Formats
import Testing

@Suite struct ByteOrderMarkTests {
  static let utf32: [UInt8] = Array("id;ü".unicodeScalars).flatMap {
    [UInt8($0.value & 0xFF), UInt8($0.value >> 8), 0, 0]
  }

  static let cases: [([UInt8], TextEncoding)] = [
    (Array("plain".utf8), .utf8), (Array("größe".utf8), .utf8), ([], .utf8),
    (Array("größ".utf8) + [0xC3], .utf8), ([0xEF, 0xBB, 0xBF, 0x61], .utf8),
    ([0xFF, 0xFE, 0x61, 0], .utf16LE), ([0xFE, 0xFF, 0, 0x61], .utf16BE),
    ([0xFF, 0xFE, 0, 0] + utf32, .utf32LE), ([0, 0, 0xFE, 0xFF, 0, 0, 0, 0x61], .utf32BE),
    (Array("a\0b and more text".utf8), .utf8), ([0xFF, 0xFE], .utf16LE),
    // No guess: what is no UTF-8 is refused when it is decoded.
    (Array("Gr".utf8) + [0xF6, 0xDF, 0x65], .utf8), ([0x61, 0xE2, 0x82, 0x28], .utf8),
  ]

  @Test(arguments: 0..<cases.count)
  func `undeclared means UTF-8 or what a mark says`(place: Int) throws {
    let (sample, encoding) = Self.cases[place]
    #expect(try TextEncoding.resolve(sample: sample) == encoding)
  }

  @Test(
    arguments: [
      (TextDecoderTests.utf16("id;name\nü", bigEndian: false), "utf-16le"),
      (TextDecoderTests.utf16("id;name\nü", bigEndian: true), "utf-16be"),
      (utf32, "utf-32le"), ([0xFF, 0xFE] + utf32, "UTF-32"),
      (Array("id;\u{1B}$B9b\u{1B}(B\n".utf8), "iso-2022-jp"),
    ] as [([UInt8], String)])
  func `what UTF-8 would take for text is refused in words`(sample: [UInt8], word: String) throws {
    let error = try #require(throws: TextEncodingError.self) {
      try TextEncoding.resolve(sample: sample)
    }
    #expect(error.message.contains(word))
  }

  @Test(arguments: [
    ("utf-16", "Żółw;Москва\n", "utf-16"), ("unicode", "id\n", "utf-16"), ("UCS-2", "1", "utf-16"),
    ("utf-32", "id\n", "utf-32"),
  ])
  func `a name without an order finds it in the text`(
    name: String, text: String, family: String
  ) throws {
    let declared = try #require(TextEncoding(name: name))
    for isBig in [false, true] {
      let bytes = family == "utf-16" ? TextDecoderTests.utf16(text, bigEndian: isBig) : Self.utf32
      let found = try TextEncoding.resolve(sample: bytes, declared: declared)
      #expect(found.name == family + (isBig && family == "utf-16" ? "be" : "le"))
      let mark: [UInt8] = isBig ? [0xFE, 0xFF] : [0xFF, 0xFE]
      guard family == "utf-16" else { continue }
      #expect(try TextEncoding.resolve(sample: mark + bytes, declared: declared) == found)
    }
    #expect(throws: TextEncodingError.self) {
      try TextEncoding.resolve(sample: [0x34, 0x12], declared: declared)
    }
  }

  @Test func `a mark that contradicts the declaration is refused`() throws {
    let marked: [UInt8] = [0xEF, 0xBB, 0xBF, 0x61]
    let western = try #require(TextEncoding(name: "windows-1252"))
    #expect(throws: TextEncodingError.self) {
      try TextEncoding.resolve(sample: marked, declared: western)
    }
    #expect(throws: TextEncodingError.self) {
      try TextEncoding.resolve(sample: [0xFE, 0xFF, 0, 0x61], declared: .utf16LE)
    }
    #expect(try TextEncoding.resolve(sample: marked, declared: .utf8) == .utf8)
    #expect(try TextEncoding.resolve(sample: [0x61, 0xE4], declared: western) == western)
  }
}
