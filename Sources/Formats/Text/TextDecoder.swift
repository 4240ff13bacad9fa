/// Decodes a text to UTF-8 chunk by chunk; a byte order mark of its encoding is dropped.
///
/// Nothing is repaired: what does not fit the encoding is an error with its place.
public struct TextDecoder: Sendable {
  /// The encoding that is read.
  public let encoding: TextEncoding
  private let table: [[UInt8]]
  private var pending: [UInt8] = []
  private var isStart = true
  private var place = TextPlace()

  /// A decoder for one text.
  public init(_ encoding: TextEncoding) {
    self.encoding = encoding
    table = (encoding.upperHalf ?? []).map { code in
      var bytes: [UInt8] = []
      if let code { appendUTF8(code, to: &bytes) }
      return bytes
    }
  }

  /// The next chunk as UTF-8; a character cut by the chunk's end comes with the next one.
  public mutating func decode(_ chunk: [UInt8]) throws(TextEncodingError) -> [UInt8] {
    var chunk = chunk
    if !pending.isEmpty {
      chunk = pending + chunk
      pending = []
    }
    if isStart, !dropMark(&chunk) { return [] }
    let out =
      switch encoding {
      case .utf8: try decodeUTF8(chunk)
      case .utf16LE, .utf16BE: try decodeUTF16(chunk)
      case .windows1252, .latin1, .latin9: try decodeBytes(chunk)
      }
    place.advance(over: out.span)
    return out
  }

  /// Says that no more bytes follow, and gives what is left; throws if a character is cut off.
  public mutating func finish() throws(TextEncodingError) -> [UInt8] {
    guard !pending.isEmpty else { return [] }
    if isStart {
      // Fewer bytes than a mark has: they are text after all.
      isStart = false
      let rest = pending
      pending = []
      let out = try decode(rest)
      guard !pending.isEmpty else { return out }
    }
    throw fault("the text ends inside a character", pending, behind: [])
  }

  /// Drops the mark of the encoding; false while too few bytes are there to tell.
  private mutating func dropMark(_ chunk: inout [UInt8]) -> Bool {
    let mark: [UInt8] =
      switch encoding {
      case .utf8: [0xEF, 0xBB, 0xBF]
      case .utf16LE: [0xFF, 0xFE]
      case .utf16BE: [0xFE, 0xFF]
      default: []
      }
    if chunk.count < mark.count, mark.starts(with: chunk) {
      pending = chunk
      return false
    }
    if !mark.isEmpty, chunk.starts(with: mark) { chunk.removeFirst(mark.count) }
    isStart = false
    return true
  }

  // MARK: - Encodings

  private mutating func decodeUTF8(_ chunk: [UInt8]) throws(TextEncodingError) -> [UInt8] {
    let end = UTF8Check.validEnd(chunk.span)
    if end == chunk.count { return chunk }
    guard UTF8Check.isCut(chunk.span, end) else {
      throw fault("invalid UTF-8", [chunk[end]], behind: chunk[..<end])
    }
    pending = Array(chunk[end...])
    return Array(chunk[..<end])
  }

  private mutating func decodeBytes(_ chunk: [UInt8]) throws(TextEncodingError) -> [UInt8] {
    var out: [UInt8] = []
    out.reserveCapacity(chunk.count + chunk.count / 8)
    var plain = 0
    while plain < chunk.count {
      let end = skipASCII(chunk.span, plain)
      out.append(contentsOf: chunk[plain..<end])
      guard end < chunk.count else { break }
      let bytes = table[Int(chunk[end]) - 0x80]
      guard !bytes.isEmpty else {
        throw fault(
          "a byte that \(encoding.rawValue) does not have", [chunk[end]], behind: out[...])
      }
      out.append(contentsOf: bytes)
      plain = end + 1
    }
    return out
  }

