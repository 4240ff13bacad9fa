/// What was found out about short texts, by their bytes.
///
/// Exports repeat themselves: a flag or a day of one row is that of many others. Direct-mapped: a
/// newer text takes the place of an older one, so the memory is bounded.
struct ByteMemo<Value> {
  /// Longer texts are not kept, in bytes.
  static var bytesMax: Int { 32 }
  private static var slotsMax: Int { 1024 }

  private struct Entry {
    var key: ShortBytes
    var value: Value
  }

  private var entries: [Entry?] = Array(repeating: nil, count: Self.slotsMax)

  /// The value of a part of a text, made where it is not known.
  mutating func value(
    _ text: Span<UInt8>, _ range: Range<Int>, make: () -> Value
  ) -> Value {
    guard range.count <= Self.bytesMax else { return make() }
    let key = ShortBytes(text, range)
    let slot = key.slot(of: Self.slotsMax)
    if let entry = entries[slot], entry.key == key { return entry.value }
    let value = make()
    entries[slot] = Entry(key: key, value: value)
    return value
  }
}

/// Up to 32 bytes in registers, compared and hashed as four words.
private struct ShortBytes: Equatable {
  private var a: UInt64 = 0
  private var b: UInt64 = 0
  private var c: UInt64 = 0
  private var d: UInt64 = 0
  private var count: Int

  init(_ text: Span<UInt8>, _ range: Range<Int>) {
    count = range.count
    a = Self.word(text, range, 0)
    if count > 8 { b = Self.word(text, range, 8) }
    if count > 16 { c = Self.word(text, range, 16) }
    if count > 24 { d = Self.word(text, range, 24) }
  }

  /// Up to eight bytes from an offset in the range on, zeros behind them.
  @inline(__always)
  private static func word(_ text: Span<UInt8>, _ range: Range<Int>, _ offset: Int) -> UInt64 {
    let start = range.lowerBound &+ offset
    let end = min(start &+ 8, range.upperBound)
    var word: UInt64 = 0
    var at = end
    while at > start {
      at &-= 1
      word = word << 8 | UInt64(text[at])
    }
    return word
  }

  /// The place in a table whose size is a power of two.
  @inline(__always)
  func slot(of slots: Int) -> Int {
    var mixed = a &* 0x9E37_79B9_7F4A_7C15
    mixed = (mixed ^ b) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 29 ^ c) &* 0x94D0_49BB_1331_11EB
    mixed = (mixed ^ mixed >> 31 ^ d) &* 0x9E37_79B9_7F4A_7C15
    return Int(truncatingIfNeeded: (mixed ^ mixed >> 32) & UInt64(slots &- 1))
  }
}
