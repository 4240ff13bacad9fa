/// Finds the fields of one row in a buffer; knows nothing of chunks.
struct CSVScanner: Sendable {
  /// An error, with its offset in the buffer.
  struct Fault: Error {
    var error: CSVError
    var offset: Int
  }

  /// What tells fields apart, without the parts of a dialect that are counted when passed along.
  struct Signs: Sendable {
    let delimiter: UInt8
    let quote: UInt8?
    let escape: CSVDialect.Escape
    let trimsAroundQuotes: Bool
    let isStrict: Bool

    init(_ dialect: CSVDialect) {
      delimiter = dialect.delimiter
      quote = dialect.quote
      escape = dialect.escape
      trimsAroundQuotes = dialect.trimsAroundQuotes
      isStrict = dialect.isStrict
    }
  }

  /// Fields that are passed at a time.
  private static let fieldsAtATime = 32

  let dialect: Signs
  let limits: CSVLimits

  init(dialect: CSVDialect, limits: CSVLimits) {
    self.dialect = Signs(dialect)
    self.limits = limits
  }

  /// What one row's scan moves along.
  private struct Place {
    var at: Int
    var line: Int
    var lineStart: Int
    /// Set when the buffer ends before the row's end is certain.
    var isCut = false
  }

  /// Fills `row` from the row at `start`; nil if it may go on behind the buffer.
  func scan(
    _ bytes: Span<UInt8>, from start: Int, line: Int, isEnd: Bool, into row: inout CSVRow
  ) throws(Fault) -> (offset: Int, line: Int)? {
    row.clear(line: line)
    var place = Place(at: start, line: line, lineStart: start)
    while true {
      if passSimpleFields(bytes, start, &place, &row) { break }
      guard row.count < limits.fieldsPerRowMax else {
        throw limit(.fieldsPerRowMax, limits.fieldsPerRowMax, "fields", place, bytes)
      }
      try scanField(bytes, start, isEnd, &place, &row)
      if place.isCut { return try cut(bytes, start, row.line) }
      guard place.at < bytes.count, bytes[place.at] == dialect.delimiter else { break }
      place.at += 1
    }
    guard place.at - start <= limits.rowBytesMax else {
      throw limit(.rowBytesMax, limits.rowBytesMax, "bytes", place, bytes)
    }
    row.fill(from: bytes, start..<place.at, dialect)
    guard place.at < bytes.count else { return (place.at, place.line) }
    var next = place.at + 1
    if bytes[place.at] == 0x0D, next < bytes.count, bytes[next] == 0x0A { next += 1 }
    return (next, place.line + 1)
  }

  /// Passes fields that hold no escape, no line break and no stray quote; whether the row ends
  /// behind them.
  ///
  /// Nearly all are such. Else it leaves the place at the start of one that needs a closer look.
  @inline(__always)
  private func passSimpleFields(
    _ bytes: Span<UInt8>, _ rowStart: Int, _ place: inout Place, _ row: inout CSVRow
  ) -> Bool {
    guard hasSimpleFields else { return false }
    let (delimiter, quote) = (dialect.delimiter, dialect.quote ?? dialect.delimiter)
    let plain = ByteStops(delimiter, 0x0A, 0x0D, quote)
    let quoted = ByteStops(quote, 0x0A, 0x0D, quote)
    row.reserve(Self.fieldsAtATime)
    var (at, count, isWhole) = (place.at, row.count, false)
    let last = min(count &+ Self.fieldsAtATime, limits.fieldsPerRowMax)
    // One look at who owns the fields serves all of them.
    var fields = row.fields.mutableSpan
    while count < last, at < bytes.count {
      let isQuoted = bytes[at] == quote && quote != delimiter
      let start = isQuoted ? at &+ 1 : at
      let end = isQuoted ? quoted.next(bytes, start) : plain.next(bytes, start)
      let next = isQuoted ? end &+ 1 : end
      // What follows the last byte may decide what it is.
      guard next &+ 1 < bytes.count, !isQuoted || bytes[end] == quote else { break }
      let sign = bytes[next]
      guard sign == delimiter || sign == 0x0A || sign == 0x0D,
        end &- start <= limits.fieldBytesMax
      else { break }
      fields[count] = CSVRow.Field(
        start: UInt32(truncatingIfNeeded: start &- rowStart),
        end: UInt32(truncatingIfNeeded: end &- rowStart), isQuoted: isQuoted)
      count &+= 1
      place.at = next
      isWhole = sign != delimiter
      if isWhole { break }
      at = next &+ 1
      place.at = at
    }
    row.count = count
    return isWhole
  }

