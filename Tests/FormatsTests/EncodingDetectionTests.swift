import Formats
import Testing

@Suite struct EncodingDetectionTests {
  static let cases: [([UInt8], TextEncoding)] = [
    (Array("plain".utf8), .utf8), (Array("größe".utf8), .utf8), ([], .utf8),
    (Array("größ".utf8) + [0xC3], .utf8), ([0xEF, 0xBB, 0xBF, 0x61], .utf8),
    (Array("Gr".utf8) + [0xF6, 0xDF, 0x65], .windows1252),
    ([0x61, 0xE2, 0x82, 0x28], .windows1252),
    ([0xFF, 0xFE, 0x61, 0], .utf16LE), ([0xFE, 0xFF, 0, 0x61], .utf16BE),
    (TextDecoderTests.utf16("id;name\nü", bigEndian: false), .utf16LE),
    (TextDecoderTests.utf16("id;name\nü", bigEndian: true), .utf16BE),
    (Array("a\0b and more text".utf8), .utf8),
  ]

  @Test(arguments: 0..<cases.count)
  func `an undeclared encoding is found`(place: Int) throws {
    let (sample, encoding) = Self.cases[place]
    #expect(try TextEncoding.resolve(sample: sample) == encoding)
  }

  @Test(
    arguments: [
      [0xFF, 0xFE, 0, 0, 0x61, 0, 0, 0], [0, 0, 0xFE, 0xFF, 0, 0, 0, 0x61],
      [0xFF, 0xFE] + [UInt8]((0..<20).flatMap { _ in [0x61, 0, 0, 0] as [UInt8] }),
    ] as [[UInt8]])
  func `UTF-32 is refused in words, also behind another mark`(sample: [UInt8]) throws {
    let error = try #require(throws: TextEncodingError.self) {
      try TextEncoding.resolve(sample: sample)
    }
    #expect(error.message.contains("UTF-32"))
  }

  @Test func `a mark that contradicts the declaration is refused`() throws {
    let marked: [UInt8] = [0xEF, 0xBB, 0xBF, 0x61]
    #expect(throws: TextEncodingError.self) {
      try TextEncoding.resolve(sample: marked, declared: .windows1252)
    }
    #expect(try TextEncoding.resolve(sample: marked, declared: .utf8) == .utf8)
    #expect(try TextEncoding.resolve(sample: [0x61, 0xE4], declared: .latin9) == .latin9)
  }
}
