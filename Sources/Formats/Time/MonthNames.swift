/// Month names in English and German, for dates in exports.
enum MonthNames {
  /// The language names are written in; both are read.
  static let english = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
  ]
  static let german = [
    "Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober",
    "November", "Dezember",
  ]
  /// Short forms that are not the first three letters.
  private static let others: [(name: String, month: Int)] = [
    ("sept", 9), ("mrz", 3), ("maerz", 3), ("mär", 3), ("jän", 1), ("jänner", 1), ("feber", 2),
  ]

  /// Lower-case names of at least three letters with their months, longest first.
  static let known: [(letters: [UInt8], month: Int)] = {
    var names: [String: Int] = [:]
    for list in [english, german] {
      for (place, name) in list.enumerated() {
        names[name.lowercased()] = place + 1
        names[String(name.lowercased().prefix(3))] = place + 1
      }
    }
    for other in others { names[other.name] = other.month }
    return names.map { (Array($0.key.utf8), $0.value) }
      .sorted { ($0.letters.count, $1.month) > ($1.letters.count, $0.month) }
  }()
}
