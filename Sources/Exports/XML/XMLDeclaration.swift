import Formats

/// The encoding of XML, as it says so itself.
enum XMLDeclaration {
  /// How much of a document is looked at for its declaration, in bytes.
  private static let sampleBytes = 400

  /// The name in `<?xml … encoding="…"?>`; nil without one, and where a mark at the start decides.
  static func encoding(in container: ExportContainer) throws -> String? {
    encoding(startingWith: try container.beginning())
  }

  private static func encoding(startingWith start: [UInt8]) -> String? {
    guard start.starts(with: Array("<?xml".utf8)) else { return nil }
    let declaration = String(
      decoding: start.prefix(sampleBytes).prefix { $0 != UInt8(ascii: ">") }, as: UTF8.self)
    guard let range = declaration.firstRange(of: "encoding") else { return nil }
    let rest = declaration[range.upperBound...].drop { $0 == "=" || $0.isWhitespace }
    guard let quote = rest.first, quote == "\"" || quote == "'" else { return nil }
    let name = String(rest.dropFirst().prefix { $0 != quote })
    // What reads as ASCII can't be in units of two bytes: the text was written anew since.
    let isWide = ["utf-16", "utf16", "ucs-2", "utf-32"].contains { name.lowercased().hasPrefix($0) }
    return isWide ? nil : name
  }

  /// The text of a document that stands in a container of its own, as UTF-8 without a mark: by its
  /// byte order mark, its first bytes, its declaration, else UTF-8 (XML 1.0 appendix F).
  static func decoded(_ part: any ByteStream) throws -> any ByteStream {
    let stream = PreparedStream(part)
    let start = try stream.beginning(sampleBytes)
    return DecodingStream(stream, TextDecoder(try encoding(of: start)))
  }

  private static func encoding(of start: [UInt8]) throws -> TextEncoding {
    if let mark = ByteOrderMark(start) {
      if let encoding = mark.encoding { return encoding }
      throw ExportRefusal(.encoding, "the text is marked as \(mark.rawValue), which is not read")
    }
    if start.starts(with: [0x3C, 0]) { return .utf16LE }
    if start.starts(with: [0, 0x3C]) { return .utf16BE }
    guard let name = encoding(startingWith: start) else { return .utf8 }
    guard let encoding = TextEncoding(name: name) else {
      throw ExportRefusal(.encoding, "the encoding “\(name)” is not known")
    }
    return encoding
  }
}

extension XMLTokens {
  /// Reads a part of a workbook.
  init(part: any ByteStream, limits: ExportLimits) throws {
    self.init(try XMLDeclaration.decoded(part), limits: limits)
  }
}
