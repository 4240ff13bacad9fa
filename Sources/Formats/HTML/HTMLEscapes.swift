/// Escaping of text for HTML content and quoted attribute values.
enum HTMLEscapes {
  /// The bytes that can't stand as they are: controls, `"`, `&`, `'`, `<`, `>`, DEL.
  private static let special: [Bool] = (0..<256).map { byte in
    byte < 0x20 && byte != 0x09 && byte != 0x0A
      || [0x22, 0x26, 0x27, 0x3C, 0x3E, 0x7F].contains(byte)
  }

  /// Appends text in UTF-8, escaped; controls that HTML forbids become U+FFFD.
  static func append(_ text: String, to out: inout [UInt8]) {
    var text = text
    text.withUTF8 { source in
      let source = unsafe source
      var start = 0
      for place in 0..<source.count {
        let byte = unsafe source[place]
        guard special[Int(byte)] else { continue }
        unsafe out.append(contentsOf: source[start..<place])
        out.append(contentsOf: replacement(of: byte).utf8)
        start = place + 1
      }
      unsafe out.append(contentsOf: source[start...])
    }
  }

  private static func replacement(of byte: UInt8) -> String {
    switch byte {
    case 0x22: "&quot;"
    case 0x26: "&amp;"
    case 0x27: "&#39;"
    case 0x3C: "&lt;"
    case 0x3E: "&gt;"
    case 0x0D: "&#13;"
    default: "\u{FFFD}"
    }
  }
}
