import Formats
import Testing

/// Damaged inputs: nothing may trap, and what is accepted must hold together.
@Suite struct MutationTests {
  /// Changes, drops, doubles or swaps a few bytes.
  static func mutate(_ bytes: [UInt8], _ random: inout SeededGenerator) -> [UInt8] {
    var out = bytes
    for _ in 0..<1 + random.below(4) where !out.isEmpty {
      let place = random.below(out.count)
      switch random.below(5) {
      case 0: out[place] = UInt8(random.below(256))
      case 1: out[place] ^= 1 << UInt8(random.below(8))
      case 2: out.remove(at: place)
      case 3: out.insert(out[random.below(out.count)], at: place)
      default: out.removeLast(min(out.count, random.below(20)))
      }
    }
    return out
  }

  static let rounds = 1500

  @Test func `JSON and settings`() throws {
    let seed = Array(
      #"{"a":[1,-2.5e+3,"x\u00e9\ud834\udd1e\n",{"b":null}],/*c*/"d":true,"é":[],}"#.utf8)
    var random = SeededGenerator(seed: 101)
    for _ in 0..<Self.rounds {
      let bytes = Self.mutate(seed, &random)
      if let document = try? JSONDocument(bytes) {
        let value = document.root.value
        #expect(try JSONValue(parsing: value.writtenBytes()) == value)
      }
      guard let document = try? SettingsDocument(bytes, file: "a") else { continue }
      let settings = SettingsReader(document)
      for section in settings.sections("a") { _ = section.duration("b") }
      _ = settings.int("d")
      #expect(throws: SettingsProblems.self) { try settings.finish() }
    }
  }

  @Test func `delimited text reads the same in chunks of any size`() {
    let seed = Array("a,\"b\"\"c\",d\r\n\"x\ny\",z\\,1\r\n\r\n q , \"r\" ,s\rlast,ü".utf8)
    var random = SeededGenerator(seed: 102)
    for _ in 0..<Self.rounds {
      let text = String(decoding: Self.mutate(seed, &random), as: UTF8.self)
      let dialect = CSVDialect(
        escape: random.below(2) == 0 ? .doubled : .backslash,
        trimsAroundQuotes: random.below(2) == 0, isStrict: random.below(2) == 0,
        blankLines: random.below(2) == 0 ? .skip : .keep)
      let whole = CSVReaderTests.read(text, dialect)
      #expect(CSVReaderTests.read(text, dialect, chunk: 1 + random.below(9)) == whole)
      _ = CSVDialect.detect(Array(text.utf8))
    }
  }

  @Test func `compressed data`() throws {
    var random = SeededGenerator(seed: 103)
    let gzip = try #require(Base64.decode(ArchiveVectors.gzipTwo))
    let zip = try #require(Base64.decode(ArchiveVectors.zipMany))
    let limits = ArchiveLimits(outputBytesMax: 1 << 16)
    for _ in 0..<Self.rounds / 3 {
      var reader = GzipReader(ByteArraySource(Self.mutate(gzip, &random)), limits: limits)
      let content = try? reader.readAll(bytesMax: 1 << 16)
      #expect(content == nil || content == ArchiveVectors.text(250))
      let bytes = Self.mutate(zip, &random)
      guard let archive = try? ZipArchive(ByteArraySource(bytes), limits: limits) else { continue }
      for entry in archive.entries { _ = try? archive.contents(of: entry, bytesMax: 1000) }
    }
  }

  @Test func `encodings give UTF-8 or an error`() {
    let seed = TextDecoderTests.utf16("aä€😀\r\nz日 text", bigEndian: false)
    var random = SeededGenerator(seed: 104)
    for _ in 0..<Self.rounds {
      let bytes = Self.mutate(seed, &random)
      _ = try? TextEncoding.resolve(sample: bytes)
      for encoding in TextDecoderTests.families {
        let whole = try? TextDecoderTests.decode(bytes, encoding, chunk: 1000)
        #expect((try? TextDecoderTests.decode(bytes, encoding, chunk: 1)) == whole)
      }
    }
  }
}
