/// Some rows of a delimited text that follow each other, known by the digest of their bytes.
///
/// A row starts and ends a stretch, so equal bytes between two rows of another text are the same
/// rows, whatever stands around them.
public struct CSVStretch: Sendable, Hashable {
  /// The SHA-256 of its bytes, 32 bytes.
  public let digest: [UInt8]
  /// A hash of its first bytes, to look for it by (`CSVReader.beginning`).
  public let beginning: UInt64
  /// How long it is in bytes.
  public let length: Int
  /// How many physical lines it has.
  public let lines: Int

  /// Takes all parts as they are.
  public init(digest: [UInt8], beginning: UInt64, length: Int, lines: Int) {
    self.digest = digest
    self.beginning = beginning
    self.length = length
    self.lines = lines
  }

  /// How many first bytes are hashed to look for a stretch; a shorter one is not noted.
  static let beginningBytes = 64

  /// Hashes the first bytes of what may be a stretch; for finding only, the digest decides.
  static func beginning(_ bytes: Span<UInt8>, _ start: Int) -> UInt64 {
    var hash: UInt64 = 0
    var at = start
    while at < start &+ beginningBytes {
      hash = (hash ^ load8(bytes, at)) &* 0x9E37_79B9_7F4A_7C15
      hash ^= hash >> 29
      at &+= 8
    }
    return hash
  }
}

/// A stretch while its rows are read.
struct OpenStretch: Sendable {
  private var hash = SHA256()
  private var length = 0
  private let beginning: UInt64
  private let line: Int
  /// The offset in the reader's buffer up to which nothing is hashed yet.
  private var offset: Int

  init(beginning: UInt64, line: Int, offset: Int) {
    self.beginning = beginning
    self.line = line
    self.offset = offset
  }

  func length(upTo end: Int) -> Int { length + end - offset }

  /// Takes what was read so far, before the buffer drops it.
  mutating func take(_ bytes: Span<UInt8>, upTo end: Int) {
    hash.update(bytes.extracting(offset..<end))
    length += end - offset
    offset = end
  }

  /// The buffer starts behind what was taken.
  mutating func restart() { offset = 0 }

  /// The stretch, once all of it was taken.
  mutating func closed(line end: Int) -> CSVStretch {
    CSVStretch(digest: hash.finish(), beginning: beginning, length: length, lines: end - line)
  }
}
