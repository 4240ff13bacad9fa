import Formats

/// Remembers how a text ends while it streams by: its last byte and its last lines.
final class TextTail: ByteStream {
  /// How many of the last lines are kept.
  static let linesMax = 10
  /// How long a line that is told may be, in bytes of UTF-8; the rest of it is left out.
  static let lineBytesMax = 4 << 10

  private var base: any ByteStream
  /// The last pieces, as few as hold the lines that are kept.
  private var pieces: [[UInt8]] = []
  private var count = 0
  private var hasMore = false

  private static var bytesMax: Int { linesMax * lineBytesMax }

  init(_ base: any ByteStream) { self.base = base }

  func next() throws -> [UInt8]? {
    guard let piece = try base.next() else { return nil }
    pieces.append(piece)
    count += piece.count
    while let first = pieces.first, count - first.count >= Self.bytesMax {
      pieces.removeFirst()
      count -= first.count
      hasMore = true
    }
    return piece
  }

  /// Whether the text so far ends with the end of a line: LF, CR LF or CR; nil without any text.
  var endsWithNewline: Bool? {
    pieces.last?.last.map { $0 == 0x0A || $0 == 0x0D }
  }

  /// The last lines that are not empty, in their order and without their ends; at most `linesMax`.
  ///
  /// A line whose beginning was passed too long ago is left out.
  func lastLines(_ most: Int) -> [String] {
    guard most > 0 else { return [] }
    let bytes = Array(pieces.joined())
    var lines = bytes.split(omittingEmptySubsequences: false) { $0 == 0x0A || $0 == 0x0D }
    if hasMore { lines.removeFirst() }
    return lines.filter { !$0.isEmpty }
      .suffix(min(most, Self.linesMax))
      .map { String(decoding: $0.prefix(Self.lineBytesMax), as: UTF8.self) }
  }
}
