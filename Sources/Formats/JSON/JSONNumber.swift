/// A JSON number kept as written; compared and hashed by its exact value, never through `Double`.
public struct JSONNumber: Sendable, Hashable {
  /// The number as written, in the grammar of RFC 8259 section 6.
  public let spelling: String

  /// A number from its spelling; nil unless it follows the grammar of RFC 8259 section 6.
  public init?(_ spelling: String) {
    let bytes = Array(spelling.utf8)
    guard let first = bytes.first, first == 0x2D || isDigit(first) else { return nil }
    var scanner = JSONScanner(syntax: .strict, limits: .standard)
    guard (try? scanner.scan(bytes.span)) != nil, scanner.tape[0].end == bytes.count else {
      return nil
    }
    self.spelling = spelling
  }

  /// A whole number.
  public init(_ value: Int) { spelling = String(value) }

  init(checked spelling: String) { self.spelling = spelling }

  /// The value as `Int` when it is a whole number that fits, however written (`1.0`, `1e3`).
  public var int: Int? {
    if let plain = Int(spelling) { return plain }
    let form = ExactDecimal(spelling)
    if form.digits.isEmpty { return 0 }
    guard let exponent = form.exponent, exponent >= 0, exponent < 19,
      form.digits.count + exponent <= 19
    else { return nil }
    let zeros = String(repeating: "0", count: exponent)
    return Int((form.isNegative ? "-" : "") + form.digits + zeros)
  }

  /// The nearest `Double`; infinite beyond its range.
  public var double: Double { Double(spelling) ?? .nan }

  /// The one spelling that all equal numbers share: `0`, `-12`, `12.5`, or `125e20` for long ones.
  public var canonicalSpelling: String {
    isPlainInteger ? spelling : ExactDecimal(spelling).canonical
  }

  /// Whether the number is digits only, few enough to be their own canonical spelling.
  private var isPlainInteger: Bool {
    spelling.utf8.count <= 40 && spelling.utf8.allSatisfy(isDigit)
  }

  /// Equal when the exact values are: `1.0 == 1 == 1e0`, and `-0 == 0`.
  public static func == (a: JSONNumber, b: JSONNumber) -> Bool {
    a.spelling == b.spelling || ExactDecimal(a.spelling) == ExactDecimal(b.spelling)
  }

  /// Hashes the exact value.
  public func hash(into hasher: inout Hasher) { hasher.combine(ExactDecimal(spelling)) }
}

/// A decimal number as sign, digits without zeros at either end, and a power of ten.
struct ExactDecimal: Hashable {
  var isNegative = false
  /// Significant digits; empty for zero.
  var digits = ""
  /// The power of ten of the last digit; nil when it does not fit 17 digits.
  var exponent: Int? = 0
  /// The written exponent and point shift when `exponent` is nil.
  var hugeExponent = ""

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

  private mutating func setExponent(_ text: Substring, shift: Int) {
    var text = text
    let negative = text.first == "-"
    if negative || text.first == "+" { text.removeFirst() }
    text = text.drop { $0 == "0" }
    guard text.utf8.count <= 17 else {
      exponent = nil
      hugeExponent = "\(negative ? "-" : "")\(text)+\(shift)"
      return
    }
    exponent = (Int(text) ?? 0) * (negative ? -1 : 1) + shift
  }

  var canonical: String {
    if digits.isEmpty { return "0" }
    let sign = isNegative ? "-" : ""
    guard let exponent else { return "\(sign)\(digits)e(\(hugeExponent))" }
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
