/// Where random numbers come from, so that a test can repeat them.
public protocol RandomSource: Sendable {
  /// The next 64 bits, uniformly distributed.
  func next() -> UInt64
}

extension RandomSource {
  /// A number of 0 up to, not including, 1, in steps of 2^-53.
  public func unit() -> Double {
    Double(next() >> 11) * 0x1p-53
  }

  /// A number of the range, each equally likely (Lemire's method without bias).
  public func below(_ bound: UInt64) -> UInt64 {
    precondition(bound > 0, "a range needs at least one number")
    var product = next().multipliedFullWidth(by: bound)
    if product.low < bound {
      let floor = (0 &- bound) % bound
      while product.low < floor { product = next().multipliedFullWidth(by: bound) }
    }
    return product.high
  }

  /// That many bytes, for identifiers and one-time tokens when the source is `SystemRandom`.
  public func bytes(_ count: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count + 8)
    while bytes.count < count {
      let word = next()
      for shift in stride(from: 0, to: 64, by: 8) {
        bytes.append(UInt8(truncatingIfNeeded: word >> UInt64(shift)))
      }
    }
    return Array(bytes.prefix(count))
  }
}

/// The random numbers of the operating system, fit for secrets.
public struct SystemRandom: RandomSource {
  /// Makes a source; it holds nothing.
  public init() {}

  /// The next 64 bits from the kernel.
  public func next() -> UInt64 {
    var generator = SystemRandomNumberGenerator()
    return generator.next()
  }
}

/// Repeatable random numbers (SplitMix64), for tests and simulations; never for secrets.
public final class SeededRandom: RandomSource {
  private let state: Lock<UInt64>

  /// Makes a source; the same seed gives the same numbers.
  public init(seed: UInt64) {
    state = Lock(seed)
  }

  /// The next 64 bits of the sequence.
  public func next() -> UInt64 {
    state.withLock { state in
      state &+= 0x9E37_79B9_7F4A_7C15
      var mixed = state
      mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
      mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
      return mixed ^ (mixed >> 31)
    }
  }
}
