/// Which keys may be stored, in two bytes for each; says for sure of most others that they are not.
struct KeyFilter {
  private var words: [UInt64]
  private let mask: UInt64

  /// Bits per key: with one of them set for each, one other key in sixteen seems to be there.
  private static let bitsPerKey = 16

  /// A filter of about so many keys.
  init(keys: Int) {
    let bits = UInt64(max(64, keys * Self.bitsPerKey)).nextPowerOfTwo
    words = [UInt64](repeating: 0, count: Int(bits / 64))
    mask = bits - 1
  }

  mutating func insert(_ origin: Int64, _ key: some Sequence<UInt8>) {
    let bit = Self.hash(origin, key) & mask
    words[Int(bit >> 6)] |= 1 << (bit & 63)
  }

  func mayContain(_ origin: Int64, _ key: some Sequence<UInt8>) -> Bool {
    let bit = Self.hash(origin, key) & mask
    return words[Int(bit >> 6)] & (1 << (bit & 63)) != 0
  }

  /// FNV-1a of 64 bits, its upper half folded in.
  private static func hash(_ origin: Int64, _ key: some Sequence<UInt8>) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325 ^ UInt64(bitPattern: origin)
    for byte in key { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    return hash ^ hash >> 32
  }
}

extension UInt64 {
  fileprivate var nextPowerOfTwo: UInt64 {
    self <= 1 ? 1 : 1 << UInt64(UInt64.bitWidth - (self - 1).leadingZeroBitCount)
  }
}
