import Formats
import Testing

@Suite struct CRC32Tests {
  @Test(arguments: [
    ("", 0), ("123456789", 0xCBF4_3926), ("a", 0xE8B7_BE43),
    ("The quick brown fox jumps over the lazy dog", 0x414F_A339),
  ])
  func `known checksums`(text: String, crc: UInt32) {
    #expect(CRC32.of(Array(text.utf8)) == crc)
  }

  @Test func `pieces give the checksum of the whole`() {
    var random = SeededGenerator(seed: 6)
    let bytes = (0..<1000).map { _ in UInt8(random.below(256)) }
    for cut in [0, 1, 7, 8, 9, 500, 999, 1000] {
      var crc = CRC32()
      crc.update(bytes[..<cut])
      crc.update(bytes[cut...])
      #expect(crc.value == CRC32.of(bytes))
    }
  }
}
