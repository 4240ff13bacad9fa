/// Tells of most ids that they were never seen, in a memory that does not grow (a Bloom filter).
///
/// An id that was added is always told to be there; one that was not, seldom: with two bytes for
/// each id of the pull, one in a thousand at its end. What is true of those, others must know.
struct SeenFilter {
  /// The least bytes of a filter: little beside a page of rows.
  static let bytesMin = 64 << 10
  /// The most: enough for four million ids.
  ///
  /// At the end of a pull of ten million, 24 of 25 new ones are still beyond doubt.
  static let bytesMax = 8 << 20
  /// Bytes for each id that is expected.
  static let bytesPerID = 2
  /// Bits that are set for an id.
  static let probes = 6

  /// A power of two of bits.
  private var words: [UInt64]
  private let seed: UInt64

  /// A filter for so many ids; the largest where nobody knows how many.
  init(seed: UInt64, expecting ids: Int?) {
    var bytes = Self.bytesMax
    if let ids {
      while bytes > Self.bytesMin, bytes / 2 / Self.bytesPerID >= ids { bytes /= 2 }
    }
    self.init(seed: seed, bytes: bytes)
  }

  /// A filter of so many bytes: a power of two, and 8 at the least.
  init(seed: UInt64, bytes: Int) {
    self.seed = seed
    words = [UInt64](repeating: 0, count: bytes / MemoryLayout<UInt64>.size)
  }

  /// What it takes of memory, in bytes.
  var bytes: Int { words.count * MemoryLayout<UInt64>.size }

  /// Adds an id.
  mutating func insert(_ id: String) {
    var place = Place(hash(id))
    for _ in 0..<Self.probes {
      words[place.word(of: words.count)] |= place.bit
      place.goOn()
    }
  }

  /// False where the id was certainly never added.
  func mayContain(_ id: String) -> Bool {
    var place = Place(hash(id))
    for _ in 0..<Self.probes {
      if words[place.word(of: words.count)] & place.bit == 0 { return false }
      place.goOn()
    }
    return true
  }

  /// The bits of an id, one after the other: both halves of one hash make all of them.
  private struct Place {
    private var bits: UInt64
    private let step: UInt64

    init(_ hash: UInt64) {
      bits = hash & 0xFFFF_FFFF
      // Odd, so that the steps of one id never meet.
      step = hash >> 32 | 1
    }

    func word(of count: Int) -> Int { Int(truncatingIfNeeded: bits >> 6) & (count - 1) }

    var bit: UInt64 { 1 << (bits & 63) }

    mutating func goOn() { bits &+= step }
  }

  /// FNV-1a over the bytes, then the finish of MurmurHash3.
  private func hash(_ id: String) -> UInt64 {
    var hash = 0xCBF2_9CE4_8422_2325 ^ seed
    for byte in id.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    hash = (hash ^ (hash >> 33)) &* 0xFF51_AFD7_ED55_8CCD
    hash = (hash ^ (hash >> 33)) &* 0xC4CE_B9FE_1A85_EC53
    return hash ^ (hash >> 33)
  }
}
