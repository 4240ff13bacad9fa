import Formats

/// The encoding of XML, as it says so itself.
enum XMLDeclaration {
  /// How much of a document is looked at for its declaration, in bytes.
  private static let sampleBytes = 1_600

  /// The name in `<?xml … encoding="…"?>`; nil without one, and where a mark at the start decides.
  static func encoding(in container: ExportContainer) throws -> String? {
    encoding(startingWith: try container.beginning())
  }

  /// What the first bytes tell, with or without a declaration (XML 1.0, appendix F).
  private static func encoding(startingWith start: [UInt8]) -> String? {
    let start = Array(start.prefix(sampleBytes))
    guard let family = families.first(where: { start.starts(with: $0.start) }) else { return nil }
    if family.isWide { return family.name }
    guard let known = TextEncoding(name: family.name), var decoder = try? TextDecoder(known),
      let bytes = try? decoder.decode(start), let name = name(in: bytes)
    else { return nil }
    // What reads as ASCII can't be in units of two bytes: the text was written anew since.
    let isWide = ["utf-16", "utf16", "ucs-2", "utf-32"].contains { name.lowercased().hasPrefix($0) }
    return isWide ? nil : name
  }

  /// What the start of a document looks like, and an encoding that reads its declaration.
  private static let families: [(start: [UInt8], name: String, isWide: Bool)] = [
    (Array("<?xml".utf8), "iso-8859-1", false), ([0x4C, 0x6F, 0xA7, 0x94], "ibm037", false),
    ([0x3C, 0, 0, 0], "utf-32le", true), ([0, 0, 0, 0x3C], "utf-32be", true),
    ([0x3C, 0], "utf-16le", true), ([0, 0x3C], "utf-16be", true),
  ]

  private static func name(in bytes: [UInt8]) -> String? {
    let text = String(decoding: bytes.prefix { $0 != UInt8(ascii: ">") }, as: UTF8.self)
    guard let range = text.firstRange(of: "encoding") else { return nil }
    let rest = text[range.upperBound...].drop { $0 == "=" || $0.isWhitespace }
    guard let quote = rest.first, quote == "\"" || quote == "'" else { return nil }
    return String(rest.dropFirst().prefix { $0 != quote })
  }

  /// The text of a document that stands in a container of its own, as UTF-8 without a mark: by its
  /// byte order mark, its first bytes, its declaration, else UTF-8.
  static func decoded(_ part: any ByteStream) throws -> any ByteStream {
    let stream = PreparedStream(part)
    let start = try stream.beginning(sampleBytes)
    let name = ByteOrderMark(start) == nil ? encoding(startingWith: start) : nil
    let declared = try name.map(DecodedText.encoding)
    do throws(TextEncodingError) {
      let encoding = try TextEncoding.resolve(sample: start, declared: declared)
      return DecodingStream(stream, try TextDecoder(encoding)) { ExportRefusal($0) }
    } catch {
      throw ExportRefusal(error)
    }
  }
}

extension XMLTokens {
  /// Reads a part of a workbook.
  init(part: any ByteStream, limits: ExportLimits) throws {
    self.init(try XMLDeclaration.decoded(part), limits: limits)
  }
}
