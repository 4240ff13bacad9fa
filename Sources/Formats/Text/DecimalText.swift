/// Reads decimal numbers as people and ERPs write them, digit by digit, never through binary
/// floating point.
public enum DecimalText {
  /// The character between whole and fraction.
  public enum Mark: String, Sendable, Hashable, CaseIterable {
    /// `1,234.56`
    case point
    /// `1.234,56`
    case comma
  }

  /// The JSON spelling of a number, its digits and precision kept (`10,50` becomes `10.50`).
  ///
  /// Taken: the decimal mark; groups of three digits parted by the other mark, a space (also
  /// U+00A0, U+2009, U+202F) or an apostrophe, one kind only; a sign before or a minus behind; an
  /// exponent; space around it. Leading zeros go. Nil for anything else, such as parentheses,
  /// currency signs, or a number without digits on one side of its exponent.
  public static func jsonSpelling(_ text: String, mark: Mark = .point) -> String? {
    var scalars = Array(text.unicodeScalars)[...]
    while let last = scalars.last, isSpace(last) { scalars.removeLast() }
    while let first = scalars.first, isSpace(first) { scalars.removeFirst() }
    guard let isNegative = takeSign(&scalars) else { return nil }
    let parts = scalars.split(
      maxSplits: 1, omittingEmptySubsequences: false, whereSeparator: { $0 == "e" || $0 == "E" })
    guard let number = significand(parts[0], mark) else { return nil }
    var spelling = number
    if parts.count == 2 {
      guard let exponent = exponent(parts[1]) else { return nil }
      spelling += "e" + exponent
    }
    let isZero = !number.utf8.contains { isDigit($0) && $0 != 0x30 }
    return isNegative && !isZero ? "-" + spelling : spelling
  }

  /// Whether a text looks like a long number that a spreadsheet has shortened (`1.23457E+11`), so
  /// that digits of a key are lost.
  public static func looksShortened(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    guard let place = bytes.firstIndex(where: { $0 == 0x45 || $0 == 0x65 }),
      bytes.count >= place + 4, bytes[place + 1] == 0x2B, bytes[(place + 2)...].allSatisfy(isDigit),
      place >= 1, isDigit(bytes[0])
    else { return false }
    guard place > 1 else { return true }
    return (bytes[1] == 0x2E || bytes[1] == 0x2C) && place > 2
      && bytes[2..<place].allSatisfy(isDigit)
  }

  /// Takes a sign from either end and says whether it is a minus; nil for two signs.
  private static func takeSign(_ scalars: inout ArraySlice<Unicode.Scalar>) -> Bool? {
    func isMinus(_ scalar: Unicode.Scalar?) -> Bool { scalar == "-" || scalar == "\u{2212}" }
    var isNegative = false
    var hasSign = false
    if isMinus(scalars.first) || scalars.first == "+" {
      isNegative = isMinus(scalars.first)
      hasSign = true
      scalars.removeFirst()
    }
    if isMinus(scalars.last) {
      guard !hasSign else { return nil }
      isNegative = true
      scalars.removeLast()
      while let last = scalars.last, isSpace(last) { scalars.removeLast() }
    }
    return isNegative
  }

  private static func significand(_ scalars: ArraySlice<Unicode.Scalar>, _ mark: Mark) -> String? {
    let decimal: Unicode.Scalar = mark == .point ? "." : ","
    let parts = scalars.split(
      maxSplits: 1, omittingEmptySubsequences: false, whereSeparator: { $0 == decimal })
    guard var whole = ungrouped(parts[0], mark) else { return nil }
    whole = String(whole.drop { $0 == "0" })
    if whole.isEmpty { whole = "0" }
    guard parts.count == 2 else { return parts[0].isEmpty ? nil : whole }
    guard !parts[1].isEmpty, parts[1].allSatisfy(isDecimalDigit) else { return nil }
    return whole + "." + text(parts[1])
  }

  /// The digits of the whole part without grouping marks; nil where the groups are wrong.
  private static func ungrouped(_ scalars: ArraySlice<Unicode.Scalar>, _ mark: Mark) -> String? {
    guard let separator = scalars.first(where: { !isDecimalDigit($0) }) else {
      return text(scalars)
    }
    let other: Unicode.Scalar = mark == .point ? "," : "."
    guard separator == other || separator == "'" || separator == "\u{2019}" || isSpace(separator)
    else { return nil }
    let groups = scalars.split(
      omittingEmptySubsequences: false, whereSeparator: { $0 == separator })
    guard (1...3).contains(groups[0].count), groups.dropFirst().allSatisfy({ $0.count == 3 }),
      groups.allSatisfy({ $0.allSatisfy(isDecimalDigit) })
    else { return nil }
    return groups.map(text).joined()
  }

  private static func exponent(_ scalars: ArraySlice<Unicode.Scalar>) -> String? {
    var scalars = scalars
    var sign = ""
    if scalars.first == "+" || scalars.first == "-" {
      sign = scalars.first == "-" ? "-" : ""
      scalars.removeFirst()
    }
    guard !scalars.isEmpty, scalars.allSatisfy(isDecimalDigit) else { return nil }
    return sign + text(scalars)
  }

  private static func text(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars)
    return String(view)
  }

  private static func isDecimalDigit(_ scalar: Unicode.Scalar) -> Bool {
    ("0"..."9").contains(scalar)
  }

  private static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
    scalar == " " || scalar == "\u{A0}" || scalar == "\u{2009}" || scalar == "\u{202F}"
  }
}
