internal import Foundation

/// Paths as the system has them, which is bytes, and as text.
///
/// Most are UTF-8. A byte that is none stands in the text as a character of private use (U+10F700
/// and the byte), and so does each byte of such a character in a real name: every path has a text
/// of its own, and the text leads back to it.
enum PathText {
  private static let strayBase: UInt32 = 0x10_F700
  private static let strays = strayBase...strayBase + 0xFF

  /// The text of a path.
  static func text(_ bytes: [UInt8]) -> String {
    // Every character that stands for a byte begins with F4.
    if !bytes.contains(0xF4), let plain = String(validating: bytes, as: UTF8.self) { return plain }
    var text = String.UnicodeScalarView()
    var parser = Unicode.UTF8.ForwardParser()
    var input = bytes.makeIterator()
    var place = 0
    while true {
      switch parser.parseScalar(from: &input) {
      case .valid(let encoded):
        let scalar = Unicode.UTF8.decode(encoded)
        if strays.contains(scalar.value) {
          text.append(contentsOf: bytes[place..<place + encoded.count].map(stray))
        } else {
          text.append(scalar)
        }
        place += encoded.count
      case .error(let length):
        text.append(contentsOf: bytes[place..<place + length].map(stray))
        place += length
      case .emptyInput: return String(text)
      }
    }
  }

  /// The bytes of a path with the zero behind them, as calls of the system take it.
  static func system(_ text: String) -> [CChar] {
    guard text.utf8.contains(0xF4) else { return Array(text.utf8CString) }
    var bytes: [UInt8] = []
    for scalar in text.unicodeScalars {
      if let byte = byte(scalar) { bytes.append(byte) } else { bytes += String(scalar).utf8 }
    }
    return bytes.map { CChar(bitPattern: $0) } + [0]
  }

  /// The byte that a character stands for; nil if it stands for itself.
  static func byte(_ scalar: Unicode.Scalar) -> UInt8? {
    strays.contains(scalar.value) ? UInt8(scalar.value - strayBase) : nil
  }

  private static func stray(_ byte: UInt8) -> Unicode.Scalar {
    Unicode.Scalar(strayBase + UInt32(byte)) ?? "\u{FFFD}"
  }
}

extension FilePath {
  /// The text of a path that came as bytes, such as an argument; it leads back to these bytes.
  public static func text(ofBytes bytes: [UInt8]) -> String { PathText.text(bytes) }

  /// A path for people: bytes that are no UTF-8 as `\xFC`.
  public static func visible(_ path: String) -> String {
    guard path.utf8.contains(0xF4) else { return path }
    return path.unicodeScalars.reduce(into: "") { text, scalar in
      guard let byte = PathText.byte(scalar) else { return text.unicodeScalars.append(scalar) }
      let hex = String(byte, radix: 16, uppercase: true)
      text += hex.utf8.count == 1 ? "\\x0\(hex)" : "\\x\(hex)"
    }
  }
}
