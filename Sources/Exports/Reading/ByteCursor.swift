import Formats

/// A place in a stream of UTF-8 that looks one byte ahead and counts lines and columns.
struct ByteCursor {
  private var stream: any ByteStream
  private var piece: [UInt8] = []
  private var index = 0
  private var ended = false
  /// The line of the next byte, counted from 1; LF ends a line.
  private(set) var line = 1
  /// The column of the next byte, counted from 1, in Unicode scalars.
  private(set) var column = 1

  init(_ stream: any ByteStream) { self.stream = stream }

  /// The next byte, left where it is; nil at the end.
  @inline(__always)
  mutating func peek() throws -> UInt8? {
    if index < piece.count { return piece[index] }
    return try refill() ? piece[index] : nil
  }

  /// Passes the byte that `peek` has shown.
  @inline(__always)
  mutating func advance() {
    count(piece[index])
    index &+= 1
  }

  /// The next byte, passed; nil at the end.
  @inline(__always)
  mutating func take() throws -> UInt8? {
    guard let byte = try peek() else { return nil }
    advance()
    return byte
  }

  /// Appends bytes up to the first that `stops`, which stays; false at the end of the stream or
  /// once `out` holds one byte more than `bytesMax`, wherever the pieces of the stream end.
  @inline(__always)
  mutating func take(
    into out: inout [UInt8], bytesMax: Int, until stops: (UInt8) -> Bool
  ) throws -> Bool {
    while try peek() != nil {
      let start = index
      let end = min(piece.count, start + max(0, bytesMax + 1 - out.count))
      while index < end, !stops(piece[index]) {
        count(piece[index])
        index &+= 1
      }
      out.append(contentsOf: piece[start..<index])
      if out.count > bytesMax { return false }
      if index < piece.count { return true }
    }
    return false
  }

  @inline(__always)
  private mutating func count(_ byte: UInt8) {
    if byte == 0x0A {
      line &+= 1
      column = 1
    } else if byte & 0xC0 != 0x80 {
      column &+= 1
    }
  }

  private mutating func refill() throws -> Bool {
    while !ended {
      guard let next = try stream.next() else {
        ended = true
        break
      }
      guard !next.isEmpty else { continue }
      piece = next
      index = 0
      return true
    }
    return false
  }
}