  /// Whether fields may be passed without looking for backslashes and for blanks before quotes.
  private var hasSimpleFields: Bool { dialect.escape == .doubled && !dialect.trimsAroundQuotes }

  private func cut(
    _ bytes: Span<UInt8>, _ start: Int, _ line: Int
  ) throws(Fault) -> (offset: Int, line: Int)? {
    guard bytes.count - start > limits.rowBytesMax else { return nil }
    let place = Place(at: start, line: line, lineStart: start)
    throw limit(.rowBytesMax, limits.rowBytesMax, "bytes", place, bytes)
  }

  /// One field; leaves the place at its delimiter, its line break or the end.
  @inline(__always)
  private func scanField(
    _ bytes: Span<UInt8>, _ rowStart: Int, _ isEnd: Bool, _ place: inout Place, _ row: inout CSVRow
  ) throws(Fault) {
    let start = place.at
    if dialect.trimsAroundQuotes { skipBlanks(bytes, &place) }
    if place.at < bytes.count, bytes[place.at] == dialect.quote {
      return try scanQuoted(bytes, rowStart, isEnd, &place, &row)
    }
    place.at = start
    var isEscaped = false
    try scanPlain(bytes, isEnd, &place, &isEscaped, isTail: false)
    try add(start..<place.at, rowStart, isQuoted: false, place, bytes, &row)
    if isEscaped {
      row.unfinished.append(
        CSVRow.Unfinished(
          field: row.count - 1, inner: start - rowStart..<place.at - rowStart, tail: 0..<0))
    }
  }

  /// Unquoted text up to its delimiter, line break or the end.
  @inline(__always)
  private func scanPlain(
    _ bytes: Span<UInt8>, _ isEnd: Bool, _ place: inout Place, _ isEscaped: inout Bool,
    isTail: Bool
  ) throws(Fault) {
    let quote = isTail ? dialect.delimiter : dialect.quote ?? dialect.delimiter
    let escape = dialect.escape == .backslash && !isTail ? 0x5C : dialect.delimiter
    let stops = ByteStops(dialect.delimiter, 0x0A, 0x0D, quote, escape)
    while true {
      place.at = stops.next(bytes, place.at)
      guard place.at < bytes.count else {
        place.isCut = !isEnd
        return
      }
      let byte = bytes[place.at]
      if byte == dialect.delimiter || byte == 0x0A { return }
      if byte == 0x0D {
        place.isCut = place.at + 1 == bytes.count && !isEnd
        return
      }
      if byte == 0x5C, dialect.escape == .backslash {
        guard place.at + 1 < bytes.count else {
          place.at += 1
          place.isCut = !isEnd
          return
        }
        isEscaped = true
        let next = bytes[place.at + 1]
        place.at += next == 0x0A || next == 0x0D ? 1 : 2
      } else {
        guard !dialect.isStrict else {
          throw fault(
            .strayQuote, "quote inside a field that does not start with one", place, bytes)
        }
        place.at += 1
      }
    }
  }

