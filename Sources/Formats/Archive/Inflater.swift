/// Decompresses deflate data (RFC 1951) chunk by chunk.
///
/// Memory: 32 KiB of window, one chunk of output and 64 KiB of input.
struct Inflater {
  private enum Block {
    case none
    case stored(left: Int)
    case coded(literals: HuffmanTable, distances: HuffmanTable)
  }

  private static let windowBytes = 32 << 10
  private static let chunkBytes = 128 << 10
  private static let matchMax = 258

  var input: BitInput
  private var block = Block.none
  private var isLast = false
  private(set) var isFinished = false
  /// The window, then the chunk in the making; room for one match beyond it.
  private var out = [UInt8](repeating: 0, count: windowBytes + chunkBytes + matchMax)
  private var start = 0
  private var end = 0

  init(_ input: BitInput) { self.input = input }

  /// The next chunk of content; nil at its end.
  mutating func next() throws -> [UInt8]? {
    guard !isFinished else { return nil }
    slideWindow()
    while end - start < Self.chunkBytes, !isFinished {
      switch block {
      case .none: try openBlock()
      case .stored(let left): try copyStored(left)
      case .coded(let literals, let distances): try decode(literals, distances)
      }
    }
    return end > start ? Array(out[start..<end]) : nil
  }

  /// Starts another stream behind this one, with the bytes read ahead.
  mutating func restart() {
    (block, isLast, isFinished) = (.none, false, false)
    (start, end) = (0, 0)
  }

  private mutating func slideWindow() {
    let keep = min(end, Self.windowBytes)
    let shift = end - keep
    if shift > 0 {
      var window = out.mutableSpan
      for i in 0..<keep { window[i] = window[shift + i] }
    }
    start = keep
    end = keep
  }

  // MARK: - Blocks

  private mutating func openBlock() throws {
    if isLast {
      isFinished = true
      input.alignToByte()
      return
    }
    isLast = try input.take(1) == 1
    switch try input.take(2) {
    case 0:
      input.alignToByte()
      let length = try input.take(16)
      guard try input.take(16) == ~length & 0xFFFF else {
        throw ArchiveError(.malformed, "stored block whose two lengths disagree")
      }
      block = .stored(left: length)
    case 1: block = try Self.fixedCodes.get()
    case 2: try readTables()
    default: throw ArchiveError(.malformed, "unknown block type")
    }
  }

  private mutating func copyStored(_ length: Int) throws {
    var left = length
    while left > 0, end - start < Self.chunkBytes {
      let room = min(left, Self.chunkBytes - (end - start))
      let count = try input.copyBytes(to: &out, at: end, atMost: room)
      end += count
      left -= count
    }
    block = left > 0 ? .stored(left: left) : .none
  }

  /// The codes of section 3.2.6, built once.
  private static let fixedCodes = Result<Block, any Error> {
    var lengths = [UInt8](repeating: 8, count: 288)
    for symbol in 144..<256 { lengths[symbol] = 9 }
    for symbol in 256..<280 { lengths[symbol] = 7 }
    return .coded(
      literals: try HuffmanTable(lengths: lengths[...]),
      distances: try HuffmanTable(lengths: [UInt8](repeating: 5, count: 32)[...]))
  }

  /// The two codes of a dynamic block, section 3.2.7.
  private mutating func readTables() throws {
    let literalCount = try input.take(5) + 257
    let distanceCount = try input.take(5) + 1
    let lengthCount = try input.take(4) + 4
    guard literalCount <= 286, distanceCount <= 30 else {
      throw ArchiveError(.malformed, "too many symbols in a prefix code")
    }
    var order = [UInt8](repeating: 0, count: 19)
    for place in [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]
      .prefix(lengthCount)
    {
      order[place] = UInt8(try input.take(3))
    }
    let code = try HuffmanTable(lengths: order[...])
    let lengths = try readLengths(literalCount + distanceCount, code)
    guard lengths[256] != 0 else { throw ArchiveError(.malformed, "block without an end") }
    block = .coded(
      literals: try HuffmanTable(lengths: lengths[..<literalCount]),
      distances: try HuffmanTable(lengths: lengths[literalCount...]))
  }

