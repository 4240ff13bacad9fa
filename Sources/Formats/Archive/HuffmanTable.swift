/// A prefix code of deflate (RFC 1951 section 3.2.2), for decoding.
///
/// Codes of up to ten bits are found by one look; longer ones, which are rare, bit by bit.
struct HuffmanTable {
  static let fastBits = 10
  private static let lengthMax = 15

  /// By the next ten bits: symbol above the low four bits, code length in them; 0 for longer codes.
  private var fast = [UInt16](repeating: 0, count: 1 << fastBits)
  private var counts = [Int](repeating: 0, count: lengthMax + 1)
  private var symbols: [UInt16] = []

  /// A code from the code lengths of its symbols; throws unless they make a complete code (or one
  /// code of one bit, or none).
  init(lengths: ArraySlice<UInt8>) throws(ArchiveError) {
    for length in lengths { counts[Int(length)] += 1 }
    counts[0] = 0
    var left = 1
    for length in 1...Self.lengthMax {
      left = left << 1 - counts[length]
      guard left >= 0 else { throw ArchiveError(.malformed, "oversubscribed prefix code") }
    }
    let used = counts.reduce(0, +)
    guard left == 0 || used == 0 || (used == 1 && counts[1] == 1) else {
      throw ArchiveError(.malformed, "incomplete prefix code")
    }
    fill(lengths, used)
  }

  private mutating func fill(_ lengths: ArraySlice<UInt8>, _ used: Int) {
    var nextCode = [Int](repeating: 0, count: Self.lengthMax + 2)
    var nextPlace = nextCode
    for length in 1...Self.lengthMax {
      nextCode[length + 1] = (nextCode[length] + counts[length]) << 1
      nextPlace[length + 1] = nextPlace[length] + counts[length]
    }
    symbols = [UInt16](repeating: 0, count: used)
    for (symbol, length) in lengths.enumerated() where length > 0 {
      let width = Int(length)
      symbols[nextPlace[width]] = UInt16(symbol)
      nextPlace[width] += 1
      let code = nextCode[width]
      nextCode[width] += 1
      guard width <= Self.fastBits else { continue }
      var place = Self.reversed(code, width)
      while place < fast.count {
        fast[place] = UInt16(symbol << 4 | width)
        place += 1 << width
      }
    }
  }

  private static func reversed(_ code: Int, _ width: Int) -> Int {
    var out = 0
    for bit in 0..<width where code >> bit & 1 == 1 { out |= 1 << (width - 1 - bit) }
    return out
  }

  /// The symbol and code length at the low end of some bits; nil where no code fits.
  @inline(__always)
  func decode(_ bits: UInt64) -> (symbol: Int, width: Int)? {
    let entry = fast[Int(bits & (1 << UInt64(Self.fastBits) - 1))]
    if entry != 0 { return (Int(entry >> 4), Int(entry & 15)) }
    return decodeLong(bits)
  }

  private func decodeLong(_ bits: UInt64) -> (symbol: Int, width: Int)? {
    var code = 0
    var first = 0
    var place = 0
    for width in 1...Self.lengthMax {
      code |= Int(bits >> UInt64(width - 1) & 1)
      let count = counts[width]
      if code - count < first { return (Int(symbols[place + code - first]), width) }
      place += count
      first = (first + count) << 1
      code <<= 1
    }
    return nil
  }
}