  private func scanQuoted(
    _ bytes: Span<UInt8>, _ rowStart: Int, _ isEnd: Bool, _ place: inout Place, _ row: inout CSVRow
  ) throws(Fault) {
    let quote = bytes[place.at]
    let opened = place
    place.at += 1
    let innerStart = place.at
    var isEscaped = false
    guard scanToClosingQuote(bytes, quote, isEnd, &place, &isEscaped) else {
      if !isEnd {
        place.isCut = true
        return
      }
      throw fault(
        .unterminatedQuote, "the quote opened here is never closed", opened, bytes)
    }
    let inner = innerStart..<place.at
    place.at += 1
    var tail = place.at..<place.at
    if dialect.trimsAroundQuotes { skipBlanks(bytes, &place) }
    if place.at < bytes.count, !isFieldEnd(bytes[place.at]) {
      guard !dialect.isStrict else {
        throw fault(.textAfterQuote, "text after the closing quote of a field", place, bytes)
      }
      let start = place.at
      var ignored = false
      try scanPlain(bytes, isEnd, &place, &ignored, isTail: true)
      tail = start..<place.at
    } else if !isEnd,
      place.at + (bytes.count > place.at && bytes[place.at] == 0x0D ? 1 : 0)
        >= bytes.count
    {
      place.isCut = true
    }
    try add(inner, rowStart, isQuoted: true, place, bytes, &row)
    if isEscaped || !tail.isEmpty {
      row.unfinished.append(
        CSVRow.Unfinished(
          field: row.count - 1,
          inner: inner.lowerBound - rowStart..<inner.upperBound - rowStart,
          tail: tail.lowerBound - rowStart..<tail.upperBound - rowStart))
    }
  }

  /// Moves to the closing quote, counting lines; false if the buffer ends first.
  private func scanToClosingQuote(
    _ bytes: Span<UInt8>, _ quote: UInt8, _ isEnd: Bool, _ place: inout Place,
    _ isEscaped: inout Bool
  ) -> Bool {
    let stops = ByteStops(quote, 0x0A, 0x0D, dialect.escape == .backslash ? 0x5C : quote)
    while true {
      place.at = stops.next(bytes, place.at)
      guard place.at < bytes.count else { return false }
      let byte = bytes[place.at]
      let next = place.at + 1 < bytes.count ? bytes[place.at + 1] : nil
      if byte == quote {
        // At the end of a chunk this may be the first of two.
        if next == nil { return isEnd }
        guard next == quote else { return true }
        isEscaped = true
        place.at += 2
      } else if byte == 0x0A || byte == 0x0D {
        place.at += byte == 0x0D && next == 0x0A ? 2 : 1
        place.line += 1
        place.lineStart = place.at
      } else {
        isEscaped = true
        place.at += next == 0x0A || next == 0x0D || next == nil ? 1 : 2
      }
    }
  }

  @inline(__always)
  private func add(
    _ range: Range<Int>, _ rowStart: Int, isQuoted: Bool, _ place: Place, _ bytes: Span<UInt8>,
    _ row: inout CSVRow
  ) throws(Fault) {
    guard range.count <= limits.fieldBytesMax else {
      throw limit(.fieldBytesMax, limits.fieldBytesMax, "bytes", place, bytes)
    }
    row.add(
      CSVRow.Field(
        start: UInt32(truncatingIfNeeded: range.lowerBound - rowStart),
        end: UInt32(truncatingIfNeeded: range.upperBound - rowStart), isQuoted: isQuoted))
  }

  private func isFieldEnd(_ byte: UInt8) -> Bool {
    byte == dialect.delimiter || byte == 0x0A || byte == 0x0D
  }

  private func skipBlanks(_ bytes: Span<UInt8>, _ place: inout Place) {
    while place.at < bytes.count, bytes[place.at] == 0x20 || bytes[place.at] == 0x09,
      bytes[place.at] != dialect.delimiter
    {
      place.at += 1
    }
  }

  // MARK: - Errors

  private func limit(
    _ code: CSVError.Code, _ limit: Int, _ unit: String, _ place: Place, _ bytes: Span<UInt8>
  ) -> Fault {
    let hint = dialect.quote == nil ? "is the delimiter right?" : "is a quote left open?"
    return fault(code, "beyond \(code.rawValue) = \(limit) \(unit); \(hint)", place, bytes)
  }

  private func fault(
    _ code: CSVError.Code, _ message: String, _ place: Place, _ bytes: Span<UInt8>
  ) -> Fault {
    var column = 1
    for i in place.lineStart..<min(place.at, bytes.count) where bytes[i] & 0xC0 != 0x80 {
      column += 1
    }
    let error = CSVError(code: code, message: message, line: place.line, column: column)
    return Fault(error: error, offset: place.at)
  }
}
