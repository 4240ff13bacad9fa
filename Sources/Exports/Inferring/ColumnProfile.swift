import Formats
import Reconciliation

/// What the cells of one column have in common.
struct ColumnProfile {
  /// How many distinct texts are told apart; a column with more is taken for unique up to there.
  static let distinctMax = 20_000
  /// How many texts are kept to try types on.
  static let samplesMax = 2_000

  let name: String
  private(set) var filled = 0
  private(set) var blank = 0
  private(set) var emails = 0
  private(set) var padded = 0
  private(set) var guarded = 0
  private(set) var longest = 0
  private(set) var shortest = Int.max
  private(set) var repeated = 0
  private(set) var texts: Set<String> = []
  private(set) var samples: [String] = []
  private(set) var isStructured = false

  init(name: String) { self.name = name }

  mutating func add(_ cell: Cell) {
    if case .json(.array) = cell { isStructured = true }
    if case .json(.object) = cell { isStructured = true }
    guard let text = cell.text, !HeaderRow.trimmed(text).isEmpty else {
      blank += 1
      return
    }
    filled += 1
    longest = max(longest, text.utf8.count)
    shortest = min(shortest, text.utf8.count)
    if Self.isEmail(text) { emails += 1 }
    if text.utf8.first == 0x30, text.utf8.count > 1, text.utf8.allSatisfy(Self.isDigit) {
      padded += 1
    }
    if text.hasPrefix("=\"") || text.hasPrefix("'") { guarded += 1 }
    if texts.count < Self.distinctMax {
      if !texts.insert(text).inserted { repeated += 1 }
    } else if texts.contains(text) {
      repeated += 1
    }
    if samples.count < Self.samplesMax { samples.append(text) }
  }

  /// Whether every row has a value and no two rows the same.
  var isUnique: Bool { filled > 0 && blank == 0 && repeated == 0 }

  /// Whether the column belongs to the protocol of the export, such as `@odata.etag`.
  var isMachinery: Bool {
    let lower = name.lowercased()
    return lower.hasPrefix("@odata.") || lower.hasSuffix("etag")
  }

  /// Whether nearly all values are e-mail addresses.
  var holdsEmails: Bool { filled > 0 && emails * 10 >= filled * 8 }

  /// Whether all values are the same.
  var isConstant: Bool { texts.count == 1 && blank == 0 }

  private static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }

  static func isEmail(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    guard let at = bytes.firstIndex(of: 0x40), at > 0, at == bytes.lastIndex(of: 0x40),
      let dot = bytes.lastIndex(of: 0x2E), dot > at + 1, dot < bytes.count - 1
    else { return false }
    return !bytes.contains { $0 <= 0x20 || $0 == 0x2C || $0 == 0x3B }
  }

  /// The words of the name, for hints such as `LAST_MODIFIED` or `lastModified`.
  var words: [String] {
    var words: [String] = []
    var word = ""
    var wasLower = false
    for scalar in name.unicodeScalars {
      let isLetter = scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
      let isUpper = scalar.properties.isUppercase
      if !isLetter || isUpper && wasLower {
        if !word.isEmpty { words.append(word.lowercased()) }
        word = ""
      }
      if isLetter { word.unicodeScalars.append(scalar) }
      wasLower = isLetter && !isUpper
    }
    if !word.isEmpty { words.append(word.lowercased()) }
    return words
  }

  /// Whether a word of the name is one of these, or the whole name contains a long one.
  func isNamed(_ hints: [String]) -> Bool {
    let words = words
    let whole = words.joined()
    return hints.contains { hint in
      words.contains(hint) || hint.utf8.count > 4 && whole.contains(hint)
    }
  }
}
