/// Decodes a text to UTF-8 chunk by chunk; a byte order mark at its start is dropped.
///
/// Nothing is repaired: what does not fit the encoding is an error with its place. UTF-8 is only
/// checked, and encodings of one byte for each character go by a table, which keeps both fast.
public struct TextDecoder: ~Copyable {
  // Not private: what other modules are optimized with would name it, and the linker not find it.
  enum Way: ~Copyable {
    case utf8
    case table([[UInt8]])
    case system(SystemConverter)
  }

  /// The encoding that is read.
  public let encoding: TextEncoding
  private let way: Way
  /// EBCDIC ends lines with NEL (0x15), which is LF elsewhere.
  private let breaksAtNEL: Bool
  /// What a code page leaves to each vendor comes out as private use: the character is not known.
  private let isPrivateUnknown: Bool
  private var pending: [UInt8] = []
  private var isStart = true
  private var place = TextPlace()

  /// How long a character that a chunk cuts may be, in bytes; more are none.
  private static let characterBytesMax = 32

  /// A decoder for one text; throws where the system can't read the encoding, or its name leaves
  /// the order of bytes open.
  public init(_ encoding: TextEncoding) throws(TextEncodingError) {
    self.encoding = encoding
    if encoding == .utf8 {
      (breaksAtNEL, isPrivateUnknown) = (false, false)
      way = .utf8
    } else if let table = SystemConverter.byteTable(of: encoding.name) {
      (breaksAtNEL, isPrivateUnknown) = (false, false)
      way = .table(
        table.map { code in
          var bytes: [UInt8] = []
          if let code { appendUTF8(code, to: &bytes) }
          return bytes
        })
    } else if !encoding.isOrderOpen, let converter = SystemConverter(from: encoding.name) {
      var letter: [UInt8] = []
      _ = converter.convert([0xC1], to: &letter)
      converter.reset()
      breaksAtNEL = letter == [UInt8(ascii: "A")]
      isPrivateUnknown = !encoding.name.hasPrefix("utf-")
      way = .system(converter)
    } else {
      throw TextEncodingError(message: "\(encoding.name) can't be read on this system")
    }
  }

  /// Forgets what was read, to begin another text.
  mutating func restart() {
    switch way {
    case .utf8: break
    case .table: break
    case .system(let converter): converter.reset()
    }
    (pending, isStart, place) = ([], true, TextPlace())
  }

  /// Whether each of these bytes is a character, as far as that can be told of single bytes.
  func has(_ bytes: some Sequence<UInt8>) -> Bool {
    switch way {
    case .utf8: return true
    case .table(let table): return bytes.allSatisfy { !table[Int($0)].isEmpty }
    case .system: return true
    }
  }

  /// The next chunk as UTF-8; a character cut by the chunk's end comes with the next one.
  public mutating func decode(_ chunk: [UInt8]) throws(TextEncodingError) -> [UInt8] {
    let bytes = pending.isEmpty ? chunk : pending + chunk
    pending = []
    let (end, wrong): (Int, Int)
    var out: [UInt8]
    switch way {
    case .utf8: (out, end, wrong) = Self.checkUTF8(bytes)
    case .table(let table): (out, end, wrong) = Self.decode(bytes, by: table)
    case .system(let converter):
      (out, end, wrong) = Self.decode(bytes, by: converter, unit: encoding.unitBytes)
    }
    return try took(&out, of: bytes, upTo: end, wrong)
  }

  /// Says that no more bytes follow, and gives what is left; throws if a character is cut off.
  public mutating func finish() throws(TextEncodingError) -> [UInt8] {
    guard pending.isEmpty else {
      throw fault("the text ends inside a character", pending[...], isCut: true)
    }
    var out: [UInt8] = []
    switch way {
    case .utf8: break
    case .table: break
    case .system(let converter): converter.finish(&out)
    }
    return try took(&out, of: [], upTo: 0, 0)
  }

  /// Notes what was decoded; `wrong` bytes from `end` on don't fit.
  private mutating func took(
    _ out: inout [UInt8], of bytes: [UInt8], upTo end: Int, _ wrong: Int
  ) throws(TextEncodingError) -> [UInt8] {
    if isStart, !out.isEmpty {
      if out.starts(with: ByteOrderMark.utf8.bytes) { out.removeFirst(3) }
      isStart = false
    }
    if breaksAtNEL { out = Self.breakingLines(out) }
    if isPrivateUnknown, let start = Self.firstPrivate(out) {
      place.advance(over: out.span.extracting(..<start))
      throw fault("a character that \(encoding.name) leaves to each vendor", [])
    }
    place.advance(over: out.span)
    if wrong > 0 {
      throw fault("it does not fit \(encoding.name)", bytes[end..<min(bytes.count, end + wrong)])
    }
    if end < bytes.count { pending = Array(bytes[end...]) }
    guard pending.count <= Self.characterBytesMax else {
      throw fault("no character of \(encoding.name) begins here", pending.prefix(1))
    }
    return out
  }

  /// An error where the text stands.
  private func fault(
    _ words: String, _ bytes: ArraySlice<UInt8>, isCut: Bool = false
  ) -> TextEncodingError {
    let hex = Hex.encode(bytes).uppercased()
    return TextEncodingError(
      message: hex.isEmpty ? words : "0x\(hex): \(words)", line: place.line,
      column: place.column, hex: hex, isCut: isCut)
  }

  // MARK: - The ways

  /// The text, how far it goes, and how many bytes behind it don't fit.
  private typealias Decoded = (text: [UInt8], end: Int, wrong: Int)

  private static func checkUTF8(_ bytes: [UInt8]) -> Decoded {
    let end = UTF8Check.validEnd(bytes.span)
    if end == bytes.count { return (bytes, end, 0) }
    return (Array(bytes[..<end]), end, UTF8Check.isCut(bytes.span, end) ? 0 : 1)
  }

  private static func decode(_ bytes: [UInt8], by table: [[UInt8]]) -> Decoded {
    var out: [UInt8] = []
    out.reserveCapacity(bytes.count + bytes.count / 8)
    var plain = 0
    while plain < bytes.count {
      let end = skipASCII(bytes.span, plain)
      out.append(contentsOf: bytes[plain..<end])
      guard end < bytes.count else { break }
      let character = table[Int(bytes[end])]
      guard !character.isEmpty else { return (out, end, 1) }
      out.append(contentsOf: character)
      plain = end + 1
    }
    return (out, bytes.count, 0)
  }

  /// The text with LF in the place of NEL.
  private static func breakingLines(_ text: [UInt8]) -> [UInt8] {
    var out: [UInt8] = []
    out.reserveCapacity(text.count)
    for byte in text {
      if byte == 0x85, out.last == 0xC2 {
        out[out.count - 1] = 0x0A
      } else {
        out.append(byte)
      }
    }
    return out
  }

  /// Where the first character of private use stands (U+E000 to U+F8FF).
  private static func firstPrivate(_ text: [UInt8]) -> Int? {
    text.indices.first { place in
      text[place] == 0xEE
        || text[place] == 0xEF && place + 1 < text.count && text[place + 1] < 0xA4
    }
  }

  private static func decode(
    _ bytes: [UInt8], by converter: borrowing SystemConverter, unit: Int
  ) -> Decoded {
    var out: [UInt8] = []
    let (read, end) = converter.convert(bytes, to: &out)
    return (out, read, end == .invalid ? unit : 0)
  }
}

extension TextEncoding {
  /// How many bytes the units have of which characters are made.
  fileprivate var unitBytes: Int {
    name.hasPrefix("utf-16") ? 2 : name.hasPrefix("utf-32") ? 4 : 1
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
