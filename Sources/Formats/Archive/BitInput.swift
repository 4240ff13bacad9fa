/// Reads bits, lowest first (RFC 1951 section 3.1.1), and whole bytes out of a byte source.
struct BitInput {
  private let source: any ByteSource
  private let end: Int
  private var offset: Int
  private var chunk: [UInt8] = []
  private var at = 0
  /// Bits read ahead; those above `count` are zero.
  private(set) var bits: UInt64 = 0
  private(set) var count = 0

  private static let chunkBytes = 64 << 10

  init(_ source: any ByteSource, range: Range<Int>) {
    self.source = source
    offset = range.lowerBound
    end = range.upperBound
  }

  /// How many bytes have been taken, whole ones read ahead not counted.
  func taken(since start: Int) -> Int { offset - (chunk.count - at) - count / 8 - start }

  /// Reads ahead: at least 56 bits, fewer only at the end.
  @inline(__always)
  mutating func fill() throws {
    if at &+ 8 <= chunk.count {
      bits |= load8(chunk.span, at) << UInt64(count)
      let added = (63 &- count) >> 3
      at &+= added
      count &+= added &* 8
      // Bits above `count` were loaded too and will come again.
      bits &= ~0 >> UInt64(64 &- count)
      return
    }
    try fillSlowly()
  }

  private mutating func fillSlowly() throws {
    while count < 56 {
      if at == chunk.count {
        guard offset < end else { return }
        chunk = try source.read(at: offset, count: min(Self.chunkBytes, end - offset))
        at = 0
        guard !chunk.isEmpty else { throw Self.truncated }
        offset += chunk.count
      }
      bits |= UInt64(chunk[at]) << UInt64(count)
      at += 1
      count += 8
    }
  }

  /// Drops bits that were looked at; throws if they were not there.
  @inline(__always)
  mutating func drop(_ width: Int) throws {
    guard width <= count else { throw Self.truncated }
    bits >>= UInt64(width)
    count &-= width
  }

  /// The next bits as a number; at most 32.
  @inline(__always)
  mutating func take(_ width: Int) throws -> Int {
    if count < width { try fill() }
    let value = Int(bits & (1 << UInt64(width) &- 1))
    try drop(width)
    return value
  }

  /// Goes on to the next whole byte.
  mutating func alignToByte() {
    let loose = count & 7
    bits >>= UInt64(loose)
    count -= loose
  }

  /// The next byte, nil at the end; only on a byte border.
  mutating func byte() throws -> UInt8? {
    if count < 8 { try fill() }
    guard count >= 8 else { return nil }
    return UInt8(try take(8))
  }

  /// Copies up to so many bytes and says how many; throws at the end; only on a byte border.
  mutating func copyBytes(to out: inout [UInt8], at place: Int, atMost most: Int) throws -> Int {
    if count >= 8 || at == chunk.count {
      guard let byte = try byte() else { throw Self.truncated }
      out[place] = byte
      return 1
    }
    let length = min(most, chunk.count - at)
    for i in 0..<length { out[place + i] = chunk[at + i] }
    at += length
    return length
  }

  /// A little-endian number of so many bytes; only on a byte border.
  mutating func number(bytes: Int) throws -> Int {
    var value = 0
    for i in 0..<bytes { value |= try take(8) << (8 * i) }
    return value
  }

  static var truncated: ArchiveError { ArchiveError(.truncated, "compressed data ends too early") }
}
