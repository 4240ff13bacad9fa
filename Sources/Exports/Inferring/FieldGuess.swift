import Formats
import Reconciliation

/// What a proposed field says of its column, and what a person should know of it.
struct FieldGuess {
  private(set) var type = ValueType.string
  private(set) var dateFormat: String?
  private(set) var decimalMark: DecimalMark?
  private(set) var trueTexts: [String]?
  private(set) var falseTexts: [String]?
  private(set) var transform: [Normalization] = []
  /// Reasons and doubts, each a sentence for a comment.
  private(set) var remarks: [String] = []

  /// Pairs of words that mean true and false, whatever the column is.
  private static let wordPairs = [
    ["true", "false"], ["yes", "no"], ["ja", "nein"], ["y", "n"], ["j", "n"], ["oui", "non"],
    ["s\u{ED}", "no"], ["s\u{EC}", "no"], ["si", "no"], ["sim", "n\u{E3}o"], ["tak", "nie"],
    ["ja", "nee"], ["on", "off"], ["wahr", "falsch"], ["vrai", "faux"],
  ]
  /// Pairs that mean true and false only where the name of the column asks for it.
  private static let signPairs = [["1", "0"], ["-1", "0"], ["t", "f"], ["x", "-"]]

  /// The type that the values prove; text where they leave a doubt, with both readings named.
  init(_ column: ColumnFacts, _ habits: FileHabits) {
    let profile = column.profile
    guard profile.filled > 0 else { return }
    guard !profile.isStructured else {
      type = .json
      return
    }
    if !boolean(profile), !date(column, habits), !number(column, habits) { text(profile) }
  }

  // MARK: - Text

  private mutating func text(_ profile: ColumnProfile) {
    if let damaged = profile.texts.first(where: NumberEvidence.isShortened) {
      remarks.append("\(damaged) and its like were shortened by a spreadsheet")
    }
    if profile.guarded * 2 > profile.filled {
      transform.append(.unguard)
      remarks.append("the values stand in guards against spreadsheets: \(profile.texts[0])")
    }
    if profile.spaced > 0 { transform.append(.trim) }
  }

  private mutating func leave(_ profile: ColumnProfile, _ remark: String) {
    remarks.append("left as text: \(remark)")
    text(profile)
  }

  // MARK: - True and false

  private mutating func boolean(_ profile: ColumnProfile) -> Bool {
    guard profile.texts.count <= 2 else { return false }
    let lower = Set(profile.texts.map { $0.lowercased() })
    if lower == ["x"], profile.blank > 0 {
      type = .boolean
      trueTexts = profile.texts.sorted()
      falseTexts = [""]
      remarks.append("an empty cell is taken for false")
      return true
    }
    let pairs = Self.wordPairs + (profile.name.isNamed(NameLists.flags) ? Self.signPairs : [])
    guard let pair = pairs.first(where: { lower.isSubset(of: $0) }) else { return false }
    // A column of nothing but one value says too little.
    guard lower.count == 2 || pair[0] == "true" else { return false }
    type = .boolean
    guard pair != ["true", "false"] else { return true }
    trueTexts = profile.texts.filter { $0.lowercased() == pair[0] }.sorted()
    falseTexts = profile.texts.filter { $0.lowercased() == pair[1] }.sorted()
    return true
  }

  // MARK: - Days and times

  private mutating func date(_ column: ColumnFacts, _ habits: FileHabits) -> Bool {
    guard let dates = column.dates else { return false }
    if dates.hasShortYear {
      leave(column.profile, "\(dates.example) has a year of two digits")
      return true
    }
    var order = dates.proved
    if dates.isAmbiguous {
      guard let proof = habits.dayOrder else {
        leave(
          column.profile, "\(dates.example) can be \(dates.readings); set type and format to one")
        return true
      }
      order = proof.order
      remarks.append(
        "\(proof.order == .day ? "the day" : "the month") comes first, as in \(proof.column)")
    }
    let pattern = dates.pattern(order)
    guard !dates.hasTime || dates.hasZone else {
      let format = pattern.map { ", \"format\": \(JSONValue.string($0).written())" } ?? ""
      leave(
        column.profile,
        "\(dates.example) names no time zone; with \"type\": \"datetime\"\(format) and the "
          + "\"time_zone\" of the source it becomes an instant")
      return true
    }
    type = dates.hasTime ? .datetime : .date
    dateFormat = pattern
    return true
  }

  // MARK: - Numbers

  private mutating func number(_ column: ColumnFacts, _ habits: FileHabits) -> Bool {
    guard let numbers = column.numbers else { return false }
    let name = column.name
    guard !name.isCode, name.isQuantity || numbers.looksLikeQuantity || isCounted(column) else {
      return false
    }
    if numbers.isContradictory {
      let (dot, comma) = (numbers.dot ?? "", numbers.comma ?? "")
      leave(column.profile, "\(dot) has a dot as decimal mark, \(comma) a comma")
      return true
    }
    guard let mark = numbers.proved ?? habits.numbers.witness?.mark else {
      leave(column.profile, Self.doubt(numbers))
      return true
    }
    if numbers.proved == nil, let witness = habits.numbers.witness {
      remarks.append(
        "the decimal mark is the one of \(witness.column), which has \(witness.value)")
    }
    decimalMark = mark
    let isWhole = column.profile.texts.allSatisfy { NumberEvidence.number($0, mark)?.int != nil }
    type = isWhole && (name.isCount || numbers.areTokens) ? .integer : .decimal
    return true
  }

  /// Whether a format that knows numbers writes these as such, and they don't look like codes.
  private func isCounted(_ column: ColumnFacts) -> Bool {
    let profile = column.profile
    guard column.numbers?.areTokens == true else { return false }
    return profile.longest != profile.shortest || profile.longest < 3
  }

  private static func doubt(_ numbers: NumberEvidence) -> String {
    let ask = "set \"type\": \"decimal\" and \"decimal_mark\" to what the source writes"
    guard let text = numbers.ambiguous else {
      return "no value shows the decimal mark, and 1.234 would be 1234 or 1.234; \(ask)"
    }
    let readings = [DecimalMark.dot, .comma].compactMap { mark in
      NumberEvidence.number(text, mark).map { "\($0.spelling) with “\(mark.rawValue)”" }
    }
    return "\(text) can be \(readings.joined(separator: ", or ")); \(ask)"
  }
}
