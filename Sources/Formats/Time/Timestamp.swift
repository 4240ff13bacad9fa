/// An instant: microseconds since 1970-01-01T00:00:00Z, leap seconds not counted.
public struct Timestamp: Sendable, Hashable, Comparable {
  /// Microseconds since 1970-01-01T00:00:00Z; negative before.
  public let microseconds: Int64

  /// An instant by microseconds since 1970-01-01T00:00:00Z.
  public init(microseconds: Int64) { self.microseconds = microseconds }

  /// Orders by time.
  public static func < (a: Timestamp, b: Timestamp) -> Bool { a.microseconds < b.microseconds }

  /// This instant moved by seconds (of either sign, fractions to the microsecond), held at the ends
  /// of the range.
  public func adding(seconds: Double) -> Timestamp {
    let delta = (seconds * 1_000_000).rounded()
    guard !delta.isNaN else { return self }
    let bounded = Int64(exactly: delta) ?? (delta < 0 ? .min : .max)
    let (sum, overflow) = microseconds.addingReportingOverflow(bounded)
    return Timestamp(microseconds: overflow ? (bounded < 0 ? .min : .max) : sum)
  }

  /// How many seconds lie between an earlier instant and this one; negative if that one is later.
  public func seconds(since earlier: Timestamp) -> Double {
    let (difference, overflow) = microseconds.subtractingReportingOverflow(earlier.microseconds)
    if overflow { return (Double(microseconds) - Double(earlier.microseconds)) / 1_000_000 }
    return Double(difference) / 1_000_000
  }
}
