/// Reads the rows of a delimited text (RFC 4180 and its relatives) out of chunks of UTF-8.
///
/// Memory: one chunk and one row. Lines are physical: breaks inside quotes count.
///
///     var row = CSVRow()
///     reader.feed(chunk)
///     while try reader.next(into: &row) { … }
public struct CSVReader: Sendable {
  private let scanner: CSVScanner
  private let comment: [UInt8]
  private let skipsBlankLines: Bool
  private var buffer: [UInt8] = []
  private var start = 0
  private var ended = false
  private var stopped = false
  /// Set after a row's error and in a comment, until that physical line is passed.
  private var isSkippingLine = false
  /// A row that did not fit is looked at again only when twice as much is there.
  private var wanted = 0
  /// The stretch that is noted at present.
  private var open: OpenStretch?
  /// The byte before the buffer.
  private var lastDropped: UInt8 = 0
  /// The physical line that comes next, counted from 1.
  public private(set) var line = 1

  /// A reader for one text.
  public init(dialect: CSVDialect = .standard, limits: CSVLimits = .standard) {
    scanner = CSVScanner(dialect: dialect, limits: limits)
    comment = dialect.comment
    skipsBlankLines = dialect.blankLines == .skip
  }

  /// Takes the next bytes of the text.
  public mutating func feed(_ chunk: [UInt8]) {
    dropRead()
    buffer.append(contentsOf: chunk)
  }

  /// Takes the next bytes of the text.
  public mutating func feed(_ chunk: ArraySlice<UInt8>) {
    dropRead()
    buffer.append(contentsOf: chunk)
  }

  /// Says that no more bytes follow.
  public mutating func finish() { ended = true }

  /// The next row; nil when more bytes are needed or all are read.
  public mutating func next() throws(CSVError) -> CSVRow? {
    var row = CSVRow()
    return try next(into: &row) ? row : nil
  }

  /// Fills `row` with the next row; false when more bytes are needed or all are read.
  ///
  /// After an error with `isRowOnly` the row has the fields before it, and reading goes on with the
  /// next physical line; after any other there are no more rows.
  public mutating func next(into row: inout CSVRow) throws(CSVError) -> Bool {
    guard !stopped else { return false }
    let bytes = buffer
    guard passBadLine(bytes.span) else { return false }
    skipBlankLines(bytes.span)
    if !comment.isEmpty, !passComments(bytes.span) { return false }
    guard start < bytes.count, ended || bytes.count - start >= wanted else { return false }
    do throws(CSVScanner.Fault) {
      let end = try scanner.scan(bytes.span, from: start, line: line, isEnd: ended, into: &row)
      guard let end else {
        wanted = min((bytes.count - start) * 2, scanner.limits.rowBytesMax + 1)
        return false
      }
      start = end.offset
      line = end.line
      wanted = 0
      return true
    } catch {
      // What stands before the error may tell which record the row is about.
      if error.error.isRowOnly { row.fill(from: bytes.span, start..<error.offset, scanner.dialect) }
      recover(error)
      throw error.error
    }
  }

  /// Empty lines before a row.
  private mutating func skipBlankLines(_ bytes: Span<UInt8>) {
    guard skipsBlankLines else { return }
    while start < bytes.count {
      let byte = bytes[start]
      guard byte == 0x0A || byte == 0x0D else { return }
      if byte == 0x0D {
        guard start + 1 < bytes.count || ended else { return }
        if start + 1 < bytes.count, bytes[start + 1] == 0x0A { start += 1 }
      }
      start += 1
      line += 1
    }
  }

  /// Passes lines of comment before a row; false when more bytes are needed to tell.
  private mutating func passComments(_ bytes: Span<UInt8>) -> Bool {
    let mark = comment
    while true {
      var same = 0
      while same < mark.count, start + same < bytes.count, bytes[start + same] == mark[same] {
        same += 1
      }
      guard same == mark.count else { return ended || start + same < bytes.count }
      isSkippingLine = true
      guard passBadLine(bytes) else { return false }
      skipBlankLines(bytes)
    }
  }

  /// Goes to the place of a row's error, or stops for good.
  private mutating func recover(_ fault: CSVScanner.Fault) {
    guard fault.error.isRowOnly else {
      stopped = true
      open = nil
      buffer = []
      start = 0
      return
    }
    start = fault.offset
    line = fault.error.line
    wanted = 0
    isSkippingLine = true
  }

  /// Passes the rest of the line of an error; false when its end is not there yet.
  private mutating func passBadLine(_ bytes: Span<UInt8>) -> Bool {
    guard isSkippingLine else { return true }
    while start < bytes.count, bytes[start] != 0x0A, bytes[start] != 0x0D { start += 1 }
    guard start < bytes.count else { return false }
    if bytes[start] == 0x0D {
      guard start + 1 < bytes.count || ended else { return false }
      if start + 1 < bytes.count, bytes[start + 1] == 0x0A { start += 1 }
    }
    start += 1
    line += 1
    isSkippingLine = false
    return true
  }

  private mutating func dropRead() {
    guard start > 0 else { return }
    lastDropped = buffer[start - 1]
    if var noted = open.take() {
      noted.take(buffer.span, upTo: start)
      noted.restart()
      open = noted
    }
    buffer.removeFirst(start)
    start = 0
  }

  // MARK: - Stretches

  /// Whether the next byte starts a row: a line feed went before, and no error has to be passed.
  public var isBetweenRows: Bool {
    guard !isSkippingLine, !stopped else { return false }
    return (start > 0 ? buffer[start - 1] : lastDropped) == 0x0A
  }

  /// How many bytes were fed and not read.
  public var unread: Int { buffer.count - start }

  /// A hash of the bytes that come next; nil until enough of them were fed.
  public var beginning: UInt64? {
    guard unread >= CSVStretch.beginningBytes else { return nil }
    return CSVStretch.beginning(buffer.span, start)
  }

  /// Starts to note a stretch, in place of any other; false unless it stands between two rows and
  /// enough bytes were fed.
  public mutating func openStretch() -> Bool {
    open = nil
    guard isBetweenRows, let beginning else { return false }
    open = OpenStretch(beginning: beginning, line: line, offset: start)
    return true
  }

  /// How many bytes the noted stretch has so far; 0 without one.
  public var stretchLength: Int { open?.length(upTo: start) ?? 0 }

  /// Ends the noted stretch; nil if it is none: too short, or not at the end of a row.
  public mutating func closeStretch() -> CSVStretch? {
    guard var ended = open.take() else { return nil }
    guard isBetweenRows, ended.length(upTo: start) >= CSVStretch.beginningBytes else { return nil }
    ended.take(buffer.span, upTo: start)
    return ended.closed(line: line)
  }

  /// Passes a stretch whose bytes come next; false, and nothing is passed, if they are others.
  ///
  /// All of its bytes must have been fed, and it must stand between two rows.
  public mutating func pass(_ stretch: CSVStretch) -> Bool {
    guard isBetweenRows, unread >= stretch.length else { return false }
    var hash = SHA256()
    hash.update(buffer.span.extracting(start..<start + stretch.length))
    guard hash.finish() == stretch.digest else { return false }
    open = nil
    start += stretch.length
    line += stretch.lines
    wanted = 0
    return true
  }
}