  private mutating func decodeUTF16(_ chunk: [UInt8]) throws(TextEncodingError) -> [UInt8] {
    var out: [UInt8] = []
    out.reserveCapacity(chunk.count)
    let low = encoding == .utf16LE ? 0 : 1
    var at = 0
    while at + 2 <= chunk.count {
      let unit = UInt32(chunk[at + low]) | UInt32(chunk[at + 1 - low]) << 8
      if unit & 0xF800 != 0xD800 {
        appendUTF8(unit, to: &out)
        at += 2
        continue
      }
      guard unit < 0xDC00 else {
        throw fault("half of a surrogate pair", Array(chunk[at..<at + 2]), behind: out[...])
      }
      guard at + 4 <= chunk.count else { break }
      let next = UInt32(chunk[at + 2 + low]) | UInt32(chunk[at + 3 - low]) << 8
      guard next & 0xFC00 == 0xDC00 else {
        throw fault("half of a surrogate pair", Array(chunk[at..<at + 2]), behind: out[...])
      }
      appendUTF8(0x10000 + (unit & 0x3FF) << 10 + (next & 0x3FF), to: &out)
      at += 4
    }
    pending = Array(chunk[at...])
    return out
  }

  /// An error behind some text of the current chunk.
  private func fault(
    _ message: String, _ bytes: [UInt8], behind text: ArraySlice<UInt8>
  ) -> TextEncodingError {
    var place = place
    place.advance(over: text.span)
    let hex = Hex.encode(bytes).uppercased()
    return TextEncodingError(
      message: "\(message): 0x\(hex); is the encoding really \(encoding.rawValue)?",
      line: place.line, column: place.column, hex: hex)
  }
}

/// Line and column at the end of the text seen so far.
struct TextPlace: Sendable {
  private(set) var line = 1
  private(set) var column = 1
  private var endsInCR = false

  /// Goes on over some UTF-8 text.
  mutating func advance(over text: Span<UInt8>) {
    guard !text.isEmpty else { return }
    let breaks = countBytes(text, equalTo: 0x0A)
    let returns = countBytes(text, equalTo: 0x0D)
    var pairs = endsInCR && text[0] == 0x0A ? 1 : 0
    if returns > 0 {
      for i in 1..<max(1, text.count) where text[i] == 0x0A && text[i - 1] == 0x0D { pairs += 1 }
    }
    line += breaks + returns - pairs
    if breaks + returns > 0 { column = 1 }
    var i = text.count
    while i > 0, text[i - 1] != 0x0A, text[i - 1] != 0x0D {
      i -= 1
      if text[i] & 0xC0 != 0x80 { column += 1 }
    }
    endsInCR = text[text.count - 1] == 0x0D
  }
}

/// Checks UTF-8 by Unicode table 3-7.
enum UTF8Check {
  /// How far the bytes are valid UTF-8.
  static func validEnd(_ bytes: Span<UInt8>) -> Int {
    var at = 0
    while true {
      at = skipASCII(bytes, at)
      guard at < bytes.count else { return at }
      let length = utf8Length(bytes, at)
      guard length > 0 else { return at }
      at += length
    }
  }

  /// Whether the bytes from `start` to the end begin a valid sequence that more bytes could finish.
  static func isCut(_ bytes: Span<UInt8>, _ start: Int) -> Bool {
    let left = bytes.count - start
    guard left >= 1, left <= 3 else { return false }
    // A sequence is begun if some ending makes it valid.
    let begun = (0..<left).map { bytes[start + $0] }
    let needed = begun[0] >= 0xF0 ? 4 : begun[0] >= 0xE0 ? 3 : 2
    guard left < needed else { return false }
    for second in [UInt8(0x80), 0xA0, 0x90] {
      var whole = begun
      if left == 1 { whole.append(second) }
      while whole.count < needed { whole.append(0x80) }
      if utf8Length(whole.span, 0) == needed { return true }
    }
    return false
  }
}

/// The first offset from `start` on that holds a byte outside ASCII; the count if there is none.
@inline(__always)
func skipASCII(_ bytes: Span<UInt8>, _ start: Int) -> Int {
  var at = start
  while at &+ 8 <= bytes.count {
    let high = load8(bytes, at) & 0x8080_8080_8080_8080
    if high != 0 { return at &+ high.trailingZeroBitCount >> 3 }
    at &+= 8
  }
  while at < bytes.count, bytes[at] < 0x80 { at &+= 1 }
  return at
}
