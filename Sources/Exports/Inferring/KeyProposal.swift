import Reconciliation

/// A column that may carry the reference.
struct KeyCandidate {
  let profile: ColumnProfile
  let name: KeyName
  /// What the mirror knows of its values.
  let known: KnownReferences.Share

  /// Whether it tells the rows apart, but for a few mistakes.
  var tellsApart: Bool { profile.isUnique || profile.isNearlyUnique }

  /// Whether nearly every row has a value.
  var isFull: Bool { profile.blank * 20 <= profile.filled + profile.blank }

  /// How likely it is among the others; what only machines remember comes behind what people know.
  var score: Int {
    max(0, name.weight) - (profile.isTechnical ? 30 : 0) - (profile.holdsEmails ? 10 : 0)
      - (profile.isUnique ? 0 : tellsApart ? 5 : 50) - (profile.countsRows ? 10 : 0)
  }

  /// What speaks for it and against it, in words.
  var reasons: String {
    var reasons: [String] = []
    if known.hits > 0 {
      let origin = known.origin.map { " of origin \($0)" } ?? ""
      reasons.append("it has \(known.hits) of the \(known.total) known references\(origin)")
    }
    if let words = name.words { reasons.append(words) }
    if profile.countsRows { reasons.append("it counts the rows 1, 2, 3 …") }
    if profile.isTechnical { reasons.append("only machines remember such values") }
    if profile.holdsEmails { reasons.append("an e-mail address can change") }
    reasons.append(uniqueness)
    return reasons.joined(separator: "; ")
  }

  private var uniqueness: String {
    if profile.isUnique { return "each row has its own value" }
    var faults: [String] = []
    if profile.blank > 0 { faults.append("\(Self.rows(profile.blank)) without a value") }
    if profile.repeated > 0 {
      faults.append("\(Self.rows(profile.repeated)) with the value of another")
    }
    return faults.joined(separator: ", ")
  }

  private static func rows(_ count: Int) -> String { count == 1 ? "1 row" : "\(count) rows" }
}

/// The proposed key of a file, or why it is left open.
struct KeyProposal {
  /// Why no key is chosen.
  enum Open {
    case fewRows
    case nothing
    case noClearWinner
    case countsRows(String)
    case repeats(String)
  }

  /// Two columns that tell the rows apart together.
  struct Pair {
    let number: String
    let other: String
    /// The values of the other where it names areas, which may be origins of their own.
    let areas: [String]?
  }

  /// All columns that may be the key, the likeliest first.
  let candidates: [KeyCandidate]
  /// The key; nil where it is left to be filled in.
  private(set) var chosen: KeyCandidate?
  /// Why it is open.
  var reason = Open.noClearWinner
  /// Two columns that make a key together, where none does alone.
  var pair: Pair?

  /// How many candidates a comment names.
  static let namesMax = 10

  init(candidates: [KeyCandidate]) { self.candidates = candidates }

  mutating func choose(_ candidate: KeyCandidate) { chosen = candidate }

  /// The others that may be the key too.
  var rivals: [KeyCandidate] {
    candidates.filter { $0.profile.name.text != chosen?.profile.name.text }
  }

  /// How sure the choice is, in a word.
  var confidence: String {
    guard let chosen else { return "none" }
    if chosen.known.hits >= KeyFinder.hitsMin { return "proved" }
    let isSure = chosen.name.weight >= KeyName.customer.weight && chosen.profile.isUnique
    return isSure ? "high" : "fair"
  }

  /// The steps that the references need to meet; never one that nothing asks for.
  func normalize(_ references: KnownReferences) -> [Normalization] {
    guard let chosen else { return Normalization.standard }
    return references.steps(for: chosen.profile)
  }

  /// The choice and its reasons, or why there is none, in words.
  var words: String {
    chosen.map { "confidence \(confidence): \($0.reasons)" } ?? openWords
  }

  /// Why the key is left open, in words.
  var openWords: String {
    switch reason {
    case .fewRows: "fewer than \(KeyFinder.rowsMin) rows prove nothing"
    case .nothing: "no column tells the rows apart"
    case .noClearWinner: "no column is clearly the one"
    case .countsRows(let name): "\(name) only counts the rows, which the next file may do otherwise"
    case .repeats(let name): "\(name) is the likeliest by its name, but its values repeat"
    }
  }
}
