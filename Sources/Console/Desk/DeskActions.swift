public import Formats
public import Reconciliation

/// What the desk reads and does; the store behind it is the mirror, in tests a list.
public protocol DeskActions: DeskLists {
  /// Conflicts that pass the filter, most severe and oldest first, with their whole number.
  func queue(_ filter: DeskFilter, limit: Int, offset: Int) async throws -> DeskQueue
  /// One conflict; nil if there is none.
  func conflict(_ id: String) async throws -> ConflictView?
  /// The history of a conflict, oldest first.
  func history(_ id: String) async throws -> [HistoryLine]
  /// Other conflicts that are open for the same key or reset.
  func related(to view: ConflictView) async throws -> [ConflictView]
  /// What both sides hold, as JSON to be folded away.
  func sides(of view: ConflictView) async throws -> DeskSides
  /// Decides conflicts, each for the facts that its author saw; one outcome each, in order.
  func decide(_ items: [DeskDecision], by person: String, reason: String?) async throws
    -> [DeskOutcome]
  /// Puts a conflict off.
  func snooze(_ id: String, until: Timestamp, by person: String, reason: String?) async throws
  /// Says who looks after a conflict; nil for nobody.
  func assign(_ id: String, to assignee: String?, by person: String) async throws
  /// Adds a comment.
  func comment(_ id: String, text: String, by person: String) async throws
  /// Opens a conflict again; what its decision moved is put back. What that had written, in words;
  /// nil for nothing.
  func reopen(_ id: String, by person: String, reason: String?) async throws -> String?
  /// Takes back the last decision of a person, one or many at once, as far as it was not carried
  /// out; the conflicts.
  func undoLast(by person: String) async throws -> [String]
  /// Lets the plan of this digest pass its rails; false where it is not the last one any more.
  func approve(plan digest: String, by person: String) async throws -> Bool
  /// The report as it stands now.
  func report() async throws -> ReportModel
  /// The report without its conflicts, for the first line.
  func headline() async throws -> ReportModel
  /// When decisions will be carried out; nil if nothing is scheduled.
  func nextRun() async throws -> Timestamp?
  /// Mappings and fields that filters offer.
  func offers() async throws -> DeskOffers
}

/// A page of the queue.
public struct DeskQueue: Sendable {
  /// The conflicts of the page.
  public var views: [ConflictView]
  /// How many pass the filter.
  public var total: Int

  /// Makes a page.
  public init(views: [ConflictView], total: Int) {
    self.views = views
    self.total = total
  }
}

/// What both sides hold.
public struct DeskSides: Sendable {
  /// The record, by column.
  public var source: JSONValue?
  /// The reset.
  public var remote: JSONValue?

  /// Makes the pair; nil where a side has nothing.
  public init(source: JSONValue?, remote: JSONValue?) {
    self.source = source
    self.remote = remote
  }
}

/// A decision about one conflict.
public struct DeskDecision: Sendable {
  /// The conflict.
  public var id: String
  /// The version that was shown.
  public var facts: String
  /// What to do.
  public var take: Resolution

  /// Makes a decision.
  public init(id: String, facts: String, take: Resolution) {
    self.id = id
    self.facts = facts
    self.take = take
  }
}

/// What became of a decision.
public enum DeskOutcome: Sendable {
  /// It stands; the next run carries it out.
  case decided
  /// The values moved since they were shown; nothing was decided.
  case moved(ConflictView)
  /// It can't be decided so, and why.
  case refused(String)
}

/// What filters offer to choose from.
public struct DeskOffers: Sendable {
  /// Mappings by name.
  public var mappings: [String]
  /// Managed fields.
  public var fields: [String]

  /// Makes a list.
  public init(mappings: [String] = [], fields: [String] = []) {
    self.mappings = mappings
    self.fields = fields
  }
}
