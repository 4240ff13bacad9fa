import Formats
import Testing

@Suite struct GzipReaderTests {
  /// A source that gives a few bytes at a time, as a slow file might.
  struct Dribble: ByteSource {
    var bytes: [UInt8]
    var size: Int { bytes.count }
    func read(at offset: Int, count: Int) -> [UInt8] {
      Array(bytes[offset...].prefix(min(count, 7)))
    }
  }

  static func bytes(_ text: String) throws -> [UInt8] { try #require(Base64.decode(text)) }

  /// Deflate data in a gzip frame, so that the public reader can be given it.
  static func framed(_ deflate: String, _ content: [UInt8]) throws -> [UInt8] {
    var out: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3] + (try bytes(deflate))
    for value in [CRC32.of(content), UInt32(content.count)] {
      for shift in [0, 8, 16, 24] as [UInt32] {
        out.append(UInt8(truncatingIfNeeded: value >> shift))
      }
    }
    return out
  }

  static func gunzip(
    _ bytes: [UInt8], limits: ArchiveLimits = .standard
  ) throws -> [UInt8] {
    var reader = GzipReader(ByteArraySource(bytes), limits: limits)
    let whole = try reader.readAll(bytesMax: 1 << 24)
    var slow = GzipReader(Dribble(bytes: bytes), limits: limits)
    #expect(try slow.readAll(bytesMax: 1 << 24) == whole)
    return whole
  }

  static let repeatedText = (0..<20).flatMap { _ in ArchiveVectors.text(20_000) }

  @Test(arguments: [
    (ArchiveVectors.dynamic, ArchiveVectors.text(3000)),
    (ArchiveVectors.fixed, ArchiveVectors.text(300)),
    (ArchiveVectors.stored, ArchiveVectors.text(200)),
    (ArchiveVectors.runs, [UInt8](repeating: 0x61, count: 100_000)),
    (ArchiveVectors.repeated, repeatedText),
  ])
  func `deflate data of zlib`(deflate: String, content: [UInt8]) throws {
    #expect(try Self.gunzip(Self.framed(deflate, content)) == content)
  }

  @Test func `members follow each other, and padding is passed over`() throws {
    let two = try Self.bytes(ArchiveVectors.gzipTwo)
    #expect(try Self.gunzip(two) == ArchiveVectors.text(250))
    #expect(try Self.gunzip(two + [0, 0, 0, 0]) == ArchiveVectors.text(250))
    let tails: [[UInt8]] = [
      [0, 1], Array("0123456789".utf8), Array("garbage".utf8), [0x1F, 0], [0x78],
    ]
    for tail in tails {
      let error = try #require(throws: ArchiveError.self) { try Self.gunzip(two + tail) }
      #expect(error.code == .trailingData)
    }
    // The beginning of one more member is a cut.
    for count in 1...9 {
      let error = try #require(throws: ArchiveError.self) {
        try Self.gunzip(two + two.prefix(count))
      }
      #expect(error.code == .truncated)
    }
    let text = try #require(throws: ArchiveError.self) { try Self.gunzip(Array("a,b".utf8)) }
    #expect(text.code == .wrongFormat)
  }

  @Test func `all header fields`() throws {
    var full = try Self.bytes(ArchiveVectors.gzipFull)
    #expect(try Self.gunzip(full) == ArchiveVectors.text(80))
    full[12] ^= 1
    #expect(throws: ArchiveError.self) { try Self.gunzip(full) }
  }

  @Test func `every cut is refused`() throws {
    let whole = try Self.framed(ArchiveVectors.fixed, ArchiveVectors.text(300))
    for end in 0..<whole.count {
      #expect(throws: ArchiveError.self) { try Self.gunzip(Array(whole[..<end])) }
    }
  }

  @Test func `every flipped bit of the content is noticed`() throws {
    let whole = try Self.framed(ArchiveVectors.dynamic, ArchiveVectors.text(3000))
    for place in 10..<whole.count {
      var damaged = whole
      damaged[place] ^= 1 << UInt8(place % 8)
      let content = try? Self.gunzip(damaged)
      // The last bits before the trailer are padding and may differ.
      #expect(content == nil || place == whole.count - 9, "\(place)")
    }
  }

  @Test func `bombs are refused by ratio and by size`() throws {
    let runs = [UInt8](repeating: 0x61, count: 100_000)
    let bomb = try Self.framed(ArchiveVectors.runs, runs)
    let ratio = try #require(throws: ArchiveError.self) {
      try Self.gunzip(bomb, limits: ArchiveLimits(ratioMax: 100, ratioFreeBytes: 1000))
    }
    #expect(ratio.code == .ratioMax)
    #expect(ratio.message.contains("ratioMax = 100"))
    let size = try #require(throws: ArchiveError.self) {
      try Self.gunzip(bomb, limits: ArchiveLimits(outputBytesMax: 5000))
    }
    #expect(size.code == .outputBytesMax)
  }

  @Test(
    arguments: [[], [0x1F], Array("hello, this is text".utf8), [0x50, 0x4B, 3, 4]] as [[UInt8]])
  func `what is no gzip is refused`(bytes: [UInt8]) {
    #expect(throws: ArchiveError.self) { try Self.gunzip(bytes) }
    #expect(!GzipReader.matches(bytes))
  }
}
