/// One made-up customer as both sides know him.
struct Customer: Sendable {
  let reference: String
  let email: String
  let name: String
  let group: String
  /// The credit limit in cents.
  var limit: Int
  let city: String
  let country: String
  let isBlocked: Bool
  let note: String
  let since: String
  let changedAt: String

  private static let firstNames = [
    "Anna", "Björn", "Chloé", "Emil", "Fátima", "Giulia", "Henrik", "José", "Käthe", "Márta",
    "Nils", "Ólafur", "Paula", "Renée", "Søren", "Zoë",
  ]
  private static let lastNames = [
    "Müller", "Rossi", "Dubois", "García", "Novák", "Kowalski", "Jørgensen", "Weiß", "Bianchi",
    "Fischer", "Moreau", "Jansen", "Keller", "Conti", "Lang", "Haas",
  ]
  private static let cities = [
    ("Köln", "DE"), ("Milano", "IT"), ("Besançon", "FR"), ("Málaga", "ES"), ("Wien", "AT"),
    ("Utrecht", "NL"), ("Århus", "DK"), ("Zürich", "CH"),
  ]
  private static let groups = ["retail", "wholesale", "partner", "employee"]
  private static let notes = [
    "", "", "", "", "", "invoice by e-mail only", "calls back, \"urgent\" or not",
    "prefers delivery at gate 3, not before nine",
  ]

  /// The customer of a number; the same seed gives the same customer.
  init(_ number: Int, seed: UInt64) {
    var dice = Dice(seed: seed, number: number)
    let first = Self.firstNames[dice.below(Self.firstNames.count)]
    let last = Self.lastNames[dice.below(Self.lastNames.count)]
    let (city, country) = Self.cities[dice.below(Self.cities.count)]
    reference = Self.reference(number)
    email = "customer\(number)@example.com"
    name = "\(first) \(last)"
    group = Self.groups[dice.below(Self.groups.count)]
    limit = dice.below(1_000_000)
    self.city = city
    self.country = country
    isBlocked = dice.below(16) == 0
    note = Self.notes[dice.below(Self.notes.count)]
    since = "20\(Self.padded(10 + dice.below(15), 2))-\(Self.day(&dice))"
    let hour = Self.padded(dice.below(24), 2)
    changedAt = "2026-\(Self.day(&dice))T\(hour):\(Self.padded(dice.below(60), 2)):00Z"
  }

  /// `C-00000042`.
  static func reference(_ number: Int) -> String { "C-" + padded(number, 8) }

  /// The credit limit as both sides spell it.
  var limitText: String { "\(limit / 100).\(Self.padded(limit % 100, 2))" }

  private static func day(_ dice: inout Dice) -> String {
    "\(padded(1 + dice.below(10), 2))-\(padded(1 + dice.below(28), 2))"
  }

  static func padded(_ number: Int, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
  }
}
