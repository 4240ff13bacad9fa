/// Reads JSON values one per line out of chunks of bytes: one line in memory at a time.
///
/// LF and CR LF end a line; blank lines are skipped; the last line needs no end.
public struct NDJSONReader: Sendable {
  private let limits: JSONLimits
  private var buffer: [UInt8] = []
  private var start = 0
  private var scanned = 0
  private var ended = false
  private var failed = false
  /// The number of the line last looked at, counted from 1.
  public private(set) var line = 0
  /// The bytes of that line, without its end.
  public private(set) var bytes: [UInt8] = []

  /// A reader; `limits.bytesMax` holds per line.
  public init(limits: JSONLimits = .standard) { self.limits = limits }

  /// Takes the next bytes of the text.
  public mutating func feed(_ chunk: some Sequence<UInt8>) {
    if start > 0 {
      buffer.removeFirst(start)
      scanned -= start
      start = 0
    }
    buffer.append(contentsOf: chunk)
  }

  /// Says that no more bytes follow, so that the last line counts without its end.
  public mutating func finish() { ended = true }

  /// The next line's value; nil when more bytes are needed or all are read.
  ///
  /// Throws the line's error with its number in the whole text; reading may go on behind it.
  public mutating func next() throws(JSONError) -> JSONDocument? {
    while let range = nextLine() {
      line += 1
      if failed {
        failed = false
        continue
      }
      bytes = Array(buffer[range])
      if bytes.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) { continue }
      do throws(JSONError) {
        return try JSONDocument(bytes, limits: limits)
      } catch {
        throw JSONError(
          message: error.message, line: line, column: error.column, offset: error.offset,
          isDuplicateKey: error.isDuplicateKey)
      }
    }
    try refuseLongLine()
    return nil
  }

  private mutating func nextLine() -> Range<Int>? {
    while scanned < buffer.count, buffer[scanned] != 0x0A { scanned += 1 }
    if scanned < buffer.count {
      defer {
        scanned += 1
        start = scanned
      }
      return start..<scanned
    }
    guard ended, start < buffer.count else { return nil }
    defer { start = buffer.count }
    return start..<buffer.count
  }

  /// A line still without end beyond the limit is reported once and its rest is passed over.
  private mutating func refuseLongLine() throws(JSONError) {
    guard buffer.count - start > limits.bytesMax else { return }
    let known = failed
    failed = true
    start = buffer.count
    guard !known else { return }
    throw JSONError(
      message: "line is longer than bytesMax = \(limits.bytesMax) bytes", line: line + 1,
      column: 1, offset: 0)
  }
}
