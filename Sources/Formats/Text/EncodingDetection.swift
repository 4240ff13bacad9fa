/// A byte order mark at the start of a text.
public enum ByteOrderMark: String, Sendable, Hashable {
  /// EF BB BF.
  case utf8 = "UTF-8"
  /// FF FE.
  case utf16LE = "UTF-16LE"
  /// FE FF.
  case utf16BE = "UTF-16BE"
  /// FF FE 00 00.
  case utf32LE = "UTF-32LE"
  /// 00 00 FE FF.
  case utf32BE = "UTF-32BE"

  /// The mark at the start of some bytes, nil where there is none.
  public init?(_ bytes: some Collection<UInt8>) {
    let start = Array(bytes.prefix(4))
    if start == [0xFF, 0xFE, 0, 0] {
      self = .utf32LE
    } else if start == [0, 0, 0xFE, 0xFF] {
      self = .utf32BE
    } else if start.starts(with: [0xEF, 0xBB, 0xBF]) {
      self = .utf8
    } else if start.starts(with: [0xFF, 0xFE]) {
      self = .utf16LE
    } else if start.starts(with: [0xFE, 0xFF]) {
      self = .utf16BE
    } else {
      return nil
    }
  }

  /// The encoding that the mark announces, nil for UTF-32, which is not read.
  public var encoding: TextEncoding? {
    switch self {
    case .utf8: .utf8
    case .utf16LE: .utf16LE
    case .utf16BE: .utf16BE
    case .utf32LE, .utf32BE: nil
    }
  }
}

extension TextEncoding {
  /// The encoding to read a text by: the declared one if the byte order mark does not object, else
  /// what the first bytes suggest.
  ///
  /// Undeclared: the mark, then UTF-8 if the bytes are valid, then UTF-16 by its zero bytes, else
  /// Windows-1252. Throws for UTF-32 and for a mark that contradicts the declaration.
  public static func resolve(
    sample: [UInt8], declared: TextEncoding? = nil
  ) throws(TextEncodingError) -> TextEncoding {
    guard let mark = ByteOrderMark(sample) else { return declared ?? guess(sample) }
    guard let encoding = mark.encoding else {
      throw TextEncodingError(
        message: "the text is marked as \(mark.rawValue), which is not read; export it as UTF-8",
        hex: Hex.encode(sample.prefix(4)))
    }
    if encoding != .utf8, zeroUnits(sample, encoding) > 4 {
      throw TextEncodingError(
        message: "the text is marked as \(mark.rawValue) but looks like UTF-32, which is not read; "
          + "export it as UTF-8",
        hex: Hex.encode(sample.prefix(8)))
    }
    if let declared, declared != encoding {
      // In UTF-16 the declared byte order may simply be the unknown one.
      throw TextEncodingError(
        message: "the text is declared as \(declared.rawValue) but its byte order mark says "
          + "\(mark.rawValue); change the declaration",
        hex: Hex.encode(sample.prefix(encoding == .utf8 ? 3 : 2)))
    }
    return encoding
  }

  /// How many of the first 64 units are zero, which only UTF-32 has every second one of.
  private static func zeroUnits(_ sample: [UInt8], _ encoding: TextEncoding) -> Int {
    var count = 0
    for i in stride(from: 2, to: min(sample.count - 1, 130), by: 2)
    where sample[i] == 0 && sample[i + 1] == 0 {
      count += 1
    }
    return count
  }

  private static func guess(_ sample: [UInt8]) -> TextEncoding {
    let zeros = zeroPattern(sample)
    if let zeros { return zeros }
    return isUTF8(sample) ? .utf8 : .windows1252
  }

  /// UTF-16 without mark: western text has a zero byte in nearly every unit, on one side.
  private static func zeroPattern(_ sample: [UInt8]) -> TextEncoding? {
    var even = 0
    var odd = 0
    for (i, byte) in sample.enumerated() where byte == 0 {
      if i % 2 == 0 { even += 1 } else { odd += 1 }
    }
    let units = sample.count / 2
    guard units > 0 else { return nil }
    if odd * 10 > units * 3, even * 10 < units { return .utf16LE }
    if even * 10 > units * 3, odd * 10 < units { return .utf16BE }
    return nil
  }

  /// Whether a sample is valid UTF-8, but for a sequence that its end cuts.
  private static func isUTF8(_ sample: [UInt8]) -> Bool {
    let end = UTF8Check.validEnd(sample.span)
    return end == sample.count || UTF8Check.isCut(sample.span, end)
  }
}
