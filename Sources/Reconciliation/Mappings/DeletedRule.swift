/// Where a row says that its record is deleted.
///
/// Texts are compared after trimming and without regard to case. Flags and words differ:
///
///     equals            a cell that is not listed
///     X, true, 1, ja    a flag: true means deleted, false and blank don't, all else is unknown
///     N, false, 0       a flag the other way round: false means deleted
///     GONE, archived    a word: not deleted; with `not`, what neither list has is unknown
public struct DeletedRule: Sendable, Hashable {
  /// The column.
  public let column: String
  /// The texts that mean deleted.
  public let equals: [String]
  /// The texts that mean not deleted; empty where words that are not listed do.
  public let not: [String]
  private let deleted: Set<String>
  private let standing: Set<String>
  private let leavesUnknown: Bool

  /// A rule on this column.
  public init(column: String, equals: [String], not: [String] = []) {
    self.column = column
    self.equals = equals
    self.not = not
    let marks = Set(equals.map(Self.folded))
    let others = Set(not.map(Self.folded))
    let flag = BooleanText.flag(ofAll: marks)
    let same = flag.map(BooleanText.texts) ?? []
    let opposite = flag.map { BooleanText.texts(!$0) } ?? []
    deleted = marks.union(same).subtracting(others)
    standing = others.union(opposite).subtracting(marks)
    leavesUnknown = flag != nil || !not.isEmpty
  }

  /// A text that both lists have; nil where they don't overlap.
  var contested: String? {
    let marks = Set(equals.map(Self.folded))
    return not.first { marks.contains(Self.folded($0)) }
  }

  /// Whether a cell marks its record as deleted; nil where the rule can't tell.
  func marks(_ cell: Cell) -> Bool? {
    switch cell {
    case .absent: return false
    case .null: return deleted.contains("")
    case .text, .json:
      guard let text = cell.text else { return cell.isBlank ? false : nil }
      let word = Self.folded(text)
      if deleted.contains(word) { return true }
      return word.isEmpty || standing.contains(word) || !leavesUnknown ? false : nil
    }
  }

  private static func folded(_ text: String) -> String { text.trimmed.caseFolded }
}
