import Formats

/// Numbers in cells: SAP's trailing minus, groups of three, decimal comma or dot.
enum NumberText {
  enum Failure: Error {
    case noNumber
    /// One comma or dot that may group or divide: `1,234`.
    case ambiguous
  }

  /// The number in the spelling of JSON, digits kept as they are; throws why it is none.
  static func spelling(_ text: String, mark: DecimalMark?) throws(Failure) -> String {
    if mark != .comma, isPlain(text) { return text }
    let (body, isNegative) = try signed(text.trimmed)
    let (whole, fraction, exponent) = try divided(body, mark: mark)
    let digits = whole.drop { $0 == "0" }
    var spelling = (isNegative ? "-" : "") + (digits.isEmpty ? "0" : digits)
    if let fraction { spelling += "." + fraction }
    spelling += exponent
    guard JSONNumber(spelling) != nil else { throw .noNumber }
    return spelling
  }

  /// The whole number in plain digits, `1.000` and `1e3` too when they are exactly whole.
  static func wholeSpelling(_ text: String, mark: DecimalMark?) throws(Failure) -> String {
    let spelling = try spelling(text, mark: mark)
    guard let number = JSONNumber(spelling) else { throw .noNumber }
    if !spelling.contains(where: { $0 == "." || $0 == "e" || $0 == "E" }) { return spelling }
    guard let whole = number.int else { throw .noNumber }
    return String(whole)
  }

  /// Digits with at most one dot between them and no needless zero in front: already JSON.
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

  private static func signed(_ text: String) throws(Failure) -> (Substring, Bool) {
    var body = Substring(text)
    var signs = 0
    var isNegative = false
    if let first = body.first, "+-\u{2212}".contains(first) {
      isNegative = first != "+"
      body.removeFirst()
      signs += 1
    }
    if let last = body.last, "+-\u{2212}".contains(last) {
      isNegative = last != "+"
      body.removeLast()
      signs += 1
    }
    guard signs <= 1, !body.isEmpty else { throw .noNumber }
    return (body, isNegative)
  }

  private static func divided(
    _ body: Substring, mark: DecimalMark?
  ) throws(Failure) -> (whole: String, fraction: String?, exponent: String) {
    var mantissa = body
    var exponent = ""
    if let place = body.firstIndex(where: { $0 == "e" || $0 == "E" }) {
      mantissa = body[..<place]
      exponent = String(body[place...])
    }
    let point = try decimalMark(of: mantissa, declared: mark)
    let halves =
      point.map { mantissa.split(separator: $0, omittingEmptySubsequences: false) }
      ?? [mantissa]
    guard let first = halves.first, halves.count <= 2 else { throw .noNumber }
    let whole = try ungrouped(first, except: point)
    guard halves.count == 2 else { return (whole, nil, exponent) }
    let fraction = String(halves[1])
    guard !fraction.isEmpty, fraction.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
      throw .noNumber
    }
    return (whole, fraction, exponent)
  }

  /// Which character divides; nil when none does.
  private static func decimalMark(
    of text: Substring, declared: DecimalMark?
  ) throws(Failure) -> Character? {
    if let declared {
      let mark: Character = declared == .dot ? "." : ","
      return text.contains(mark) ? mark : nil
    }
    let lastDot = text.lastIndex(of: ".")
    let lastComma = text.lastIndex(of: ",")
    switch (lastDot, lastComma) {
    case (nil, nil): return nil
    case (let dot?, let comma?): return dot > comma ? "." : ","
    case (.some, nil):
      // A lone dot is the machine form; several can only be groups.
      return text.count { $0 == "." } == 1 ? "." : nil
    case (nil, let comma?):
      if text.count(where: { $0 == "," }) > 1 { return nil }
      if text[comma...].count == 4, (1...3).contains(text[..<comma].count), text.first != "0" {
        throw .ambiguous
      }
      return ","
    }
  }

  /// The digits of the whole part; groups must be of three.
  private static func ungrouped(
    _ text: Substring, except mark: Character?
  ) throws(Failure) -> String {
    let separators = Set<Character>([".", ",", " ", "\u{A0}", "\u{202F}", "'", "\u{2019}"])
    let used = Set(text.filter { separators.contains($0) && $0 != mark })
    guard used.count <= 1 else { throw .noNumber }
    guard let separator = used.first else { return try digits(text, emptyIsZero: mark != nil) }
    let groups = text.split(separator: separator, omittingEmptySubsequences: false)
    guard (1...3).contains(groups[0].count), groups.dropFirst().allSatisfy({ $0.count == 3 }) else {
      throw .noNumber
    }
    return try digits(Substring(groups.joined()), emptyIsZero: false)
  }

  private static func digits(_ text: Substring, emptyIsZero: Bool) throws(Failure) -> String {
    if text.isEmpty, emptyIsZero { return "0" }
    guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
      throw .noNumber
    }
    return String(text)
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
    return mantissa.count <= 2 && mantissa[0].count == 1
      && digits.allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }
  }
}
