import Formats

/// The text of an export as UTF-8 without byte order mark, and how it was encoded.
struct DecodedText {
  /// How much of a text is looked at, in bytes.
  static let sampleBytes = 1 << 20

  let stream: any ByteStream
  let encoding: String
  let hasByteOrderMark: Bool

  /// Decodes what is in a container by a declared encoding or, without one, by its byte order mark
  /// and its first bytes.
  ///
  /// JSON and XML are Unicode unless they say otherwise (`isUnicode`).
  init(_ container: ExportContainer, encoding name: String?, isUnicode: Bool = false) throws {
    let raw = PreparedStream(try container.stream())
    let sample = try raw.beginning(Self.sampleBytes)
    hasByteOrderMark = ByteOrderMark(sample) != nil
    var declared = try name.map(Self.encoding)
    // `utf-16` alone leaves the byte order to the mark.
    if hasByteOrderMark, let name, ["utf16", "unicode", "ucs2"].contains(Self.plain(name)) {
      declared = nil
    }
    let encoding: TextEncoding
    do throws(TextEncodingError) {
      encoding = try TextEncoding.resolve(sample: sample, declared: declared)
    } catch {
      throw ExportRefusal(error)
    }
    let isGuess = isUnicode && declared == nil && encoding == .windows1252
    self.encoding = (isGuess ? .utf8 : encoding).rawValue
    stream = DecodingStream(raw, TextDecoder(isGuess ? .utf8 : encoding))
  }

  private static func encoding(_ name: String) throws -> TextEncoding {
    if let encoding = TextEncoding(name: name) { return encoding }
    // ASCII is the part that all of them share.
    if ["usascii", "ascii"].contains(plain(name)) { return .utf8 }
    let names = TextEncoding.allCases.map(\.rawValue).joined(separator: ", ")
    throw ExportRefusal(.encoding, "the encoding “\(name)” is not known; known are \(names)")
  }

  private static func plain(_ name: String) -> String {
    name.lowercased().filter { $0.isLetter || $0.isNumber }
  }
}

/// A stream of text, decoded piece by piece.
struct DecodingStream: ByteStream {
  private var base: any ByteStream
  private var decoder: TextDecoder
  private var ended = false

  init(_ base: any ByteStream, _ decoder: TextDecoder) {
    self.base = base
    self.decoder = decoder
  }

  mutating func next() throws -> [UInt8]? {
    while !ended {
      let piece = try base.next()
      let text: [UInt8]
      do throws(TextEncodingError) {
        if let piece {
          text = try decoder.decode(piece)
        } else {
          ended = true
          text = try decoder.finish()
        }
      } catch {
        throw ExportRefusal(error)
      }
      if !text.isEmpty { return text }
    }
    return nil
  }
}

extension ExportRefusal {
  init(_ error: TextEncodingError) {
    self.init(.encoding, error.message, line: error.line, column: error.column)
  }
}
