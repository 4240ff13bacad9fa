/// Percent-encoding of URL components (RFC 3986 §2.1) and form decoding of query strings.
public enum PercentCoding {
  /// Decodes `%XX`; nil for a broken escape or for bytes that are not UTF-8.
  ///
  /// With `plusIsSpace` a plus sign becomes a space, as in form-encoded queries.
  public static func decoded(
    _ text: some Collection<UInt8>, plusIsSpace: Bool = false
  ) -> String? {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.count)
    var index = text.startIndex
    while index != text.endIndex {
      var byte = text[index]
      index = text.index(after: index)
      if byte == 0x25 {
        guard index != text.endIndex, let high = hexDigit(text[index]) else { return nil }
        index = text.index(after: index)
        guard index != text.endIndex, let low = hexDigit(text[index]) else { return nil }
        index = text.index(after: index)
        byte = high << 4 | low
      } else if byte == 0x2B && plusIsSpace {
        byte = 0x20
      }
      bytes.append(byte)
    }
    return String(validating: bytes, as: UTF8.self)
  }

  /// Encodes everything but the unreserved characters of RFC 3986 §2.3.
  public static func encoded(_ text: String) -> String {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.utf8.count)
    for byte in text.utf8 {
      if isUnreserved(byte) {
        bytes.append(byte)
      } else {
        bytes.append(0x25)
        bytes.append(upperHex(byte >> 4))
        bytes.append(upperHex(byte & 15))
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  static func hexDigit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: byte - 0x30
    case 0x41...0x46: byte - 0x37
    case 0x61...0x66: byte - 0x57
    default: nil
    }
  }

  private static func upperHex(_ value: UInt8) -> UInt8 {
    value < 10 ? 0x30 + value : 0x37 + value
  }

  private static func isUnreserved(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: true
    default: false
    }
  }
}
