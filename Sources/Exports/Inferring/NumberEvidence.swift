import Formats
import Reconciliation

/// What the values of a column tell of numbers in it.
///
/// A number is a quantity, or a code that nobody adds up. `1.234` alone can be read in two ways;
/// `1.234,50`, `0,5` and `1.234.567` can be read in one, and prove it for their column.
struct NumberEvidence {
  /// A value that only the dot as decimal mark explains, and one that only the comma does.
  private(set) var dot: String?
  private(set) var comma: String?
  /// A value that means something else with the one and with the other.
  private(set) var ambiguous: String?
  /// Whether a value is below zero.
  private(set) var hasNegative = false
  /// Whether a value has a fraction, by the mark that is proved.
  private(set) var hasFraction = false
  /// Whether all values are numbers of their format, as in JSON, and none looks like one only.
  let areTokens: Bool

  /// The evidence; nil where a value is no number, or one as codes are written.
  init?(_ profile: ColumnProfile) {
    guard profile.filled > 0, profile.padded == 0, profile.guarded == 0 else { return nil }
    areTokens = profile.tokens == profile.filled
    for text in profile.texts {
      // Long digit strings are codes, and so is what a telephone number begins with.
      guard !text.hasPrefix("+"), text.utf8.count <= 20 else { return nil }
      guard take(text) else { return nil }
    }
  }

  private mutating func take(_ text: String) -> Bool {
    let readings = (Self.number(text, .dot), Self.number(text, .comma))
    switch readings {
    case (nil, nil): return false
    case (let number?, nil):
      if dot == nil { dot = text }
      note(number)
    case (nil, let number?):
      if comma == nil { comma = text }
      note(number)
    case (let one?, let other?):
      if one != other { ambiguous = ambiguous ?? text }
      if one.double < 0 { hasNegative = true }
    }
    return true
  }

  private mutating func note(_ number: JSONNumber) {
    if number.double < 0 { hasNegative = true }
    if number.int == nil { hasFraction = true }
  }

  /// Whether the values prove both marks, so that neither can be proposed.
  var isContradictory: Bool { dot != nil && comma != nil && !areTokens }

  /// The mark that the column proves by itself; nil where it proves none, or both.
  var proved: DecimalMark? {
    if areTokens { return .dot }
    guard !isContradictory else { return nil }
    return dot != nil ? .dot : comma != nil ? .comma : nil
  }

  /// Whether the look of the values says that they are quantities.
  var looksLikeQuantity: Bool {
    hasNegative || hasFraction || ambiguous != nil || !areTokens && (dot != nil || comma != nil)
  }

  /// The number that a text spells with a decimal mark.
  static func number(_ text: String, _ mark: DecimalMark) -> JSONNumber? {
    var rule = FieldRule(column: "", metadata: "value", target: .key("value"))
    rule.type = .decimal
    rule.decimalMark = mark
    guard case .value(.present(.number(let number))) = Conversion(rule: rule).result(.text(text))
    else { return nil }
    return number
  }

  /// Whether a text is a long number as spreadsheets shorten it, such as `1.23457E+11`.
  static func isShortened(_ text: String) -> Bool {
    text.utf8.count <= 20 && text.firstMatch(of: /^[0-9][.,]?[0-9]*E\+[0-9]{2}$/) != nil
  }
}

/// Which decimal mark a file writes, as far as its columns prove it.
struct NumberHabit {
  /// A column that proves a mark, and the value that does.
  struct Witness {
    let mark: DecimalMark
    let column: String
    let value: String
  }

  private let witnesses: [Witness]

  /// What the columns prove together.
  init(_ columns: [ColumnFacts]) {
    witnesses = columns.compactMap { column in
      // What looks like a number in a column of codes, such as a version, proves nothing.
      guard !column.name.isCode, let evidence = column.numbers, !evidence.areTokens,
        let mark = evidence.proved, let value = mark == .dot ? evidence.dot : evidence.comma
      else { return nil }
      return Witness(mark: mark, column: column.name.text, value: value)
    }
  }

  /// A column that proves the mark of the whole file; nil where none does, or two differ.
  var witness: Witness? {
    guard let first = witnesses.first, witnesses.allSatisfy({ $0.mark == first.mark }) else {
      return nil
    }
    return first
  }
}
