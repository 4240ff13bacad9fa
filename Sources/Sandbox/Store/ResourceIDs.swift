/// Opaque ids: ten letters that a keyed permutation makes of the internal number.
///
/// The API prints hashes of its numeric keys and decodes them before it compares (`id_gt` walks in
/// insertion order), so the text order must tell nothing. A Feistel network over 56 bits is
/// reversible and needs no table: an id of a deleted row still decodes.
struct ResourceIDs: Sendable {
  private static let halfMask: UInt64 = (1 << 28) - 1
  private let keys: [UInt64]

  /// Makes the permutation of one resource type in one organisation and mode.
  init(key: UInt64) {
    var state = key
    keys = (0..<4).map { _ in
      state = Self.mixed(state &+ 0x9E37_79B9_7F4A_7C15)
      return state
    }
  }

  /// Appends the ten letters.
  func append(_ number: Int, to bytes: inout [UInt8]) {
    var value = permuted(UInt64(number))
    let start = bytes.count
    for _ in 0..<10 {
      bytes.append(Self.letter(UInt8(truncatingIfNeeded: value % 52)))
      value /= 52
    }
    bytes[start...].reverse()
  }

  private static func letter(_ digit: UInt8) -> UInt8 {
    digit < 26 ? 0x41 + digit : 0x61 + digit - 26
  }

  /// The ten letters of a number.
  func id(_ number: Int) -> String {
    var bytes: [UInt8] = []
    append(number, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The number behind an id, or nil when it can't be one of ours; the row may not exist.
  func number(_ id: String) -> Int? {
    guard id.utf8.count == 10 else { return nil }
    var value: UInt64 = 0
    for byte in id.utf8 {
      switch byte {
      case 0x41...0x5A: value = value * 52 + UInt64(byte - 0x41)
      case 0x61...0x7A: value = value * 52 + UInt64(byte - 0x61) + 26
      default: return nil
      }
    }
    guard value < 1 << 56 else { return nil }
    let number = restored(value)
    return number < 1 << 31 ? Int(number) : nil
  }

  private func permuted(_ value: UInt64) -> UInt64 {
    var left = value >> 28
    var right = value & Self.halfMask
    for key in keys { (left, right) = (right, left ^ Self.round(right, key)) }
    return left << 28 | right
  }

  private func restored(_ value: UInt64) -> UInt64 {
    var left = value >> 28
    var right = value & Self.halfMask
    for key in keys.reversed() { (left, right) = (right ^ Self.round(left, key), left) }
    return left << 28 | right
  }

  private static func round(_ half: UInt64, _ key: UInt64) -> UInt64 {
    mixed(half ^ key) & halfMask
  }

  /// The finishing step of SplitMix64: every input bit moves every output bit.
  static func mixed(_ value: UInt64) -> UInt64 {
    var value = value
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }

  /// A key from text, the same in every run.
  static func key(_ text: String) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    return mixed(hash)
  }
}
