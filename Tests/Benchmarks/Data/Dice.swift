/// Repeatable chance for one customer (SplitMix64): the same seed and number give the same throws.
struct Dice: Sendable {
  private var state: UInt64

  init(seed: UInt64, number: Int) {
    state = Self.mixed(seed) ^ UInt64(truncatingIfNeeded: number) &* 0xD6E8_FEB8_6659_FD93
  }

  /// The next 64 bits.
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    return Self.mixed(state)
  }

  /// A number from 0 to below `bound`, which must be above 0.
  mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }

  private static func mixed(_ value: UInt64) -> UInt64 {
    var mixed = value
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

/// The numbers from 0 to below `count` in an order without pattern, in no memory.
struct Shuffle: Sendable {
  let count: Int
  private let step: Int
  private let start: Int

  init(count: Int, seed: UInt64) {
    self.count = count
    var dice = Dice(seed: seed, number: -1)
    // A step near the golden section without a common divisor visits every number once.
    var step = max(1, Int(Double(count) * 0.618) + dice.below(max(1, count / 100)))
    while Self.divisor(step, count) != 1 { step += 1 }
    self.step = step % max(1, count)
    start = dice.below(max(1, count))
  }

  /// The number at a place of the order.
  func number(at place: Int) -> Int {
    let product = place.multipliedFullWidth(by: step)
    let rest = count.dividingFullWidth(product).remainder
    return (rest + start) % count
  }

  private static func divisor(_ a: Int, _ b: Int) -> Int { b == 0 ? a : divisor(b, a % b) }
}
