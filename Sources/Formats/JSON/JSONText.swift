/// A JSON string: its value, and the spelling it came with where ours would differ.
public struct JSONText: Sendable, Hashable, ExpressibleByStringLiteral {
  /// The decoded text; lone surrogates, which no `String` can hold, appear as U+FFFD.
  public let value: String
  /// The source's bytes between the quotes when our writer would write something else.
  let spelling: String?

  /// A string from its value.
  public init(_ value: String) {
    self.value = value
    spelling = nil
  }

  /// A string from its value.
  public init(stringLiteral value: String) { self.init(value) }

  /// A string from valid JSON: the bytes between its quotes.
  init(body bytes: Span<UInt8>, _ range: Range<Int>, escaped: Bool) {
    guard escaped else {
      value = text(of: bytes, range)
      spelling = nil
      return
    }
    let decoded = JSONEscapes.decode(bytes, range)
    value = JSONEscapes.string(decoded)
    let written = text(of: bytes, range)
    var ours: [UInt8] = []
    JSONEscapes.append(value, to: &ours)
    spelling = written.utf8.elementsEqual(ours) ? nil : written
  }

  /// Whether the string holds half of a surrogate pair, which `value` can't show.
  public var hasLoneSurrogate: Bool {
    guard let spelling, value.utf8.contains(0xEF) else { return false }
    let bytes = Array(spelling.utf8)
    return JSONEscapes.decode(bytes.span, 0..<bytes.count).hasLone
  }

  /// Equal as Swift strings are (canonical equivalence); lone surrogates only equal themselves,
  /// and what stands between them is compared in NFC.
  public static func == (a: JSONText, b: JSONText) -> Bool {
    guard a.value == b.value else { return false }
    guard a.spelling != nil || b.spelling != nil else { return true }
    let lone = (a.hasLoneSurrogate, b.hasLoneSurrogate)
    guard lone.0 || lone.1 else { return true }
    return lone.0 == lone.1 && a.canonicalBytes == b.canonicalBytes
  }

  /// Hashes the value.
  public func hash(into hasher: inout Hasher) { hasher.combine(value) }

  private var canonicalBytes: [UInt8] {
    var bytes: [UInt8] = []
    appendCanonical(to: &bytes)
    return bytes
  }

  func append(to out: inout [UInt8]) {
    out.append(0x22)
    if let spelling {
      out.append(contentsOf: spelling.utf8)
    } else {
      JSONEscapes.append(value, to: &out)
    }
    out.append(0x22)
  }

  /// In NFC, escaped in our way; lone surrogates as `\udXXX` in lower case.
  func appendCanonical(to out: inout [UInt8]) {
    out.append(0x22)
    if let spelling, hasLoneSurrogate {
      let bytes = Array(spelling.utf8)
      JSONEscapes.appendCanonical(JSONEscapes.decode(bytes.span, 0..<bytes.count).bytes, to: &out)
    } else {
      JSONEscapes.append(nfc(value), to: &out)
    }
    out.append(0x22)
  }
}

/// The text of a byte range that is known to be UTF-8.
func text(of bytes: Span<UInt8>, _ range: Range<Int>) -> String {
  // Bounds are checked by `extracting`; the pointer does not leave the closure.
  unsafe bytes.extracting(range).withUnsafeBufferPointer {
    unsafe String(decoding: $0, as: UTF8.self)
  }
}
