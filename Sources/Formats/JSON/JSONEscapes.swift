/// Reads and writes the inside of JSON strings, RFC 8259 section 7.
enum JSONEscapes {
  /// The decoded bytes of a valid string body.
  ///
  /// Lone surrogates come out as their three-byte form (as in WTF-8), so that different ones stay
  /// different; `hasLone` tells of them.
  static func decode(_ source: Span<UInt8>, _ range: Range<Int>) -> (bytes: [UInt8], hasLone: Bool)
  {
    var out: [UInt8] = []
    out.reserveCapacity(range.count)
    var hasLone = false
    var i = range.lowerBound
    while i < range.upperBound {
      guard source[i] == 0x5C else {
        out.append(source[i])
        i += 1
        continue
      }
      if source[i + 1] != 0x75 {
        out.append(simple(source[i + 1]))
        i += 2
        continue
      }
      var code = unit(source, i + 2)
      i += 6
      if code & 0xFC00 == 0xD800, i + 6 <= range.upperBound, source[i] == 0x5C,
        source[i + 1] == 0x75, unit(source, i + 2) & 0xFC00 == 0xDC00
      {
        code = 0x10000 + (code & 0x3FF) << 10 + (unit(source, i + 2) & 0x3FF)
        i += 6
      } else if code & 0xF800 == 0xD800 {
        hasLone = true
      }
      appendUTF8(code, to: &out)
    }
    return (out, hasLone)
  }

  /// The text of decoded bytes, lone surrogates replaced by U+FFFD.
  static func string(_ decoded: (bytes: [UInt8], hasLone: Bool)) -> String {
    guard decoded.hasLone else { return String(decoding: decoded.bytes, as: UTF8.self) }
    var bytes = decoded.bytes
    // A surrogate in three-byte form is as long as U+FFFD and starts ED A0...BF.
    for i in bytes.indices where bytes[i] == 0xED && i + 2 < bytes.count && bytes[i + 1] >= 0xA0 {
      bytes[i] = 0xEF
      bytes[i + 1] = 0xBF
      bytes[i + 2] = 0xBD
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Appends `text` as our writer spells it, without quotes: only what must be escaped is.
  static func append(_ text: String, to out: inout [UInt8]) {
    var text = text
    text.withUTF8 { unsafe append($0, to: &out) }
  }

  private static func append(_ bytes: UnsafeBufferPointer<UInt8>, to out: inout [UInt8]) {
    var plain = 0
    for i in 0..<bytes.count {
      let byte = unsafe bytes[i]
      guard byte < 0x20 || byte == 0x22 || byte == 0x5C else { continue }
      unsafe out.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[plain..<i]))
      appendEscape(byte, to: &out)
      plain = i + 1
    }
    unsafe out.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[plain...]))
  }

  private static func appendEscape(_ byte: UInt8, to out: inout [UInt8]) {
    out.append(0x5C)
    switch byte {
    case 0x22, 0x5C: out.append(byte)
    case 0x08: out.append(0x62)
    case 0x09: out.append(0x74)
    case 0x0A: out.append(0x6E)
    case 0x0C: out.append(0x66)
    case 0x0D: out.append(0x72)
    default:
      out.append(contentsOf: [0x75, 0x30, 0x30])
      out.append(hexDigits[Int(byte >> 4)])
      out.append(hexDigits[Int(byte & 15)])
    }
  }

  /// Appends decoded bytes with lone surrogates written as escapes again.
  static func appendCanonical(_ decoded: [UInt8], to out: inout [UInt8]) {
    var run: [UInt8] = []
    var i = 0
    while i < decoded.count {
      if decoded[i] == 0xED, i + 2 < decoded.count, decoded[i + 1] >= 0xA0 {
        append(nfc(String(decoding: run, as: UTF8.self)), to: &out)
        run.removeAll()
        let code = 0xD000 | UInt32(decoded[i + 1] & 0x3F) << 6 | UInt32(decoded[i + 2] & 0x3F)
        out.append(contentsOf: "\\u\(String(code, radix: 16))".utf8)
        i += 3
      } else {
        run.append(decoded[i])
        i += 1
      }
    }
    append(nfc(String(decoding: run, as: UTF8.self)), to: &out)
  }

  private static func simple(_ letter: UInt8) -> UInt8 {
    switch letter {
    case 0x62: 0x08
    case 0x66: 0x0C
    case 0x6E: 0x0A
    case 0x72: 0x0D
    case 0x74: 0x09
    default: letter
    }
  }

  private static func unit(_ source: Span<UInt8>, _ start: Int) -> UInt32 {
    var value: UInt32 = 0
    for i in start..<start + 4 { value = value << 4 | UInt32(hexDigit(source[i]) ?? 0) }
    return value
  }
}

/// Appends a code point in UTF-8; surrogates in their three-byte form.
func appendUTF8(_ code: UInt32, to out: inout [UInt8]) {
  switch code {
  case 0..<0x80:
    out.append(UInt8(code))
  case 0x80..<0x800:
    out.append(UInt8(0xC0 | code >> 6))
    out.append(UInt8(0x80 | code & 0x3F))
  case 0x800..<0x10000:
    out.append(UInt8(0xE0 | code >> 12))
    out.append(UInt8(0x80 | code >> 6 & 0x3F))
    out.append(UInt8(0x80 | code & 0x3F))
  default:
    out.append(UInt8(truncatingIfNeeded: 0xF0 | code >> 18))
    out.append(UInt8(0x80 | code >> 12 & 0x3F))
    out.append(UInt8(0x80 | code >> 6 & 0x3F))
    out.append(UInt8(0x80 | code & 0x3F))
  }
}
