/// Base 64 of RFC 4648; reading is strict: no space, no stray character, no loose bits at the end.
public enum Base64 {
  /// The two alphabets of RFC 4648.
  public enum Alphabet: Sendable {
    /// Section 4, `+` and `/`, always padded.
    case standard
    /// Section 5, `-` and `_`, written without padding and read with or without it.
    case url
  }

  /// Bytes as text.
  public static func encode(_ bytes: [UInt8], _ alphabet: Alphabet = .standard) -> String {
    let letters = alphabet == .standard ? standard : url
    var out: [UInt8] = []
    out.reserveCapacity((bytes.count + 2) / 3 * 4)
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let count = min(3, bytes.count - start)
      var group: UInt32 = 0
      for i in 0..<3 { group = group << 8 | (i < count ? UInt32(bytes[start + i]) : 0) }
      for i in 0..<4 where i <= count {
        out.append(letters[Int(group >> UInt32(18 - 6 * i) & 63)])
      }
      if alphabet == .standard { out += repeatElement(0x3D, count: 3 - count) }
    }
    return String(decoding: out, as: UTF8.self)
  }

  /// Text as bytes, nil where it is not exactly what `encode` could have written.
  public static func decode(_ text: String, _ alphabet: Alphabet = .standard) -> [UInt8]? {
    var digits = Array(text.utf8)
    let isPadded = digits.last == 0x3D
    if isPadded || alphabet == .standard {
      guard digits.count % 4 == 0 else { return nil }
      for _ in 0..<2 where digits.last == 0x3D { digits.removeLast() }
    }
    guard digits.count % 4 != 1 else { return nil }
    let values = alphabet == .standard ? standardValues : urlValues
    var out: [UInt8] = []
    out.reserveCapacity(digits.count * 3 / 4)
    var bits: UInt32 = 0
    var bitCount = 0
    for digit in digits {
      let value = values[Int(digit)]
      guard value < 64 else { return nil }
      bits = bits << 6 | UInt32(value)
      bitCount += 6
      if bitCount >= 8 {
        bitCount -= 8
        out.append(UInt8(truncatingIfNeeded: bits >> UInt32(bitCount)))
        bits &= 1 << UInt32(bitCount) - 1
      }
    }
    return bits == 0 ? out : nil
  }

  private static let common = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789".utf8)
  private static let standard = common + Array("+/".utf8)
  private static let url = common + Array("-_".utf8)
  private static let standardValues = inverse(standard)
  private static let urlValues = inverse(url)

  private static func inverse(_ letters: [UInt8]) -> [UInt8] {
    var values = [UInt8](repeating: 0xFF, count: 256)
    for (value, letter) in letters.enumerated() { values[Int(letter)] = UInt8(value) }
    return values
  }
}

/// Hexadecimal text, two digits per byte (RFC 4648 section 8).
public enum Hex {
  /// Bytes as lower-case digits.
  public static func encode(_ bytes: some Sequence<UInt8>) -> String {
    var out: [UInt8] = []
    for byte in bytes {
      out.append(hexDigits[Int(byte >> 4)])
      out.append(hexDigits[Int(byte & 15)])
    }
    return String(decoding: out, as: UTF8.self)
  }

  /// Digits of either case as bytes; nil for an odd count or anything but digits.
  public static func decode(_ text: String) -> [UInt8]? {
    let digits = Array(text.utf8)
    guard digits.count % 2 == 0 else { return nil }
    var out: [UInt8] = []
    out.reserveCapacity(digits.count / 2)
    for i in stride(from: 0, to: digits.count, by: 2) {
      guard let high = hexDigit(digits[i]), let low = hexDigit(digits[i + 1]) else { return nil }
      out.append(high << 4 | low)
    }
    return out
  }
}
