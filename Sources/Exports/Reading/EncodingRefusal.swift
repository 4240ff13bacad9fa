public import Formats

/// Tells why bytes are no text, and in which encodings they would be one.
struct EncodingRefusal {
  /// How many readings a message names.
  static let readingsMax = 3

  /// The refusal of what is in a container.
  ///
  /// The container is read once more, to its end where that can be.
  static func refusal(
    _ error: TextEncodingError, _ encoding: TextEncoding, isDeclared: Bool,
    in container: ExportContainer
  ) -> ExportRefusal {
    let evidence = evidence(in: container)
    let place = (error.line, error.column)
    if encoding == .utf8, evidence.isNearlyUTF8, !error.isCut || evidence.strayBytes > 3 {
      return ExportRefusal(
        .encoding, nearlyUTF8(evidence), line: place.0, column: place.1,
        advice: "have the source write the whole export in UTF-8: in any other encoding its "
          + "sound letters would be wrong")
    }
    if error.isCut, encoding != .utf8 || evidence.sequences > 0 {
      return ExportRefusal(.truncated, error.message, line: place.0, column: place.1)
    }
    let what = isDeclared ? error.message : "this is no UTF-8, and no other encoding is declared"
    return ExportRefusal(
      .encoding, what + readings(EncodingCandidates(evidence)), line: place.0, column: place.1)
  }

  /// What the bytes in a container tell, as far as it can be read.
  static func evidence(in container: ExportContainer) -> EncodingEvidence {
    var evidence = EncodingEvidence()
    guard var stream = try? container.stream() else { return evidence }
    while let piece = try? stream.next() { evidence.add(piece) }
    evidence.finish()
    return evidence
  }

  private static func nearlyUTF8(_ evidence: EncodingEvidence) -> String {
    let count = evidence.strayBytes
    let strays = evidence.strayReadings.map { "0x\($0.hex) (“\($0.word)” in \($0.encoding))" }
    return "the text is UTF-8 but for \(count) \(count == 1 ? "byte" : "bytes"): "
      + strays.joined(separator: ", ") + (count > strays.count ? " and others" : "")
  }

  private static func readings(_ candidates: EncodingCandidates) -> String {
    let told = candidates.ranked.prefix(readingsMax)
      .map { "as \($0.name): \($0.words.prefix(2).joined(separator: " "))" }
    return told.isEmpty ? "" : "; it reads " + told.joined(separator: "; ")
  }
}

extension ExportFile {
  /// The encodings that fit the text of this file, packed or not, the likeliest first; it is read
  /// to its end.
  ///
  /// `member` names the file in an archive of several. Throws `ExportRefusal` where the container
  /// can't be opened.
  public func encodings(
    member: String? = nil, limits: ExportLimits = .standard
  ) throws -> EncodingCandidates {
    do {
      let container = try ExportContainer(self, bytes, member: member, limits: limits)
      return EncodingCandidates(EncodingRefusal.evidence(in: container))
    } catch let refusal as ExportRefusal {
      throw refusal.naming(name)
    }
  }
}
