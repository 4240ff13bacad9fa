import Formats
import Reconciliation

/// What the cells of one column have in common.
struct ColumnProfile {
  /// The name of the column, as it stands and taken apart.
  let name: ColumnName
  /// How many rows have a value.
  private(set) var filled = 0
  /// How many rows have none.
  private(set) var blank = 0
  /// How many values are e-mail addresses.
  private(set) var emails = 0
  /// How many values are digits with a zero in front.
  private(set) var padded = 0
  /// How many values stand in a guard such as `="00123"`.
  private(set) var guarded = 0
  /// How many values have blanks around them.
  private(set) var spaced = 0
  /// How many values are numbers by their format, not by their look.
  private(set) var tokens = 0
  /// The longest and the shortest value, in bytes of UTF-8.
  private(set) var longest = 0
  private(set) var shortest = Int.max
  /// How many rows have a value that an earlier row had too.
  private(set) var repeated = 0
  /// The distinct values without blanks around them, in the order of the file.
  private(set) var texts: [String] = []
  /// Whether a value is a list or an object.
  private(set) var isStructured = false
  /// How many values are the word `false` of JSON.
  private var falses = 0
  /// Whether `false` of JSON stands where other rows have a text, and so means nothing.
  private(set) var hasFalseForBlank = false
  /// The null marks that were seen.
  private(set) var marks: Set<String> = []
  /// The values row by row, of columns that may be part of a key of several.
  private(set) var rows: [String]?
  private var distinct: Set<String> = []
  private var count: RowCount? = RowCount()

  init(name: String) {
    self.name = ColumnName(name)
    let kind = KeyName(self.name)
    let mayBePart = kind.weight > 0 || self.name.isNamed(NameLists.areas)
    rows = mayBePart ? [] : nil
  }

  /// Looks at the cell of the next row.
  mutating func add(_ cell: Cell, isMark: (String) -> Bool) {
    note(cell)
    let raw = cell.text ?? ""
    let text = HeaderRow.trimmed(raw)
    rows?.append(text)
    guard !text.isEmpty, !isMark(text) else {
      if !text.isEmpty { marks.insert(text) }
      count?.skip()
      blank += 1
      return
    }
    filled += 1
    if raw.utf8.count != text.utf8.count { spaced += 1 }
    longest = max(longest, text.utf8.count)
    shortest = min(shortest, text.utf8.count)
    if Self.isEmail(text) { emails += 1 }
    if text.utf8.first == 0x30, text.utf8.count > 1, text.utf8.allSatisfy(Self.isDigit) {
      padded += 1
    }
    if text.hasPrefix("=\"") || text.hasPrefix("'") { guarded += 1 }
    if count?.take(text) == false { count = nil }
    if distinct.insert(text).inserted { texts.append(text) } else { repeated += 1 }
  }

  /// Passes over a row that can't be read.
  mutating func pass() { count?.gaps += 1 }

  /// Says that no more rows come: what is no flag has no `false`.
  mutating func finish() {
    guard falses > 0, texts.contains(where: { $0 != "true" && $0 != "false" }) else { return }
    hasFalseForBlank = true
    texts.removeAll { $0 == "false" }
    filled -= falses
    blank += falses
    repeated -= falses - 1
  }

  private mutating func note(_ cell: Cell) {
    guard case .json(let value) = cell else { return }
    switch value {
    case .array, .object: isStructured = true
    case .number: tokens += 1
    case .bool(false): falses += 1
    default: break
    }
  }

  /// Whether every row has a value and no two rows the same.
  var isUnique: Bool { filled > 0 && blank == 0 && repeated == 0 }

  /// Whether nearly every row has a value and nearly no two rows the same, as in real exports,
  /// which repeat a few keys by mistake.
  var isNearlyUnique: Bool {
    let all = filled + blank
    return filled > 0 && blank * 20 <= all && repeated * 20 <= all
  }

  /// Whether the values count the rows: 1, 2, 3 … in the order of the file.
  var countsRows: Bool { filled > 1 && repeated == 0 && count?.isRowCount == true }

  /// Whether the column belongs to the protocol of the export, such as `@odata.etag`.
  var isMachinery: Bool {
    let lower = name.text.lowercased()
    return lower.hasPrefix("@odata.") || lower.hasSuffix("etag") || lower.hasSuffix("_synced")
  }

  /// Whether nearly all values are e-mail addresses.
  var holdsEmails: Bool { filled > 0 && emails * 10 >= filled * 8 }

  /// Whether all values are the same.
  var isConstant: Bool { texts.count == 1 && blank == 0 }

  /// Whether the values are phrases rather than codes: many have blanks inside.
  var holdsPhrases: Bool { texts.count { $0.contains(" ") } * 5 > texts.count }

  /// Whether nearly all values have a digit, as numbers of customers do.
  var hasDigits: Bool {
    texts.count { $0.utf8.contains(where: Self.isDigit) } * 10 >= texts.count * 8
  }

  /// Whether the values are such as only machines remember: GUIDs and long hexadecimal digits.
  var isTechnical: Bool {
    !texts.isEmpty
      && texts.allSatisfy { text in
        text.utf8.count >= 24 && text.utf8.allSatisfy { Self.isHex($0) || $0 == 0x2D }
      }
  }

  private static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }

  private static func isHex(_ byte: UInt8) -> Bool {
    isDigit(byte) || (0x61...0x66).contains(byte | 0x20)
  }

  static func isEmail(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    guard let at = bytes.firstIndex(of: 0x40), at > 0, at == bytes.lastIndex(of: 0x40),
      let dot = bytes.lastIndex(of: 0x2E), dot > at + 1, dot < bytes.count - 1
    else { return false }
    return !bytes.contains { $0 <= 0x20 || $0 == 0x2C || $0 == 0x3B }
  }

  /// Numbers that go up by one step with every row.
  private struct RowCount {
    private var first: Int?
    private var step: Int?
    private var last = 0
    private var isWhole = true
    /// How many rows since the last value could not be read.
    var gaps = 0

    /// A row without a value.
    mutating func skip() { isWhole = false }

    /// Whether the next value goes on as the ones before.
    mutating func take(_ text: String) -> Bool {
      guard let number = Int(text), number >= 0 else { return false }
      defer { (last, gaps) = (number, 0) }
      guard first != nil else {
        first = number
        return true
      }
      let step = step ?? (number - last) / (gaps + 1)
      self.step = step
      return step > 0 && number - last == step * (gaps + 1)
    }

    /// From 0 or 1 on by one, or from ten on by ten, as the positions of a document.
    var isRowCount: Bool {
      guard isWhole, let first, let step else { return false }
      return step == 1 && first <= 1 || step == 10 && (first == 10 || first == 0)
    }
  }
}
