/// A byte order mark at the start of a text.
public enum ByteOrderMark: String, Sendable, Hashable, CaseIterable {
  /// FF FE 00 00; before UTF-16, whose mark it begins with.
  case utf32LE = "UTF-32LE"
  /// 00 00 FE FF.
  case utf32BE = "UTF-32BE"
  /// EF BB BF.
  case utf8 = "UTF-8"
  /// FF FE.
  case utf16LE = "UTF-16LE"
  /// FE FF.
  case utf16BE = "UTF-16BE"

  /// The mark at the start of some bytes, nil where there is none.
  public init?(_ bytes: some Collection<UInt8>) {
    guard let mark = Self.allCases.first(where: { bytes.starts(with: $0.bytes) }) else {
      return nil
    }
    self = mark
  }

  /// The encoding that the mark announces.
  public var encoding: TextEncoding {
    switch self {
    case .utf8: .utf8
    case .utf16LE: .utf16LE
    case .utf16BE: .utf16BE
    case .utf32LE: .utf32LE
    case .utf32BE: .utf32BE
    }
  }

  var bytes: [UInt8] {
    switch self {
    case .utf8: [0xEF, 0xBB, 0xBF]
    case .utf16LE: [0xFF, 0xFE]
    case .utf16BE: [0xFE, 0xFF]
    case .utf32LE: [0xFF, 0xFE, 0, 0]
    case .utf32BE: [0, 0, 0xFE, 0xFF]
    }
  }
}

extension TextEncoding {
  /// The encoding to read a text by, from its first bytes and what is declared.
  ///
  /// Undeclared means what a byte order mark says, else UTF-8 and nothing else. Throws where a mark
  /// contradicts the declaration, where the order of bytes can't be told, and where undeclared
  /// bytes are plainly a wide or a shifting encoding, which UTF-8 would take for text.
  public static func resolve(
    sample: [UInt8], declared: TextEncoding? = nil
  ) throws(TextEncodingError) -> TextEncoding {
    if let mark = ByteOrderMark(sample) { return try marked(mark, sample, declared) }
    if let declared { return declared.isOrderOpen ? try ordered(declared, sample) : declared }
    let wide = widePattern(sample)
    if let wide {
      throw TextEncodingError(
        message: "the text looks like \(wide.name) without a byte order mark, and no encoding is "
          + "declared")
    }
    if isShifted(sample) {
      throw TextEncodingError(
        message: "the text shifts between character sets by escape sequences, as iso-2022-jp and "
          + "iso-2022-kr do, and no encoding is declared")
    }
    return .utf8
  }

  private static func marked(
    _ mark: ByteOrderMark, _ sample: [UInt8], _ declared: TextEncoding?
  ) throws(TextEncodingError) -> TextEncoding {
    let encoding = mark.encoding
    let body = Array(sample.dropFirst(mark.bytes.count))
    if encoding.name.hasPrefix("utf-16"), widePattern(body)?.name.hasPrefix("utf-32") == true {
      throw TextEncodingError(
        message: "the text is marked as \(mark.rawValue) but looks like UTF-32; have the source "
          + "write UTF-8", hex: Hex.encode(sample.prefix(8)))
    }
    guard let declared, declared != encoding else { return encoding }
    if declared.isOrderOpen, encoding.name.hasPrefix(declared.name) { return encoding }
    throw TextEncodingError(
      message: "the text is declared as \(declared.name) but its byte order mark says "
        + "\(mark.rawValue); change the declaration", hex: Hex.encode(mark.bytes))
  }

  /// A declared encoding with the order of bytes that its ASCII characters have.
  private static func ordered(
    _ declared: TextEncoding, _ sample: [UInt8]
  ) throws(TextEncodingError) -> TextEncoding {
    let isWide = declared.name == "utf-32"
    let unit = isWide ? 4 : 2
    var (low, high) = (0, 0)
    for start in stride(from: 0, to: sample.count - unit + 1, by: unit) {
      let bytes = sample[start..<start + unit]
      guard bytes.count(where: { $0 != 0 }) == 1 else { continue }
      if bytes.first != 0 { low += 1 }
      if bytes.last != 0 { high += 1 }
    }
    if low > high * 4 { return isWide ? .utf32LE : .utf16LE }
    if high > low * 4 { return isWide ? .utf32BE : .utf16BE }
    throw TextEncodingError(
      message: "the text has no byte order mark and \(declared.name) leaves the order open; "
        + "declare \(declared.name)le or \(declared.name)be")
  }

  /// Whether a text without a mark looks like UTF-16 or UTF-32.
  public static func isWide(_ sample: [UInt8]) -> Bool { widePattern(sample) != nil }

  /// UTF-16 or UTF-32 by the zero bytes that nearly every character of western text has.
  static func widePattern(_ sample: [UInt8]) -> TextEncoding? {
    guard sample.count >= 4 else { return nil }
    var zeros = [0, 0, 0, 0]
    for (i, byte) in sample.enumerated() where byte == 0 { zeros[i % 4] += 1 }
    let units = sample.count / 4
    let isMany = zeros.map { $0 * 10 > units * 3 }
    let isFew = zeros.map { $0 * 10 < units }
    // The bytes above the second are zero in nearly all text, whatever its script.
    if !isMany[0], isMany[2], isMany[3] { return .utf32LE }
    if isMany[0], isMany[1], !isMany[3] { return .utf32BE }
    if isMany[1], isMany[3], isFew[0], isFew[2] { return .utf16LE }
    if isMany[0], isMany[2], isFew[1], isFew[3] { return .utf16BE }
    return nil
  }

  /// Whether ISO 2022 shifts in a text: an escape that designates a set of two bytes or of kana.
  private static func isShifted(_ sample: [UInt8]) -> Bool {
    sample.indices.dropLast(2).contains { i in
      guard sample[i] == 0x1B else { return false }
      let next = sample[i + 1...i + 2]
      return ["$B", "$@", "$)", "$(", "(I", "(J"].contains { next.elementsEqual($0.utf8) }
    }
  }
}
