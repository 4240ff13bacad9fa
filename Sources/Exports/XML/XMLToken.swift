import Formats

/// The name of an element or attribute: as written, and without its prefix; compared as bytes.
struct XMLName: Hashable {
  var qualified: String
  var local: String

  var prefix: Substring? {
    local.utf8.count == qualified.utf8.count
      ? nil : qualified.dropLast(local.count + 1)
  }

  /// Whether a step of a path means this name: with a prefix as written, else without one.
  func matches(_ step: String) -> Bool { step.isExactly(local) || step.isExactly(qualified) }

  static func == (a: XMLName, b: XMLName) -> Bool { a.qualified.isExactly(b.qualified) }

  func hash(into hasher: inout Hasher) { hasher.combine(ExactText(qualified)) }
}

/// What an XML document consists of, as far as rows need it; comments are passed over.
enum XMLToken {
  case start(XMLName, [XMLAttribute])
  case text([UInt8])
  case end(XMLName)
}

/// One attribute with its normalised value; namespace declarations are none.
struct XMLAttribute {
  var name: XMLName
  var value: String
}

/// What a character of XML may be.
enum XMLCharacters {
  /// Production [2] Char of XML 1.0.
  static func isAllowed(_ code: UInt32) -> Bool {
    switch code {
    case 0x09, 0x0A, 0x0D, 0x20...0xD7FF, 0xE000...0xFFFD, 0x1_0000...0x10_FFFF: true
    default: false
    }
  }

  /// Production [4] NameStartChar of XML 1.0.
  static func startsName(_ scalar: UnicodeScalar) -> Bool {
    switch scalar.value {
    case 0x3A, 0x41...0x5A, 0x5F, 0x61...0x7A, 0xC0...0xD6, 0xD8...0xF6, 0xF8...0x2FF,
      0x370...0x37D, 0x37F...0x1FFF, 0x200C...0x200D, 0x2070...0x218F, 0x2C00...0x2FEF,
      0x3001...0xD7FF, 0xF900...0xFDCF, 0xFDF0...0xFFFD, 0x1_0000...0xE_FFFF:
      true
    default: false
    }
  }

  /// Production [4a] NameChar of XML 1.0.
  static func continuesName(_ scalar: UnicodeScalar) -> Bool {
    switch scalar.value {
    case 0x2D, 0x2E, 0x30...0x39, 0xB7, 0x300...0x36F, 0x203F...0x2040: true
    default: startsName(scalar)
    }
  }

  /// Bytes that end a name: all of ASCII that no name has.
  @inline(__always)
  static func endsName(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x80...0xFF, UInt8(ascii: ":"),
      UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."):
      false
    default: true
    }
  }

  @inline(__always)
  static func isBlank(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
  }
}
