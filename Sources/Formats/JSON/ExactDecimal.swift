/// A decimal number as sign, digits without zeros at either end, and a power of ten.
struct ExactDecimal: Hashable {
  var isNegative = false
  /// Significant digits; empty for zero.
  var digits = ""
  /// The power of ten of the last digit; nil when it does not fit 17 digits.
  var exponent: Int? = 0
  /// The power of ten of the last digit as text when `exponent` is nil.
  var hugeExponent = ""
  /// How many digits of a power of ten are counted with as a number.
  private static let exponentDigitsMax = 17

  init(_ spelling: String) {
    var significand: [UInt8] = []
    var fractionCount = 0
    var exponentText: Substring = ""
    var inFraction = false
    for (place, byte) in spelling.utf8.enumerated() {
      if byte == 0x2D { isNegative = true }
      if byte == 0x2E { inFraction = true }
      if isDigit(byte) {
        significand.append(byte)
        if inFraction { fractionCount += 1 }
      }
      if byte | 0x20 == 0x65 {
        exponentText = Substring(spelling.utf8.dropFirst(place + 1))
        break
      }
    }
    var trailingZeros = 0
    while significand.last == 0x30 {
      significand.removeLast()
      trailingZeros += 1
    }
    let leading = significand.prefix { $0 == 0x30 }.count
    significand.removeFirst(leading)
    guard !significand.isEmpty else {
      isNegative = false
      return
    }
    digits = String(decoding: significand, as: UTF8.self)
    setExponent(exponentText, shift: trailingZeros - fractionCount)
  }

  /// The number times a power of ten without its decimals; nil beyond 18 digits.
  func whole(timesTenTo power: Int) -> Int64? {
    guard !digits.isEmpty else { return 0 }
    guard let exponent, exponent <= 18, digits.utf8.count + exponent + power <= 18 else {
      return nil
    }
    let shift = exponent + power
    let text =
      shift < 0
      ? String(digits.dropLast(-shift)) : digits + String(repeating: "0", count: shift)
    return text.isEmpty ? 0 : Int64((isNegative ? "-" : "") + text)
  }

  private mutating func setExponent(_ text: Substring, shift: Int) {
    var text = text
    let negative = text.first == "-"
    if negative || text.first == "+" { text.removeFirst() }
    text = text.drop { $0 == "0" }
    let sum = Self.sum(text, negative ? -shift : shift)
    let sign = negative != sum.hasPrefix("-") ? "-" : ""
    let size = sum.drop { $0 == "-" || $0 == "0" }
    exponent = size.utf8.count <= Self.exponentDigitsMax ? Int(sign + size) ?? 0 : nil
    hugeExponent = exponent == nil ? sign + size : ""
  }

  /// A whole number in digits plus another one, as digits with their sign: `shift` counts the
  /// digits of a number in memory, so that it has fewer than `exponentDigitsMax` digits itself.
  private static func sum(_ digits: Substring, _ shift: Int) -> String {
    let low = (Int(digits.suffix(exponentDigitsMax)) ?? 0) + shift
    var high = Array(digits.dropLast(exponentDigitsMax).utf8)
    guard !high.isEmpty else { return String(low) }
    let unit = 100_000_000_000_000_000
    if low >= unit { increase(&high) }
    if low < 0 { decrease(&high) }
    let rest = String(low >= unit ? low - unit : low < 0 ? low + unit : low)
    let zeros = String(repeating: "0", count: exponentDigitsMax - rest.utf8.count)
    return String(decoding: high, as: UTF8.self) + zeros + rest
  }

  private static func increase(_ digits: inout [UInt8]) {
    guard let place = digits.lastIndex(where: { $0 != 0x39 }) else {
      digits = [0x31] + digits.map { _ in 0x30 }
      return
    }
    digits[place] += 1
    for behind in digits[place...].indices.dropFirst() { digits[behind] = 0x30 }
  }

  /// One less; the digits are not all zero.
  private static func decrease(_ digits: inout [UInt8]) {
    guard let place = digits.lastIndex(where: { $0 != 0x30 }) else { return }
    digits[place] -= 1
    for behind in digits[place...].indices.dropFirst() { digits[behind] = 0x39 }
  }

  var canonical: String {
    if digits.isEmpty { return "0" }
    let sign = isNegative ? "-" : ""
    guard let exponent else { return "\(sign)\(digits)e\(hugeExponent)" }
    if exponent >= 0, digits.utf8.count + exponent <= 40 {
      return sign + digits + String(repeating: "0", count: exponent)
    }
    if exponent < 0, exponent >= -40 {
      let whole = digits.utf8.count + exponent
      if whole > 0 { return sign + digits.prefix(whole) + "." + digits.dropFirst(whole) }
      return sign + "0." + String(repeating: "0", count: -whole) + digits
    }
    return "\(sign)\(digits)e\(exponent)"
  }
}
