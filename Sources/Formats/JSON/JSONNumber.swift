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
