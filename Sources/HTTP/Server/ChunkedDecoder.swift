/// Decodes a chunked content strictly (RFC 9112 §7.1), over as many reads as it takes.
///
///     4;ext␍␊ data ␍␊  0␍␊  trailer: x␍␊  ␍␊
///
/// Chunk sizes are plain hexadecimal without sign, blanks or prefix; extensions are skipped up to
/// the length of a line; trailer fields are checked and dropped.
struct ChunkedDecoder {
  private enum State {
    case size
    case data(left: Int)
    case dataEnd
    case trailer
    case done
  }

  private(set) var body: [UInt8] = []
  private var state = State.size
  private var trailerBytes = 0
  private let bodyBytesMax: Int
  private let lineBytesMax: Int
  private let trailerBytesMax: Int

  init(limits: HTTPServerLimits) {
    bodyBytesMax = limits.bodyBytesMax
    lineBytesMax = min(1_024, limits.headerBytesMax)
    trailerBytesMax = limits.headerBytesMax
  }

  /// True once the last chunk and the trailer section were read.
  var isDone: Bool {
    if case .done = state { true } else { false }
  }

  /// Takes what it can from `buffer[position...]` and returns the position after it.
  mutating func decode(_ buffer: [UInt8], from start: Int) throws(RequestRefusal) -> Int {
    var position = start
    while true {
      switch state {
      case .done:
        return position
      case .data(let left):
        let count = min(left, buffer.count - position)
        body.append(contentsOf: buffer[position..<(position + count)])
        position += count
        guard count == left else {
          state = .data(left: left - count)
          return position
        }
        state = .dataEnd
      case .dataEnd:
        guard buffer.count - position >= 2 else { return position }
        guard buffer[position] == 0x0D, buffer[position + 1] == 0x0A else {
          throw RequestRefusal(400, "chunk data is longer than its size")
        }
        position += 2
        state = .size
      case .size:
        guard let line = try line(buffer, from: position) else { return position }
        position = line.upperBound + 2
        state = try next(after: Self.size(buffer[line]))
      case .trailer:
        guard let line = try line(buffer, from: position) else { return position }
        position = line.upperBound + 2
        try takeTrailer(buffer[line])
      }
    }
  }

  private func next(after size: Int) throws(RequestRefusal) -> State {
    guard size <= bodyBytesMax - body.count else {
      throw RequestRefusal(413, "the content is larger than \(bodyBytesMax) bytes")
    }
    return size == 0 ? .trailer : .data(left: size)
  }

  private mutating func takeTrailer(_ line: ArraySlice<UInt8>) throws(RequestRefusal) {
    guard !line.isEmpty else {
      state = .done
      return
    }
    trailerBytes += line.count + 2
    if trailerBytes > trailerBytesMax {
      throw RequestRefusal(431, "the trailer section is larger than \(trailerBytesMax) bytes")
    }
    _ = try FieldLine.parse(line)
  }

  /// The next line without its CRLF, or nil while it is incomplete.
  private func line(
    _ buffer: [UInt8], from start: Int
  ) throws(RequestRefusal) -> Range<Int>? {
    var index = start
    while index < buffer.count {
      if buffer[index] == 0x0A {
        guard index > start, buffer[index - 1] == 0x0D else {
          throw RequestRefusal(400, "a chunk line ends without CRLF")
        }
        return start..<(index - 1)
      }
      if index > start, buffer[index - 1] == 0x0D { throw RequestRefusal(400, "a bare CR") }
      index += 1
      if index - start > lineBytesMax {
        throw RequestRefusal(400, "a chunk line is longer than \(lineBytesMax) bytes")
      }
    }
    return nil
  }

  private static func size(_ line: ArraySlice<UInt8>) throws(RequestRefusal) -> Int {
    var size = 0
    var digits = 0
    var index = line.startIndex
    while index < line.endIndex, let digit = PercentCoding.hexDigit(line[index]) {
      digits += 1
      guard digits <= 15 else { throw RequestRefusal(400, "the chunk size has too many digits") }
      size = size << 4 | Int(digit)
      index += 1
    }
    guard digits > 0 else { throw RequestRefusal(400, "the chunk size is not hexadecimal") }
    let rest = line[index...].trimmingBlanks
    guard rest.isEmpty ? index == line.endIndex : rest.first == 0x3B else {
      throw RequestRefusal(400, "the chunk size is not hexadecimal")
    }
    guard rest.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }) else {
      throw RequestRefusal(400, "a chunk extension has control characters")
    }
    return size
  }
}
