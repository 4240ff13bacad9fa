// Small loops over bytes that several readers share; internal, so that they inline.

/// Eight bytes from `offset` on, little-endian; the span must hold them.
@inline(__always)
func load8(_ bytes: Span<UInt8>, _ offset: Int) -> UInt64 {
  // Any bit pattern is a valid integer and the load checks its bounds.
  let word = unsafe bytes.bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self)
  return UInt64(littleEndian: word)
}

/// The first offset from `start` on that holds a quote, a backslash, a control character or a
/// byte outside ASCII; the count if there is none.
@inline(__always)
func skipPlain(_ bytes: Span<UInt8>, _ start: Int) -> Int {
  var i = start
  let count = bytes.count
  while i &+ 8 <= count {
    let word = load8(bytes, i)
    let stops = plainStops(word)
    if stops != 0 { return i &+ stops.trailingZeroBitCount >> 3 }
    i &+= 8
  }
  while i < count {
    let byte = bytes[i]
    if byte < 0x20 || byte >= 0x80 || byte == 0x22 || byte == 0x5C { break }
    i &+= 1
  }
  return i
}

/// The high bit of each byte that stops a plain run; the lowest one is exact, which is all we use.
@inline(__always)
private func plainStops(_ word: UInt64) -> UInt64 {
  let ones: UInt64 = 0x0101_0101_0101_0101
  let highs: UInt64 = 0x8080_8080_8080_8080
  let control = (word &- ones &* 0x20) & ~word
  let quote = zeroBytes(word ^ ones &* 0x22)
  let backslash = zeroBytes(word ^ ones &* 0x5C)
  return (word | control | quote | backslash) & highs
}

/// The high bit of each zero byte; bits above the lowest one may be false alarms.
@inline(__always)
func zeroBytes(_ word: UInt64) -> UInt64 {
  (word &- 0x0101_0101_0101_0101) & ~word & 0x8080_8080_8080_8080
}

/// A few bytes to look for, sixteen places at a time.
struct ByteStops {
  private let a: SIMD16<UInt8>
  private let b: SIMD16<UInt8>
  private let c: SIMD16<UInt8>
  private let d: SIMD16<UInt8>
  private let e: SIMD16<UInt8>

  /// Up to five bytes; the last one may be left out.
  @inline(__always)
  init(_ a: UInt8, _ b: UInt8, _ c: UInt8, _ d: UInt8, _ e: UInt8? = nil) {
    self.a = SIMD16(repeating: a)
    self.b = SIMD16(repeating: b)
    self.c = SIMD16(repeating: c)
    self.d = SIMD16(repeating: d)
    self.e = SIMD16(repeating: e ?? a)
  }

  /// The first offset from `start` on that holds one of them; the count if there is none.
  @inline(__always)
  func next(_ bytes: Span<UInt8>, _ start: Int) -> Int {
    var i = start
    let count = bytes.count
    while i &+ 16 <= count {
      // Any bit pattern is a valid vector and the load checks its bounds.
      let word = unsafe bytes.bytes.unsafeLoadUnaligned(
        fromByteOffset: i, as: SIMD16<UInt8>.self)
      let found = (word .== a) .| (word .== b) .| (word .== c) .| (word .== d) .| (word .== e)
      let lanes = unsafe unsafeBitCast(found, to: SIMD2<UInt64>.self)
      if lanes[0] != 0 {
        return i &+ UInt64(littleEndian: lanes[0]).trailingZeroBitCount >> 3
      }
      if lanes[1] != 0 {
        return i &+ 8 &+ UInt64(littleEndian: lanes[1]).trailingZeroBitCount >> 3
      }
      i &+= 16
    }
    while i < count {
      let byte = bytes[i]
      if byte == a[0] || byte == b[0] || byte == c[0] || byte == d[0] || byte == e[0] { break }
      i &+= 1
    }
    return i
  }
}

/// Whether two stretches of so many bytes are the same, eight bytes at a time.
func isSame(
  _ one: Span<UInt8>, _ start: Int, _ other: Span<UInt8>, _ otherStart: Int, _ count: Int
) -> Bool {
  var i = 0
  while i &+ 8 <= count {
    if load8(one, start &+ i) != load8(other, otherStart &+ i) { return false }
    i &+= 8
  }
  while i < count {
    if one[start + i] != other[otherStart + i] { return false }
    i &+= 1
  }
  return true
}

/// How many bytes equal `byte`, counted eight at a time.
func countBytes(_ bytes: Span<UInt8>, equalTo byte: UInt8) -> Int {
  let ones: UInt64 = 0x0101_0101_0101_0101
  let low: UInt64 = 0x7F7F_7F7F_7F7F_7F7F
  var count = 0
  var i = 0
  while i &+ 8 <= bytes.count {
    // Each lane counts its own byte; 255 rounds can't overflow it.
    var lanes: UInt64 = 0
    var rounds = min(255, (bytes.count &- i) / 8)
    while rounds > 0 {
      let word = load8(bytes, i) ^ ones &* UInt64(byte)
      lanes &+= ~(((word & low) &+ low) | word | low) >> 7
      i &+= 8
      rounds &-= 1
    }
    let pairs = (lanes & 0x00FF_00FF_00FF_00FF) &+ (lanes >> 8 & 0x00FF_00FF_00FF_00FF)
    count &+= Int((pairs &* 0x0001_0001_0001_0001) >> 48)
  }
  while i < bytes.count {
    if bytes[i] == byte { count &+= 1 }
    i &+= 1
  }
  return count
}

/// The length of the well-formed UTF-8 sequence at `i` (Unicode table 3-7), 0 if it is ill-formed.
@inline(__always)
func utf8Length(_ bytes: Span<UInt8>, _ i: Int) -> Int {
  let lead = bytes[i]
  let left = bytes.count - i
  switch lead {
  case 0..<0x80:
    return 1
  case 0xC2...0xDF:
    return left >= 2 && isContinuation(bytes[i + 1]) ? 2 : 0
  case 0xE0...0xEF:
    guard left >= 3, isContinuation(bytes[i + 1]), isContinuation(bytes[i + 2]) else { return 0 }
    if lead == 0xE0, bytes[i + 1] < 0xA0 { return 0 }
    if lead == 0xED, bytes[i + 1] > 0x9F { return 0 }
    return 3
  case 0xF0...0xF4:
    guard left >= 4, isContinuation(bytes[i + 1]), isContinuation(bytes[i + 2]),
      isContinuation(bytes[i + 3])
    else { return 0 }
    if lead == 0xF0, bytes[i + 1] < 0x90 { return 0 }
    if lead == 0xF4, bytes[i + 1] > 0x8F { return 0 }
    return 4
  default:
    return 0
  }
}

@inline(__always)
private func isContinuation(_ byte: UInt8) -> Bool { byte & 0xC0 == 0x80 }

@inline(__always)
func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }

/// The value of a hex digit in either case, nil for any other byte.
@inline(__always)
func hexDigit(_ byte: UInt8) -> UInt8? {
  switch byte {
  case 0x30...0x39: byte - 0x30
  case 0x41...0x46: byte - 0x37
  case 0x61...0x66: byte - 0x57
  default: nil
  }
}

/// Lower-case hex digits by value.
let hexDigits: [UInt8] = Array("0123456789abcdef".utf8)

/// At least four upper-case hex digits, as code points are written.
func hex4(_ value: UInt32) -> String {
  let digits = String(value, radix: 16, uppercase: true)
  return String(repeating: "0", count: max(0, 4 - digits.utf8.count)) + digits
}