  private mutating func readLengths(_ count: Int, _ code: HuffmanTable) throws -> [UInt8] {
    var lengths: [UInt8] = []
    while lengths.count < count {
      let symbol = try self.symbol(code)
      switch symbol {
      case 0..<16: lengths.append(UInt8(symbol))
      case 16:
        guard let last = lengths.last else {
          throw ArchiveError(.malformed, "nothing to repeat in a prefix code")
        }
        lengths += repeatElement(last, count: 3 + (try input.take(2)))
      case 17: lengths += repeatElement(0, count: 3 + (try input.take(3)))
      default: lengths += repeatElement(0, count: 11 + (try input.take(7)))
      }
    }
    guard lengths.count == count else {
      throw ArchiveError(.malformed, "too many lengths in a prefix code")
    }
    return lengths
  }

  private mutating func symbol(_ code: HuffmanTable) throws -> Int {
    try input.fill()
    guard let (symbol, width) = code.decode(input.bits) else {
      throw ArchiveError(.malformed, "bits that are no code")
    }
    try input.drop(width)
    return symbol
  }

  // MARK: - Compressed data

  /// Decodes until the chunk is full or the block ends.
  private mutating func decode(_ literals: HuffmanTable, _ distances: HuffmanTable) throws {
    var end = end
    let limit = start + Self.chunkBytes
    var input = self.input
    defer {
      self.end = end
      self.input = input
    }
    var window = out.mutableSpan
    while end < limit {
      // 48 bits hold the longest length and distance with their extra bits.
      if input.count < 48 { try input.fill() }
      guard let (symbol, width) = literals.decode(input.bits) else {
        throw ArchiveError(.malformed, "bits that are no code")
      }
      try input.drop(width)
      if symbol < 256 {
        window[end] = UInt8(truncatingIfNeeded: symbol)
        end &+= 1
        continue
      }
      if symbol == 256 {
        block = .none
        return
      }
      try Self.copyMatch(symbol, distances, &input, &window, &end)
    }
  }

  @inline(__always)
  private static func copyMatch(
    _ symbol: Int, _ distances: HuffmanTable, _ input: inout BitInput,
    _ window: inout MutableSpan<UInt8>, _ end: inout Int
  ) throws {
    guard symbol < 286 else { throw ArchiveError(.malformed, "unknown length symbol") }
    let (lengthBase, lengthBits) = lengthCodes[symbol - 257]
    let length = lengthBase + (try input.take(lengthBits))
    guard let (code, width) = distances.decode(input.bits) else {
      throw ArchiveError(.malformed, "bits that are no code")
    }
    try input.drop(width)
    guard code < 30 else { throw ArchiveError(.malformed, "unknown distance symbol") }
    let (distanceBase, distanceBits) = distanceCodes[code]
    let distance = distanceBase + (try input.take(distanceBits))
    guard distance <= end else {
      throw ArchiveError(.malformed, "distance that leads before the start")
    }
    // Overlaps on purpose: a distance shorter than the length repeats.
    for i in end..<end + length { window[i] = window[i &- distance] }
    end += length
  }

  /// Base and extra bits of the length symbols from 257 on, section 3.2.5.
  private static let lengthCodes: [(Int, Int)] = {
    var codes: [(Int, Int)] = []
    var base = 3
    for bits in [0, 0, 1, 2, 3, 4, 5] {
      for _ in 0..<4 {
        codes.append((base, bits))
        base += 1 << bits
      }
    }
    codes.append((258, 0))
    return codes
  }()

  /// Base and extra bits of the distance symbols, section 3.2.5.
  private static let distanceCodes: [(Int, Int)] = {
    var codes = [(1, 0), (2, 0)]
    var base = 3
    for bits in 0..<14 {
      for _ in 0..<2 {
        codes.append((base, bits))
        base += 1 << bits
      }
    }
    return codes
  }()
}
