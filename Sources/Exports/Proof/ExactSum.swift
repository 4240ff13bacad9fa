/// A sum of decimal numbers, exact up to 18 digits behind the mark.
struct ExactSum: Hashable {
  /// Digits behind the mark that are kept.
  static let scaleMax = 18
  private var value: Int128 = 0
  private var scale = 0

  /// The sum of nothing.
  init() {}

  /// A number in the spelling of JSON, without exponent; nil where it is none or too long.
  init?(_ spelling: String) {
    var digits = spelling[...]
    let isNegative = digits.first == "-"
    if isNegative { digits.removeFirst() }
    let parts = digits.split(separator: ".", omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count), !digits.isEmpty,
      parts.allSatisfy({ $0.utf8.allSatisfy { (0x30...0x39).contains($0) } })
    else { return nil }
    scale = parts.count == 2 ? parts[1].utf8.count : 0
    guard scale <= Self.scaleMax, let whole = Int128(parts.joined()) else { return nil }
    value = isNegative ? -whole : whole
  }

  /// Adds a number; false where the sum gets too large.
  mutating func add(_ other: ExactSum) -> Bool {
    var other = other
    guard raise(to: other.scale), other.raise(to: scale) else { return false }
    let (sum, overflows) = value.addingReportingOverflow(other.value)
    value = sum
    return !overflows
  }

  private mutating func raise(to other: Int) -> Bool {
    while scale < other {
      let (product, overflows) = value.multipliedReportingOverflow(by: 10)
      if overflows { return false }
      value = product
      scale += 1
    }
    return true
  }

  static func == (one: ExactSum, two: ExactSum) -> Bool {
    var (one, two) = (one, two)
    return one.raise(to: two.scale) && two.raise(to: one.scale) && one.value == two.value
  }

  func hash(into hasher: inout Hasher) { hasher.combine(text.prefix { $0 != "." }) }

  /// The number, as it is told.
  var text: String {
    let digits = String(value.magnitude)
    let sign = value < 0 ? "-" : ""
    guard scale > 0 else { return sign + digits }
    let padded = String(repeating: "0", count: max(0, scale + 1 - digits.count)) + digits
    return sign + padded.dropLast(scale) + "." + padded.suffix(scale)
  }
}
