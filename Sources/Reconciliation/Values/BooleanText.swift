/// The words for true and false that exports use when a mapping lists none, in lower case.
enum BooleanText {
  static let trueTexts: Set<String> = [
    "true", "t", "1", "-1", "x", "yes", "y", "on", "ja", "j", "wahr", "si", "s\u{ED}",
    "s\u{EC}", "vero", "verdadero", "oui", "o", "vrai", "sim", "verdadeiro", "tak", "waar",
  ]
  static let falseTexts: Set<String> = [
    "false", "f", "0", "no", "n", "off", "nein", "falsch", "falso", "non", "faux",
    "n\u{E3}o", "nie", "nee", "onwaar",
  ]

  static func read(_ text: String, trueTexts own: [String]?, falseTexts other: [String]?) -> Bool? {
    if let own, contains(own, text) { return true }
    if let other, contains(other, text) { return false }
    let word = text.trimmed.caseFolded
    // A list of one side replaces the usual words of that side only.
    if own == nil, trueTexts.contains(word) { return true }
    if other == nil, falseTexts.contains(word) { return false }
    return nil
  }

  private static func contains(_ list: [String], _ text: String) -> Bool {
    list.contains { $0.trimmed == text.trimmed }
  }
}
