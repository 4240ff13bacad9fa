import Formats
import Foundation

/// One step that brings a text into normal form; a rule is a list of them, applied in order.
public enum Normalization: Sendable, Hashable {
  /// Removes white space of every kind (also U+00A0 and U+3000) at both ends.
  case trim
  /// Unicode normal form C.
  case nfc
  /// Unicode normal form KC: also folds full-width and other compatibility forms.
  case nfkc
  /// Removes differences of case.
  case casefold
  /// Makes each run of white space one blank.
  case collapseSpaces
  /// Removes zeros at the start; a text of zeros alone keeps one.
  case stripLeadingZeros
  /// Keeps the digits 0 to 9 and nothing else.
  case digitsOnly
  /// Removes this prefix once, if it is there.
  case removePrefix(String)
  /// Takes a text out of the guard `="00123"` or `'00123` that protects it from spreadsheets.
  ///
  /// The quote mark is a guard only where a spreadsheet would change what follows: before a digit,
  /// a control character or one of `+ - = @`. Names such as `'t Hooft` keep it.
  case unguard
  /// Removes characters without width (U+200B to U+200D, U+2060, U+FEFF, soft hyphen).
  case zeroWidth
  /// Brings ids of Salesforce to 18 characters: those of 15 get the three that tell their case, in
  /// those of 18 these three are made capitals. Any other text stays.
  case salesforce18

  /// What applies when a mapping says nothing.
  public static let standard: [Normalization] = [.trim, .nfc]

  /// The names that a mapping may use, in the order of the documentation.
  public static let names = [
    "trim", "nfc", "nfkc", "casefold", "collapse_spaces", "strip_leading_zeros", "digits_only",
    "remove_prefix:X", "unguard", "zero_width", "salesforce_18",
  ]

  /// The step of this name, or nil when there is none.
  public init?(name: String) {
    switch name {
    case "trim": self = .trim
    case "nfc": self = .nfc
    case "nfkc": self = .nfkc
    case "casefold": self = .casefold
    case "collapse_spaces": self = .collapseSpaces
    case "strip_leading_zeros": self = .stripLeadingZeros
    case "digits_only": self = .digitsOnly
    case "unguard": self = .unguard
    case "zero_width": self = .zeroWidth
    case "salesforce_18": self = .salesforce18
    default:
      guard name.hasPrefix("remove_prefix:"), name.count > 14 else { return nil }
      self = .removePrefix(String(name.dropFirst(14)))
    }
  }

  /// The name as a mapping spells it.
  public var name: String {
    switch self {
    case .trim: "trim"
    case .nfc: "nfc"
    case .nfkc: "nfkc"
    case .casefold: "casefold"
    case .collapseSpaces: "collapse_spaces"
    case .stripLeadingZeros: "strip_leading_zeros"
    case .digitsOnly: "digits_only"
    case .removePrefix(let prefix): "remove_prefix:\(prefix)"
    case .unguard: "unguard"
    case .zeroWidth: "zero_width"
    case .salesforce18: "salesforce_18"
    }
  }

  /// The text after this step.
  public func apply(_ text: String) -> String {
    switch self {
    case .trim: text.trimmed
    case .nfc: Formats.nfc(text)
    case .nfkc: text.isASCII ? text : text.precomposedStringWithCompatibilityMapping
    case .casefold: text.caseFolded
    case .collapseSpaces: text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    case .stripLeadingZeros: text.withoutLeadingZeros
    case .digitsOnly:
      String(text.unicodeScalars.filter { ("0"..."9").contains($0) }.map(Character.init))
    case .removePrefix(let prefix):
      text.hasPrefix(prefix) ? String(text.dropFirst(prefix.count)) : text
    case .unguard: text.unguarded
    case .zeroWidth: String(String.UnicodeScalarView(text.unicodeScalars.filter { !$0.hasNoWidth }))
    case .salesforce18: SalesforceID.long(text) ?? text
    }
  }
}

extension Sequence<Normalization> {
  /// The text after all steps, in order.
  public func normalize(_ text: String) -> String {
    reduce(text) { $1.apply($0) }
  }
}

extension String {
  var isASCII: Bool { utf8.allSatisfy { $0 < 0x80 } }

  var trimmed: String {
    // Most texts begin and end with a visible ASCII character: no need to look for graphemes.
    if let first = utf8.first, let last = utf8.last, (0x21...0x7E).contains(first),
      (0x21...0x7E).contains(last)
    {
      return self
    }
    guard let first = first, let last = last, first.isWhitespace || last.isWhitespace else {
      return self
    }
    let start = drop(while: \.isWhitespace)
    guard let end = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
    return String(start[...end])
  }

  var caseFolded: String {
    isASCII ? asciiLowercased : folding(options: .caseInsensitive, locale: nil)
  }

  private var asciiLowercased: String {
    guard utf8.contains(where: { (0x41...0x5A).contains($0) }) else { return self }
    return String(
      decoding: utf8.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }, as: UTF8.self)
  }

  fileprivate var withoutLeadingZeros: String {
    guard utf8.first == 0x30 else { return self }
    guard isASCII else {
      // A zero under a combining mark is another character.
      let rest = drop { $0 == "0" }
      return rest.isEmpty ? "0" : String(rest)
    }
    let rest = utf8.drop { $0 == 0x30 }
    return rest.isEmpty ? "0" : String(decoding: rest, as: UTF8.self)
  }

  fileprivate var unguarded: String {
    if hasPrefix("=\""), hasSuffix("\""), count >= 3 { return String(dropFirst(2).dropLast()) }
    guard utf8.first == 0x27, let next = unicodeScalars.dropFirst().first, next.isGuarded else {
      return self
    }
    return String(unicodeScalars.dropFirst())
  }
}

extension Unicode.Scalar {
  /// Whether a spreadsheet would take a text that begins so for a formula or a number.
  fileprivate var isGuarded: Bool {
    value < 0x20 || value == 0x7F || "+-=@".unicodeScalars.contains(self)
      || ("0"..."9").contains(self)
  }

  fileprivate var hasNoWidth: Bool {
    switch value {
    case 0x00AD, 0x200B...0x200D, 0x2060, 0xFEFF: true
    default: false
    }
  }
}
