/// The checksum of gzip and ZIP (polynomial 0xEDB88320, RFC 1952 section 8), fed in pieces.
public struct CRC32: Sendable {
  private var register: UInt32 = 0xFFFF_FFFF

  /// A checksum of nothing yet.
  public init() {}

  /// The checksum of all bytes so far.
  public var value: UInt32 { ~register }

  /// Takes the next bytes.
  public mutating func update(_ bytes: [UInt8]) { update(bytes.span) }

  /// Takes the next bytes.
  public mutating func update(_ bytes: ArraySlice<UInt8>) { update(bytes.span) }

  /// Takes the next bytes.
  public mutating func update(_ bytes: Span<UInt8>) {
    var crc = register
    var at = 0
    let tables = Self.tables
    let table = tables.span
    // Eight bytes at a time through eight tables ("slicing by 8").
    while at + 8 <= bytes.count {
      let word = load8(bytes, at) ^ UInt64(crc)
      crc = table[Int(word & 0xFF) + 1792]
      crc ^= table[Int(word >> 8 & 0xFF) + 1536]
      crc ^= table[Int(word >> 16 & 0xFF) + 1280]
      crc ^= table[Int(word >> 24 & 0xFF) + 1024]
      crc ^= table[Int(word >> 32 & 0xFF) + 768]
      crc ^= table[Int(word >> 40 & 0xFF) + 512]
      crc ^= table[Int(word >> 48 & 0xFF) + 256]
      crc ^= table[Int(word >> 56)]
      at += 8
    }
    while at < bytes.count {
      crc = crc >> 8 ^ table[Int((crc ^ UInt32(bytes[at])) & 0xFF)]
      at += 1
    }
    register = crc
  }

  /// The checksum of some bytes.
  public static func of(_ bytes: [UInt8]) -> UInt32 {
    var crc = CRC32()
    crc.update(bytes)
    return crc.value
  }

  /// Table k holds, for each byte, its effect after k further zero bytes.
  private static let tables: [UInt32] = {
    var tables: [UInt32] = []
    for byte in 0..<UInt32(256) {
      var crc = byte
      for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
      tables.append(crc)
    }
    for i in 256..<2048 {
      let before = tables[i - 256]
      tables.append(before >> 8 ^ tables[Int(before & 0xFF)])
    }
    return tables
  }()
}
