import Formats

/// A stream whose beginning was looked at already.
final class PreparedStream: ByteStream {
  private var pieces: [[UInt8]] = []
  private var rest: any ByteStream
  private var ended = false

  init(_ rest: any ByteStream) { self.rest = rest }

  /// The first bytes, about `count` of them where there are so many; they stay to be read.
  func beginning(_ count: Int) throws -> [UInt8] {
    var have = pieces.reduce(0) { $0 + $1.count }
    while have < count, !ended {
      guard let piece = try rest.next() else {
        ended = true
        break
      }
      pieces.append(piece)
      have += piece.count
    }
    return Array(pieces.joined())
  }

  /// Passes over the first bytes of what `beginning` has shown.
  func drop(_ count: Int) {
    let whole = Array(pieces.joined())
    pieces = count < whole.count ? [Array(whole[count...])] : []
  }

  func next() throws -> [UInt8]? {
    while !pieces.isEmpty {
      let piece = pieces.removeFirst()
      if !piece.isEmpty { return piece }
    }
    return ended ? nil : try rest.next()
  }
}
