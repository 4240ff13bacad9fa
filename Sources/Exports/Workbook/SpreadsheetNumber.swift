import Formats

/// A number as a spreadsheet keeps it: a double, whatever digits its writer has spelled out.
struct SpreadsheetNumber {
  /// The most digits of a whole number that a spreadsheet keeps; it makes zeros of those behind.
  static let digitsMax = 15
  /// From here on a whole number has more digits than that.
  private static let wholeMax = 1e15

  let value: Double

  /// A number from the text of a cell, in the grammar of `xsd:double`; nil for any other text, and
  /// for what is beyond a double.
  init?(_ text: String) {
    guard Self.isNumber(text), let value = Double(text), value.isFinite else { return nil }
    self.value = value
  }

  /// Whether it is a whole number of more digits than a spreadsheet keeps.
  var isBeyondDigits: Bool { value.magnitude >= Self.wholeMax }

  /// The shortest text that is the same double, without an exponent up to 21 digits before the
  /// point and 20 behind it: `1002`, `78.46`, `0.000001`.
  var text: String {
    guard value != 0 else { return "0" }
    // Swift's description of a double is the shortest one: digits, a point, perhaps an exponent.
    let parts = value.magnitude.description.split(separator: "e")
    let halves = (parts.first ?? "").split(separator: ".")
    let whole = halves.first ?? ""
    var fraction = halves.count > 1 ? halves[1] : ""
    if fraction == "0" { fraction = "" }
    let point = whole.utf8.count + (parts.count > 1 ? Int(parts[1]) ?? 0 : 0)
    let sign = value < 0 ? "-" : ""
    return sign + Self.laidOut(String(whole + fraction), point: point)
  }

  /// Digits with the point behind so many of them, which may lie outside.
  private static func laidOut(_ digits: String, point: Int) -> String {
    let leading = digits.utf8.prefix { $0 == 0x30 }.count
    let plain = String(digits.dropFirst(leading))
    let point = point - leading
    guard (-20...21).contains(point), plain.utf8.count - point <= 40 else {
      let rest = plain.dropFirst()
      return "\(plain.prefix(1))\(rest.isEmpty ? "" : ".\(rest)")e\(point - 1)"
    }
    if point <= 0 { return "0." + String(repeating: "0", count: -point) + plain }
    if plain.utf8.count <= point {
      return plain + String(repeating: "0", count: point - plain.utf8.count)
    }
    return "\(plain.prefix(point)).\(plain.dropFirst(point))"
  }

  /// Sign, digits with or without a point, exponent: `Double` takes more than that.
  private static func isNumber(_ text: String) -> Bool {
    var rest = text.utf8[...]
    if let sign = rest.first, sign == 0x2B || sign == 0x2D { rest = rest.dropFirst() }
    let whole = digits(&rest)
    var fraction = 0
    if rest.first == 0x2E {
      rest = rest.dropFirst()
      fraction = digits(&rest)
    }
    guard whole + fraction > 0 else { return false }
    guard let letter = rest.first, letter | 0x20 == 0x65 else { return rest.isEmpty }
    rest = rest.dropFirst()
    if let sign = rest.first, sign == 0x2B || sign == 0x2D { rest = rest.dropFirst() }
    return digits(&rest) > 0 && rest.isEmpty
  }

  /// Passes digits and counts them.
  private static func digits(_ rest: inout Substring.UTF8View) -> Int {
    let count = rest.prefix { $0 >= 0x30 && $0 <= 0x39 }.count
    rest = rest.dropFirst(count)
    return count
  }
}
