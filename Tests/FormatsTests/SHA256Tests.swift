import Testing

@testable import Formats

@Suite struct SHA256Tests {
  // FIPS 180-4 examples and NIST CAVP vectors.
  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
    (
      "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqr"
        + "lmnopqrsmnopqrstnopqrstu",
      "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"
    ),
  ])
  func `the vectors of the standard`(text: String, digest: String) {
    #expect(SHA256.hex(of: text) == digest)
  }

  @Test func `a million letters, fed in uneven pieces`() {
    var hash = SHA256()
    let piece = [UInt8](repeating: 0x61, count: 997)
    var left = 1_000_000
    while left > 0 {
      hash.update(piece[..<min(left, piece.count)])
      left -= piece.count
    }
    #expect(
      hash.finishHex() == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
    #expect(hash.finishHex() == SHA256.hex(of: ""))
  }

  @Test func `each length around the block gives the same digest however it is fed`() {
    var random = SeededGenerator(seed: 5)
    for length in 0..<200 {
      let bytes = (0..<length).map { _ in UInt8(random.below(256)) }
      var hash = SHA256()
      var at = 0
      while at < length {
        let size = min(1 + random.below(70), length - at)
        hash.update(bytes[at..<at + size])
        at += size
      }
      #expect(hash.finish() == SHA256.digest(of: bytes))
    }
  }

  @Test(.enabled(if: SHA256Block.isInProcessor, "this processor has no such instructions"))
  func `the processor's instructions and our own rounds agree`() {
    var random = SeededGenerator(seed: 6)
    for count in 1...40 {
      let bytes = (0..<count * 64 + 3).map { _ in UInt8(random.below(256)) }
      var quick = SIMD8<UInt32>(1, 2, 3, 4, 5, 6, 7, .max)
      var plain = quick
      SHA256Block.compressInProcessor(bytes.span, from: 3, count: count, into: &quick)
      SHA256Block.compressInSwift(bytes.span, from: 3, count: count, into: &plain)
      #expect(quick == plain)
    }
  }

  @Test func `our own rounds give the vector of the standard`() {
    var block = Array("abc".utf8) + [0x80] + [UInt8](repeating: 0, count: 60)
    block[63] = 24
    var state = SIMD8<UInt32>(
      0x6A09_E667, 0xBB67_AE85, 0x3C6E_F372, 0xA54F_F53A,
      0x510E_527F, 0x9B05_688C, 0x1F83_D9AB, 0x5BE0_CD19)
    SHA256Block.compressInSwift(block.span, from: 0, count: 1, into: &state)
    #expect(
      state
        == SIMD8(
          0xBA78_16BF, 0x8F01_CFEA, 0x4141_40DE, 0x5DAE_2223,
          0xB003_61A3, 0x9617_7A9C, 0xB410_FF61, 0xF200_15AD))
  }
}
