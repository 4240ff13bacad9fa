import Formats

/// The text of an export as UTF-8 without byte order mark, and how it was encoded.
struct DecodedText {
  /// How much of a text is looked at, in bytes.
  static let sampleBytes = 1 << 20

  let stream: any ByteStream
  let encoding: String
  let hasByteOrderMark: Bool
  /// What the encoding was chosen from, where it was guessed.
  let guess: EncodingCandidates?

  /// Decodes what is in a container by a declared encoding or, without one, as UTF-8 or what a byte
  /// order mark says.
  ///
  /// To look at a file the likeliest encoding may be guessed where that does not fit.
  init(_ container: ExportContainer, encoding name: String?, mayGuess: Bool = false) throws {
    let raw = PreparedStream(try container.stream())
    let sample = try raw.beginning(Self.sampleBytes)
    hasByteOrderMark = ByteOrderMark(sample) != nil
    var declared = try name.map(Self.encoding)
    guess = mayGuess && name == nil && !hasByteOrderMark ? Self.guess(container) : nil
    if let guess { declared = guess.ranked.first.flatMap { TextEncoding(name: $0.name) } }
    do throws(TextEncodingError) {
      let encoding = try TextEncoding.resolve(sample: sample, declared: declared)
      self.encoding = encoding.name
      stream = DecodingStream(raw, try TextDecoder(encoding)) { error in
        EncodingRefusal.refusal(error, encoding, isDeclared: name != nil, in: container)
      }
    } catch {
      throw ExportRefusal(error)
    }
  }

  /// The encodings that fit; nil for UTF-8, also where a few bytes of it are damaged.
  private static func guess(_ container: ExportContainer) -> EncodingCandidates? {
    guard var stream = try? container.stream(), var decoder = try? TextDecoder(.utf8) else {
      return nil
    }
    do {
      while let piece = try stream.next() { _ = try decoder.decode(piece) }
      guard try decoder.finish().isEmpty, TextEncoding.isWide(try container.beginning()) else {
        return nil
      }
    } catch {
      guard error is TextEncodingError else { return nil }
    }
    let evidence = EncodingRefusal.evidence(in: container)
    return evidence.isNearlyUTF8 ? nil : EncodingCandidates(evidence)
  }

  /// The encoding of a name.
  ///
  /// Throws where the system does not know it.
  static func encoding(_ name: String) throws -> TextEncoding {
    if let encoding = TextEncoding(name: name) { return encoding }
    throw ExportRefusal(
      .encoding, "the encoding “\(name)” is not known on this system",
      advice: TextEncoding.advice(inPlaceOf: name))
  }
}

/// A stream of text, decoded piece by piece.
final class DecodingStream: ByteStream {
  private var base: any ByteStream
  private var decoder: TextDecoder
  private let refusal: (TextEncodingError) -> ExportRefusal
  private var ended = false

  /// `refusal` tells of bytes that are no text.
  init(
    _ base: any ByteStream, _ decoder: consuming TextDecoder,
    refusal: @escaping (TextEncodingError) -> ExportRefusal
  ) {
    self.base = base
    self.decoder = decoder
    self.refusal = refusal
  }

  func next() throws -> [UInt8]? {
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
        throw refusal(error)
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
