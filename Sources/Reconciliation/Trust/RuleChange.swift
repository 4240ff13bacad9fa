internal import Formats

/// Why what the mirror keeps of an export is not enough under the rules of today.
public enum RereadReason: Sendable, Hashable {
  /// Its files are read in another way.
  case reading
  /// A column is needed that was not read before.
  case column(String)
  /// `where` takes rows that it set aside before: they were not kept.
  case filter
  /// Rows were rejected for a column whose rules changed: they were not kept either.
  case rejected(column: String)
  /// A column declares another decimal mark than the one by which some of its numbers were kept.
  case numbers(column: String)
  /// Rows were passed over as stale by times that are read in another way now or not at all, or
  /// beside rows that are of another key now.
  case order
  /// So many records can't be told by the rules of today: columns of their key were never read.
  case unkeyed(records: Int)
  /// By the rules of today no record is left.
  case nothingLeft
}

/// What a change of the rules asks for what stands.
///
///     keys, origins, deleted, changed_at,      the cells that are kept are enough:
///     a `where` that takes less                records get all that anew
///     another encoding, one more column,       the last accepted export is read again,
///     a `where` that takes more                or the next one is needed
public struct RuleChange: Sendable {
  private let old: RecordRules
  private let new: RecordRules

  /// The change from some rules to others.
  public init(from old: RecordRules, to new: RecordRules) {
    self.old = old
    self.new = new
  }

  /// Whether the records that stand must get their keys, marks and times anew from their cells.
  public var redoesRecords: Bool { old.records != new.records }
  /// Whether their keys may be others then.
  public var movesKeys: Bool { old.keys != new.keys }
  /// Whether a reference is put together in another way: of what is kept as its spelling nothing
  /// follows any more.
  public var respellsReferences: Bool { old.reference != new.reference }
  /// Whether records are left aside that the rules of before took.
  public var leavesAside: Bool { !new.filters.allSatisfy(old.filters.contains) }
  /// Whether links are suggested by other pairs.
  public var correlatesAnew: Bool { old.correlate != new.correlate }

  /// Why an export of this mode must be read again, of which rows were `rejected` for some columns
  /// or were stale, or numbers of columns were kept as `typed` by another mark; empty where what is
  /// kept of it is enough.
  public func rereads(
    _ mode: ExportMode, rejected: Set<String>, hasStale: Bool = false, typed: Set<String> = []
  ) -> [RereadReason] {
    var reasons: [RereadReason] = []
    if let before = old.reading[mode], let now = new.reading[mode], before != now {
      reasons.append(.reading)
    }
    let lacking = new.columns.keys.map(\.text).filter { old.columns[ExactText($0)] == nil }
    reasons += lacking.sorted { $0.precedesByBytes($1) }.map { .column($0) }
    if takesMore { reasons.append(.filter) }
    let ordersAnew = old.changedAt != new.changedAt || old.spelling != new.spelling
    if hasStale, ordersAnew { reasons.append(.order) }
    reasons += typed.filter(isOther).sorted().map { .numbers(column: $0) }
    let curable = rejected.filter(isOther)
    return reasons + curable.sorted().map { .rejected(column: $0) }
  }

  /// Whether a column is read by other rules than before.
  private func isOther(_ column: String) -> Bool {
    let column = ExactText(column)
    guard let now = new.columns[column], let before = old.columns[column] else { return false }
    return now != before
  }

  /// Whether `where` takes rows that it set aside before.
  private var takesMore: Bool {
    old.filters.contains { before in
      guard let now = new.filters.first, now.column == before.column else { return true }
      let known = Set(before.texts.map(\.trimmed))
      return !now.texts.allSatisfy { known.contains($0.trimmed) }
    }
  }
}
