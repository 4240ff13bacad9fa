/// The encodings that fit a text, ranked by how likely their letters are; a guess, to be checked by
/// a person who knows the words.
public struct EncodingCandidates: Sendable, Hashable {
  /// One reading of a text.
  public struct Candidate: Sendable, Hashable {
    /// The likeliest encoding that reads it so.
    public let name: String
    /// Others that read every word alike.
    public let alike: [String]
    /// A few words with letters outside ASCII as they read, those first that tell the readings
    /// apart.
    public let words: [String]
    /// How likely the letters are, 0 to 1: 1 if one language has all of them.
    public let score: Double
  }

  /// The readings, the likeliest first; none for text that is ASCII.
  public let ranked: [Candidate]

  /// How sure the first one is, 0 to 1: its score, halved where the next is as good.
  public var confidence: Double {
    guard let best = ranked.first, best.score > 0 else { return 0 }
    let next = ranked.dropFirst().first.map { max(0, $0.score) } ?? 0
    return best.score * (1 - next / best.score / 2)
  }

  /// Why the first one may be wrong, in words for a person; nil where nothing fits.
  public var doubt: String? {
    guard let best = ranked.first else { return nil }
    var reasons: [String] = []
    if let next = ranked.dropFirst().first, next.score >= best.score * 0.8 {
      reasons.append("\(next.name) is nearly as likely (\(next.words.first ?? ""))")
    }
    if !best.alike.isEmpty {
      reasons.append("\(best.alike.prefix(3).joined(separator: ", ")) reads these words alike")
    }
    return (["a guess: many encodings fit any bytes"] + reasons).joined(separator: "; ")
  }

  /// Ranks what fits.
  public init(_ evidence: EncodingEvidence) {
    if let wide = TextEncoding.widePattern(evidence.head) {
      ranked = Self.rank([Reading(wide, evidence.head, isHead: true)].compactMap(\.self))
    } else if Self.looksLikeEBCDIC(evidence.counts) {
      ranked = Self.rank(
        Self.ebcdic.compactMap { Reading($0, evidence.head, isHead: true) })
    } else {
      ranked = Self.rank(Self.narrow.compactMap { Reading($0, evidence) })
    }
  }

  private static let ebcdic = ["ibm037", "ibm273", "ibm500", "ibm1047", "ibm1141", "ibm1140"]
    .compactMap { TextEncoding(name: $0) }

  /// Those in which ASCII is written as ASCII.
  private static let narrow = TextEncoding.usual.compactMap { TextEncoding(name: $0) }
    .filter { !$0.name.hasPrefix("ibm") && !$0.name.hasPrefix("utf-") }
    .filter { !$0.name.hasPrefix("iso-2022") && $0.name != "us-ascii" }

  /// Whether most bytes are letters, digits and blanks of EBCDIC, and few such of ASCII.
  private static func looksLikeEBCDIC(_ counts: [Int]) -> Bool {
    let all = counts.reduce(0, +)
    let letters = [0x81...0x89, 0x91...0x99, 0xA2...0xA9, 0xC1...0xC9, 0xD1...0xD9, 0xE2...0xE9]
    let plain = ([0x40...0x40, 0xF0...0xF9] + letters).reduce(0) { $0 + counts[$1].reduce(0, +) }
    let ascii = counts[0x61...0x7A].reduce(0, +) + counts[0x30...0x39].reduce(0, +)
    return all > 0 && plain * 10 > all * 6 && ascii * 5 < all
  }

  /// The readings that differ, the likelier first.
  private static func rank(_ readings: [Reading]) -> [Candidate] {
    var groups: [[Reading]] = []
    for reading in readings {
      if let place = groups.firstIndex(where: { $0[0].words == reading.words }) {
        groups[place].append(reading)
      } else {
        groups.append([reading])
      }
    }
    // Stable: of equally likely ones the more usual stands first.
    let sorted = groups.enumerated().sorted { a, b in
      (b.element[0].rank, a.offset) < (a.element[0].rank, b.offset)
    }.map(\.element)
    return sorted.enumerated().map { place, group in
      let rival = sorted[place == 0 ? min(1, sorted.count - 1) : 0][0]
      return Candidate(
        name: group[0].name, alike: group.dropFirst().map(\.name),
        words: group[0].telling(from: rival), score: max(0, group[0].score))
    }
  }
}

/// A text as one encoding reads it.
private struct Reading {
  let name: String
  let words: [String]
  let score: Double

  /// The score, and what speaks for an encoding before any letter is seen.
  var rank: Double {
    switch name {
    case "windows-1252": score + 0.2
    case "windows-1250": score + 0.18
    case "iso-8859-1", "iso-8859-2", "iso-8859-5", "iso-8859-7", "iso-8859-9", "iso-8859-15",
      "koi8-r", "gb18030", "cp932", "cp949", "big5", "euc-jp":
      score + 0.1
    case "cp850", "cp852", "cp866", "macintosh", "mac-cyrillic": score + 0.05
    default: score + (name.hasPrefix("windows-") ? 0.15 : 0)
    }
  }

  /// How many words are told.
  private static let toldMax = 3
  /// How long a word that is told may be, in characters.
  private static let toldCharactersMax = 24

  /// Nil where some byte does not fit, or would be a control character: words have none.
  init?(_ encoding: TextEncoding, _ evidence: EncodingEvidence) {
    guard var decoder = try? TextDecoder(encoding), decoder.has(evidence.bytes) else { return nil }
    var words: [String] = []
    for bytes in evidence.words {
      let mayBeCut = bytes.count >= EncodingEvidence.wordBytesMax
      guard let text = decoder.text(of: bytes, mayBeCut: mayBeCut), !Self.hasControls(text) else {
        return nil
      }
      words.append(text)
    }
    guard !words.isEmpty else { return nil }
    self.init(encoding.name, words)
  }

  private static func hasControls(_ text: String) -> Bool {
    text.unicodeScalars.contains { $0.properties.generalCategory == .control }
  }

  /// A reading of the beginning of a text, cut into words here.
  init?(_ encoding: TextEncoding, _ head: [UInt8], isHead: Bool) {
    guard var decoder = try? TextDecoder(encoding),
      let text = decoder.text(of: head, mayBeCut: true)
    else { return nil }
    let words = text.split { !$0.isLetter }.filter { $0.utf8.count > 1 }.prefix(
      EncodingEvidence.wordsMax)
    // Those with other letters than ASCII's tell the code pages apart.
    let (plain, other) = (
      words.filter { $0.utf8.allSatisfy { $0 < 0x80 } },
      words.filter { !$0.utf8.allSatisfy { $0 < 0x80 } }
    )
    guard !words.isEmpty else { return nil }
    self.init(encoding.name, (other + plain).map(String.init))
  }

  private init(_ name: String, _ words: [String]) {
    self.name = name
    self.words = words
    score = LetterModel.score(words)
  }

  /// The first words that another reading has otherwise.
  func telling(from other: Reading) -> [String] {
    let pairs = words.enumerated()
    let telling = pairs.filter { $0 >= other.words.count || other.words[$0] != $1 }.map(\.element)
    return (telling.isEmpty ? words : telling).prefix(Self.toldMax)
      .map { String($0.prefix(Self.toldCharactersMax)) }
  }
}

extension TextDecoder {
  /// The text of some bytes by themselves, nil where they are none.
  mutating func text(of bytes: [UInt8], mayBeCut: Bool) -> String? {
    restart()
    guard var text = try? decode(bytes) else { return nil }
    do {
      text += try finish()
    } catch {
      if !mayBeCut { return nil }
    }
    return String(decoding: text, as: UTF8.self)
  }
}
