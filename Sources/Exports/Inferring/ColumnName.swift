import Foundation

/// The name of a column, taken apart for the lists of names.
struct ColumnName {
  /// The name as it stands.
  let text: String
  /// Its words in lower case and without accents: `lastModified` is `last`, `modified`.
  let words: [String]
  /// The words without anything between them: `Kunden-Nr.` is `kundennr`.
  let squeezed: String

  /// Takes a name apart; of a JSON pointer or an element path the last step counts.
  init(_ text: String) {
    self.text = text
    let step = text.split(separator: "/").last.map(String.init) ?? text
    var words = Self.words(of: Self.isCustom(step) ? String(step.dropLast(3)) : step)
    // What a connector puts before each name says nothing of the column.
    if words.count > 1, ["property", "properties", "attr"].contains(words[0]) {
      words.removeFirst()
    }
    self.words = words
    squeezed = words.joined()
  }

  /// Custom columns of Salesforce end in `__c`.
  private static func isCustom(_ name: String) -> Bool { name.lowercased().hasSuffix("__c") }

  private static func words(of name: String) -> [String] {
    var words: [String] = []
    var word = ""
    var wasLower = false
    let name = ["n°", "N°", "nº", "Nº", "№"].reduce(name) { $0.replacing($1, with: "no ") }
    for scalar in name.unicodeScalars {
      let isLetter = scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
      let isUpper = scalar.properties.isUppercase
      if !isLetter || isUpper && wasLower {
        if !word.isEmpty { words.append(folded(word)) }
        word = ""
      }
      if isLetter { word.unicodeScalars.append(scalar) }
      wasLower = isLetter && !isUpper
    }
    if !word.isEmpty { words.append(folded(word)) }
    return words
  }

  /// Lower case, without accents, with the letters that no accent explains written out.
  static func folded(_ text: String) -> String {
    text.replacing("ß", with: "ss").replacing("ł", with: "l").replacing("Ł", with: "l")
      .replacing("ø", with: "o").folding(
        options: [.caseInsensitive, .diacriticInsensitive], locale: nil)
  }

  /// Whether a word of the name, two of them together or the whole are in a list, or a compound
  /// ends with one of at least five letters (`Kreditlimit`).
  func isNamed(_ hints: Set<String>) -> Bool {
    if hints.contains(squeezed) || words.contains(where: hints.contains) { return true }
    if zip(words, words.dropFirst()).contains(where: { hints.contains($0 + $1) }) { return true }
    return words.contains { word in
      !Self.noCompounds.contains(word)
        && hints.contains { $0.utf8.count >= 5 && word.hasSuffix($0) }
    }
  }

  /// Whether a compound begins with a name of the list, of at least five letters
  /// (`Telefonnummer`).
  func begins(with hints: Set<String>) -> Bool {
    words.contains { word in hints.contains { $0.utf8.count >= 5 && word.hasPrefix($0) } }
  }

  /// Words that end as another does, and mean something else.
  private static let noCompounds: Set<String> = ["account", "accounts", "discount"]

  /// Whether the name is that of an id, a number or a code, as `Owner Id`, `OWNERID`, `cod_ramo`.
  var endsAsID: Bool {
    guard let last = words.last, let first = words.first, !isCount else { return false }
    if Self.idWords.contains(last) || words.count > 1 && Self.idWords.contains(first) {
      return true
    }
    if last.hasSuffix("id"), last.utf8.count > 5 { return !Self.notIDs.contains(last) }
    return ["nummer", "number", "code"].contains { last.hasSuffix($0) }
  }

  private static let idWords: Set<String> = [
    "id", "ids", "no", "nr", "num", "number", "nummer", "numero", "numer", "code", "cod", "codice",
    "codigo", "kod", "cd", "key", "ref", "reference", "uid", "uuid", "guid", "schlussel",
  ]
  private static let notIDs: Set<String> = ["invalid", "unpaid", "prepaid", "android"]

  /// Whether the name says that something is counted, and so whole.
  var isCount: Bool { squeezed.hasPrefix("numberof") || isNamed(NameLists.counts) }

  /// Whether the name is one of what people add up or compare by size.
  var isQuantity: Bool { isCount || isNamed(NameLists.quantities) && !hasCodeHead && !endsAsID }

  /// Whether the name is one of codes, which nobody adds up though they may be all digits.
  var isCode: Bool {
    if endsAsID || hasCodeHead { return true }
    return !isQuantity && (isNamed(NameLists.codes) || begins(with: NameLists.codes))
  }

  /// `Tax amount` is an amount, `Price group` a group: the last word tells.
  private var hasCodeHead: Bool {
    guard let last = words.last else { return false }
    return NameLists.codes.contains(last)
      || NameLists.codes.contains { $0.utf8.count >= 5 && last.hasSuffix($0) }
  }

  /// The name as one of metadata: its words with `_` between them.
  var metadata: String {
    let plain = text.unicodeScalars.reduce(into: "") { name, scalar in
      let isLetter = scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
      name.unicodeScalars.append(isLetter ? scalar : " ")
    }
    let parts = plain.split(separator: " ").flatMap { Self.cased(String($0)) }
    return parts.isEmpty ? "field" : parts.joined(separator: "_")
  }

  private static func cased(_ text: String) -> [String] {
    var parts = [""]
    var wasLower = false
    for character in text {
      if character.isUppercase, wasLower { parts.append("") }
      parts[parts.count - 1] += character.lowercased()
      wasLower = !character.isUppercase
    }
    return parts
  }
}
