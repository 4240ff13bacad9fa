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

  /// All usual words for true, or for false.
  static func texts(_ flag: Bool) -> Set<String> { flag ? trueTexts : falseTexts }

  /// What all of some texts in lower case mean; nil where they are not all words for one of both.
  static func flag(ofAll texts: Set<String>) -> Bool? {
    guard !texts.isEmpty else { return nil }
    if texts.isSubset(of: trueTexts) { return true }
    return texts.isSubset(of: falseTexts) ? false : nil
  }

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
