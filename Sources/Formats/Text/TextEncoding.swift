/// The text encodings that exports come in.
public enum TextEncoding: String, Sendable, Hashable, CaseIterable {
  /// UTF-8, RFC 3629.
  case utf8 = "utf-8"
  /// UTF-16, low byte first, RFC 2781.
  case utf16LE = "utf-16le"
  /// UTF-16, high byte first, RFC 2781.
  case utf16BE = "utf-16be"
  /// Windows code page 1252, in which five bytes mean nothing.
  case windows1252 = "windows-1252"
  /// ISO 8859-1: each byte is its code point.
  case latin1 = "iso-8859-1"
  /// ISO 8859-15: ISO 8859-1 with the euro and seven letters.
  case latin9 = "iso-8859-15"

  /// An encoding by one of its usual names (`UTF8`, `cp1252`, `latin1`, `UTF-16LE`), whatever the
  /// case; nil for unknown names.
  public init?(name: String) {
    let plain = name.lowercased().filter { $0.isLetter || $0.isNumber }
    switch plain {
    case "utf8", "utf8bom", "utf8sig": self = .utf8
    case "utf16le", "ucs2le", "utf16", "unicode": self = .utf16LE
    case "utf16be", "ucs2be": self = .utf16BE
    case "windows1252", "cp1252", "1252", "ansi", "win1252": self = .windows1252
    case "iso88591", "latin1", "l1", "cp819": self = .latin1
    case "iso885915", "latin9", "l9": self = .latin9
    default: return nil
    }
  }

  /// Whether a name stands for one of these, or for ASCII, which is a part of all of them.
  public static func isKnown(_ name: String) -> Bool {
    let plain = name.lowercased().filter { $0.isLetter || $0.isNumber }
    return TextEncoding(name: name) != nil || ["usascii", "ascii"].contains(plain)
  }

  /// The code points of the bytes from 0x80 on, nil where a byte means nothing; nil for encodings
  /// of more than one byte.
  var upperHalf: [UInt32?]? {
    switch self {
    case .utf8, .utf16LE, .utf16BE: return nil
    case .latin1: return (0x80...0xFF).map { $0 }
    case .latin9:
      let changed: [UInt32: UInt32] = [
        0xA4: 0x20AC, 0xA6: 0x160, 0xA8: 0x161, 0xB4: 0x17D, 0xB8: 0x17E, 0xBC: 0x152,
        0xBD: 0x153, 0xBE: 0x178,
      ]
      return (0x80...0xFF).map { changed[$0] ?? $0 }
    case .windows1252:
      let low: [UInt32?] = [
        0x20AC, nil, 0x201A, 0x192, 0x201E, 0x2026, 0x2020, 0x2021, 0x2C6, 0x2030, 0x160, 0x2039,
        0x152, nil, 0x17D, nil, nil, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
        0x2DC, 0x2122, 0x161, 0x203A, 0x153, nil, 0x17E, 0x178,
      ]
      return low + (0xA0...0xFF).map { $0 }
    }
  }
}

/// Why bytes are no text in their encoding, and where.
public struct TextEncodingError: Error, Sendable, Equatable, CustomStringConvertible {
  /// What is wrong and what to do.
  public let message: String
  /// The line, counted from 1.
  public let line: Int
  /// The column, counted from 1, in Unicode scalars.
  public let column: Int
  /// The bytes that don't fit, in hex; empty where no single place is wrong.
  public let hex: String

  /// An error at a place.
  public init(message: String, line: Int = 1, column: Int = 1, hex: String = "") {
    self.message = message
    self.line = line
    self.column = column
    self.hex = hex
  }

  /// The message with its place.
  public var description: String { "line \(line), column \(column): \(message)" }
}
