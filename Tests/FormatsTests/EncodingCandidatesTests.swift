import Formats
import Testing

@Suite struct EncodingCandidatesTests {
  static func evidence(_ bytes: [UInt8], piece: Int = .max) -> EncodingEvidence {
    var evidence = EncodingEvidence()
    var rest = bytes[...]
    while !rest.isEmpty {
      evidence.add(Array(rest.prefix(piece)))
      rest = rest.dropFirst(piece)
    }
    evidence.finish()
    return evidence
  }

  @Test(arguments: EncodingVectors.tables)
  func `the words of one language are read right at first`(vector: EncodingVector) throws {
    let candidates = EncodingCandidates(Self.evidence(vector.bytes))
    let best = try #require(candidates.ranked.first)
    let cells = Set(vector.text.split { $0 == ";" || $0 == "\n" }.map(String.init))
    #expect(best.words.allSatisfy { word in cells.contains { $0.contains(word) } }, "\(best)")
    #expect(([best.name] + best.alike).contains(vector.name))
    #expect((0...1).contains(candidates.confidence))
    #expect(candidates.doubt?.contains("guess") == true)
    #expect(candidates.ranked.dropFirst().allSatisfy { $0.words != best.words })
  }

  @Test func `words tell two readings apart`() throws {
    let bytes: [UInt8] = Array("a;Warszawa;\n".utf8) + [0xA3, 0xF3, 0x64, 0x9F, 0x0A]
    let ranked = EncodingCandidates(Self.evidence(bytes)).ranked
    #expect(ranked.first?.name == "windows-1250")
    #expect(ranked.first?.words == ["Łódź"])
    #expect(ranked.first { $0.name == "windows-1252" }?.words == ["£ódŸ"])
    #expect(!ranked.contains { $0.name == "cp1253" })
  }

  @Test func `what reads alike is told, and lowers nothing`() throws {
    let candidates = EncodingCandidates(
      Self.evidence(Array("M".utf8) + [0xFC] + Array("ller".utf8)))
    #expect(candidates.ranked.first?.name == "windows-1252")
    #expect(candidates.ranked.first?.alike.contains("iso-8859-1") == true)
    #expect(candidates.doubt?.contains("windows-1250") == true)
  }

  @Test func `ASCII has no candidates, and no doubt`() {
    let candidates = EncodingCandidates(Self.evidence(Array("a;b\n".utf8)))
    #expect(candidates.ranked.isEmpty)
    #expect(candidates.confidence == 0)
    #expect(candidates.doubt == nil)
  }

  @Test func `counts well-formed sequences and stray bytes, however the bytes arrive`() {
    let sound = Array("Forlì;Ünal;日本\n".utf8)
    let bytes = sound + [0x52, 0x6F, 0x6D, 0xE0, 0x0A] + sound
    for piece in [1, 2, 3, 7, 1000] {
      let evidence = Self.evidence(bytes, piece: piece)
      #expect(evidence.sequences == 8)
      #expect(evidence.strayBytes == 1)
      #expect(evidence.isNearlyUTF8)
      #expect(evidence.strayReadings.map(\.hex) == ["E0"])
      #expect(evidence.strayReadings.map(\.word) == ["Romà"])
      #expect(evidence.strayReadings.map(\.encoding) == ["windows-1252"])
    }
    let western = Self.evidence([0x4D, 0xFC, 0x6C, 0x0A, 0xC3, 0xA4])
    #expect(!western.isNearlyUTF8)
    #expect(!Self.evidence(sound).isNearlyUTF8)
  }

  @Test func `keeps few words of a long text, and no long one whole`() {
    let word = [UInt8](repeating: 0xE4, count: 300_000)
    let long = Self.evidence(word + [0x0A], piece: 65_536)
    #expect(EncodingCandidates(long).ranked.allSatisfy { $0.words.allSatisfy { $0.count <= 24 } })
    let many: [UInt8] = (0..<3000).flatMap { [0xE4] + Array("\($0) ".utf8) }
    #expect(EncodingCandidates(Self.evidence(many)).ranked.first?.name == "windows-1252")
  }

  @Test func `UTF-16 without a mark is the only candidate`() {
    let bytes = TextDecoderTests.utf16("id;ort\n1;Köln\n2;Łódź\n", bigEndian: true)
    let ranked = EncodingCandidates(Self.evidence(bytes)).ranked
    #expect(ranked.map(\.name) == ["utf-16be"])
    #expect(ranked[0].words.contains("Łódź"))
  }
}
