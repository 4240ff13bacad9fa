import Formats

/// Numbers in cells: digits, groups of three, a decimal mark, a sign before or behind.
///
///     1234  1 234  1'234         the same with either decimal mark
///     1.234,50  0,5  12,34       only with a comma          1.234.567  only with a comma
///     1,234.50  0.5  1234.567    only with a dot            1.5e3      only with a dot
///     1.234  12.000  -1,234      with either, as two numbers
enum NumberText {
  /// What a text can be.
  enum Reading: Equatable {
    /// No number, whatever the mark.
    case none
    /// One number, whatever the mark; in the spelling of JSON.
    case plain(String)
    /// A number with this mark only.
    case proves(DecimalMark, String)
    /// Two numbers, one with each mark.
    case ambiguous(comma: String, dot: String)
  }

  /// Reads a text of which no mark is known.
  static func reading(_ text: String) -> Reading {
    guard let machine = spelling(text, mark: .dot) else {
      return spelling(text, mark: .comma).map { .proves(.comma, $0) } ?? .none
    }
    guard hasMark(text) else { return .plain(machine) }
    guard let comma = spelling(text, mark: .comma) else { return .proves(.dot, machine) }
    return .ambiguous(comma: comma, dot: machine)
  }

  /// Whether a text has a dot or comma: any other number is the same with both.
  static func hasMark(_ text: String) -> Bool {
    text.utf8.contains { $0 == 0x2E || $0 == 0x2C }
  }

  /// The number in the spelling of JSON, digits kept as they are; nil where it is none with this
  /// mark.
  static func spelling(_ text: String, mark: DecimalMark) -> String? {
    if isPlain(text, fraction: mark == .dot) { return text }
    guard let (body, isNegative) = signed(text.trimmed),
      let (whole, fraction, exponent) = divided(body, mark.character)
    else { return nil }
    let digits = whole.drop { $0 == "0" }
    let sign = isNegative ? "-" : ""
    let rest = (fraction.map { "." + $0 } ?? "") + exponent
    let spelling = sign + (digits.isEmpty ? "0" : String(digits)) + rest
    return JSONNumber(spelling) == nil ? nil : spelling
  }

  /// A number in plain digits, `1.000` and `1e3` too; nil where it is not exactly whole.
  static func whole(_ spelling: String) -> String? {
    if !spelling.contains(where: { $0 == "." || $0 == "e" || $0 == "E" }) { return spelling }
    return JSONNumber(spelling)?.int.map { String($0) }
  }

  /// Digits without a needless zero in front, with `fraction` a dot between them too: JSON already.
  static func isPlain(_ text: String, fraction: Bool = true) -> Bool {
    var dots = fraction ? 0 : 1
    var previous: UInt8 = 0
    for byte in text.utf8 {
      if byte == 0x2E {
        dots += 1
      } else if !(0x30...0x39).contains(byte) {
        return false
      } else if previous == 0, byte == 0x30, text.utf8.count > 1,
        text.utf8.dropFirst().first != 0x2E
      {
        return false
      }
      previous = byte
    }
    return dots <= 1 && previous != 0 && previous != 0x2E && text.utf8.first != 0x2E
  }

  /// Also the minus sign of typographers, and the wide one that cp932 has in its place.
  private static let signMarks: Set<Character> = ["+", "-", "\u{2212}", "\u{FF0D}"]

  private static func signed(_ text: String) -> (body: Substring, isNegative: Bool)? {
    var body = Substring(text)
    var signs: [Character] = []
    if let first = body.first, signMarks.contains(first) { signs.append(body.removeFirst()) }
    if let last = body.last, signMarks.contains(last) {
      signs.append(body.removeLast())
      while body.last?.isWhitespace == true { body.removeLast() }
    }
    guard signs.count <= 1, !body.isEmpty else { return nil }
    return (body, signs.first.map { $0 != "+" } ?? false)
  }

  private static func divided(
    _ body: Substring, _ mark: Character
  ) -> (whole: String, fraction: String?, exponent: String)? {
    var mantissa = body
    var exponent = ""
    if let place = body.firstIndex(where: { $0 == "e" || $0 == "E" }) {
      mantissa = body[..<place]
      exponent = String(body[place...])
    }
    let halves = mantissa.split(separator: mark, omittingEmptySubsequences: false)
    guard let first = halves.first, halves.count <= 2,
      // Machines write exponents, and no machine groups its digits.
      let whole = ungrouped(first, isWhole: halves.count == 1, mayGroup: exponent.isEmpty)
    else { return nil }
    guard halves.count == 2 else { return (whole, nil, exponent) }
    return isDigits(halves[1]) ? (whole, String(halves[1]), exponent) : nil
  }

  private static let separators: Set<Character> = [
    ".", ",", " ", "\u{A0}", "\u{2009}", "\u{202F}", "'", "\u{2019}",
  ]

  /// The digits before the mark: one to three, then groups of three behind one separator each.
  private static func ungrouped(_ text: Substring, isWhole: Bool, mayGroup: Bool) -> String? {
    guard let separator = text.first(where: separators.contains) else {
      if text.isEmpty { return isWhole ? nil : "0" }
      return isDigits(text) ? String(text) : nil
    }
    let groups = text.split(separator: separator, omittingEmptySubsequences: false)
    // Nobody groups what begins with a zero: 0.123 is no thousand.
    guard mayGroup, (1...3).contains(groups[0].count), groups[0].first != "0",
      groups.dropFirst().allSatisfy({ $0.count == 3 }), groups.allSatisfy(isDigits)
    else { return nil }
    return groups.joined()
  }

  private static func isDigits(_ text: Substring) -> Bool {
    !text.isEmpty && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
  }

  /// Whether a spreadsheet has shortened an identifier: `1.23457E+11`.
  static func isDamagedIdentifier(_ text: String) -> Bool {
    guard text.utf8.contains(0x2B) else { return false }
    let parts = text.split(maxSplits: 1, omittingEmptySubsequences: false) {
      $0 == "E" || $0 == "e"
    }
    guard parts.count == 2, parts[1].hasPrefix("+"), parts[1].count >= 2 else { return false }
    let mantissa = parts[0].split(omittingEmptySubsequences: false) { $0 == "." || $0 == "," }
    let digits = mantissa + [parts[1].dropFirst()]
    return mantissa.count <= 2 && mantissa[0].count == 1 && digits.allSatisfy(isDigits)
  }
}

extension DecimalMark {
  fileprivate var character: Character { self == .dot ? "." : "," }
}
