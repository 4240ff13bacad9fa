/// What the bytes of a text tell of its encoding, gathered piece by piece in bounded memory.
public struct EncodingEvidence: Sendable {
  /// How many different words with bytes outside ASCII are kept.
  static let wordsMax = 400
  /// How long a word that is kept may be, in bytes; the rest of it is left out.
  static let wordBytesMax = 120
  /// How long a word may be until its rest is only counted, in bytes.
  private static let restBytesMax = 64 << 10
  /// How much of the beginning is kept, in bytes.
  static let headBytesMax = 64 << 10

  /// How many sequences of several bytes are well-formed UTF-8.
  public private(set) var sequences = 0
  /// How many bytes are no part of well-formed UTF-8.
  public private(set) var strayBytes = 0
  /// The first of those, in the order of the text: the byte and the word that it stands in.
  private(set) var strayWords: [(byte: UInt8, word: [UInt8])] = []
  /// The bytes that are there.
  var bytes: [UInt8] { (UInt8.min...UInt8.max).filter { counts[Int($0)] > 0 } }
  /// How often each byte is there.
  private(set) var counts = [Int](repeating: 0, count: 256)
  /// The first bytes.
  private(set) var head: [UInt8] = []
  /// Words with bytes outside ASCII, each once, in their order.
  private(set) var words: [[UInt8]] = []
  private var known: Set<[UInt8]> = []
  /// What the last piece left over: the word that its end may have cut.
  private var rest: [UInt8] = []
  /// Whether the rest goes on with a word that was taken already.
  private var isInWord = false

  /// Nothing seen yet.
  public init() {}

  /// Takes the next piece of the text.
  public mutating func add(_ piece: [UInt8]) {
    for byte in piece { counts[Int(byte)] += 1 }
    if head.count < Self.headBytesMax { head += piece.prefix(Self.headBytesMax - head.count) }
    let bytes = rest + piece
    var end = bytes.lastIndex { !Self.isWordByte($0) }.map { $0 + 1 } ?? 0
    if bytes.count - end > Self.restBytesMax { end = Self.lastStart(bytes) }
    takeWords(bytes, upTo: end)
    rest = Array(bytes[end...])
  }

  /// Says that no more bytes follow.
  public mutating func finish() {
    takeWords(rest, upTo: rest.count)
    rest = []
  }

  /// Whether the text is UTF-8 but for a few bytes.
  ///
  /// In no other encoding do well-formed sequences come about by chance often enough.
  public var isNearlyUTF8: Bool { strayBytes > 0 && sequences >= strayBytes * 2 }

  /// The first bytes that are no UTF-8, each with its word as the likeliest encoding reads it.
  public var strayReadings: [(hex: String, word: String, encoding: String)] {
    var strays = EncodingEvidence()
    strays.add(Array(strayWords.map(\.word).joined(separator: [0x0A])))
    strays.finish()
    guard let name = EncodingCandidates(strays).ranked.first?.name,
      let encoding = TextEncoding(name: name), var decoder = try? TextDecoder(encoding)
    else { return [] }
    var readings: [(hex: String, word: String, encoding: String)] = []
    for stray in strayWords {
      let word = decoder.text(of: stray.word, mayBeCut: true) ?? ""
      readings.append((Hex.encode([stray.byte]).uppercased(), word, name))
    }
    return readings
  }

  /// Letters and digits of ASCII, and all that a character of several bytes may have behind its
  /// first byte in the encodings of the east.
  private static func isWordByte(_ byte: UInt8) -> Bool {
    byte >= 0x40 || (0x30...0x39).contains(byte)
  }

  /// Where the last character begins, if the bytes are UTF-8.
  private static func lastStart(_ bytes: [UInt8]) -> Int {
    max(bytes.count - 4, bytes.lastIndex { $0 & 0xC0 != 0x80 } ?? 0)
  }

  private mutating func takeWords(_ bytes: [UInt8], upTo end: Int) {
    var at = 0
    while at < end {
      if isInWord || Self.isWordByte(bytes[at]) {
        var stop = at
        while stop < end, Self.isWordByte(bytes[stop]) { stop += 1 }
        take(word: bytes[at..<stop])
        isInWord = stop == end
        at = stop
      }
      at += 1
    }
  }

  private mutating func take(word: ArraySlice<UInt8>) {
    let bytes = Array(word)
    var at = skipASCII(bytes.span, 0)
    guard at < bytes.count else { return }
    let kept = Array(bytes.prefix(Self.wordBytesMax))
    if !isInWord, words.count < Self.wordsMax, known.insert(kept).inserted { words.append(kept) }
    while at < bytes.count {
      let length = utf8Length(bytes.span, at)
      if length > 0 {
        sequences += 1
      } else {
        strayBytes += 1
        if strayWords.count < 3 { strayWords.append((bytes[at], kept)) }
      }
      at = skipASCII(bytes.span, at + max(1, length))
    }
  }
}
