internal import Effects
internal import Formats
public import Mirror
public import Reconciliation

/// The lists behind the numbers that report and desk show, a page at a time.
public protocol DeskLists: Sendable {
  /// Items by mapping ("" for none) and situation.
  func situations() async throws -> [String: [Situation: Int]]
  /// Resets there are, and records by mapping.
  func sizes() async throws -> (resets: Int, records: [String: Int])
  /// A page of items; `after` is what the page before gave as `next`.
  func items(_ list: ItemList, after: String?, limit: Int) async throws -> ItemPage
  /// Everything known of a reference or reset id; empty where nothing is.
  func stories(_ name: String) async throws -> [ExplainModel]
  /// Runs before one of them, newest first.
  func runs(before run: String?, limit: Int) async throws -> [RunRecord]
  /// One run; nil if there is none.
  func run(_ id: String) async throws -> RunRecord?
  /// The updates that a run planned, behind one of them.
  func updates(
    ofRun run: String, state: OutboxState?, after id: Int64, limit: Int
  ) async throws -> [OutboxEntry]
  /// Number of updates of a run by state.
  func updateCounts(ofRun run: String) async throws -> [OutboxState: Int]
  /// The last plan with its updates; nil before the first.
  func plan() async throws -> PlanView?
  /// Exports before one of them, newest first.
  func exports(
    mapping: String?, state: ReceiptState?, before id: Int64?, limit: Int
  ) async throws -> [ImportReceipt]
  /// One export; nil if there is none.
  func export(_ id: Int64) async throws -> ImportReceipt?
  /// Rows of an export that could not be used.
  func rejections(of export: Int64, offset: Int, limit: Int) async throws -> [Rejection]
}

extension MirrorDesk {
  /// Items by mapping and situation.
  public func situations() async throws -> [String: [Situation: Int]] {
    try await mirror.situations()
  }

  /// Resets there are, and records by mapping.
  public func sizes() async throws -> (resets: Int, records: [String: Int]) {
    (try await mirror.remoteState().resets, try await mirror.recordCounts())
  }

  /// A page of items, with e-mails as they may be shown.
  public func items(_ list: ItemList, after: String?, limit: Int) async throws -> ItemPage {
    var page = try await mirror.items(list, after: after, limit: limit)
    for place in page.lines.indices {
      page.lines[place].email = masking.text(page.lines[place].email)
      page.lines[place].reference = masking.text(page.lines[place].reference)
      page.lines[place].file = masking.text(page.lines[place].file)
    }
    return page
  }

  /// Everything known of a reference or reset id.
  public func stories(_ name: String) async throws -> [ExplainModel] {
    do {
      return try await ExplainLoader(mirror: mirror, book: loader.context.book, masking: masking)
        .load(name, at: time.now)
    } catch let error as MirrorError where error.kind == .notFound {
      return []
    }
  }

  /// Runs before one of them.
  public func runs(before run: String?, limit: Int) async throws -> [RunRecord] {
    try await mirror.runs(before: run, limit: limit)
  }

  /// One run.
  public func run(_ id: String) async throws -> RunRecord? {
    do {
      return try await mirror.run(id)
    } catch let error as MirrorError where error.kind == .notFound || error.kind == .refused {
      return nil
    }
  }

  /// The updates that a run planned.
  public func updates(
    ofRun run: String, state: OutboxState?, after id: Int64, limit: Int
  ) async throws -> [OutboxEntry] {
    try await mirror.updates(in: state, ofRun: run, after: id, limit: limit)
  }

  /// Number of updates of a run by state.
  public func updateCounts(ofRun run: String) async throws -> [OutboxState: Int] {
    try await mirror.updateCounts(ofRun: run)
  }

  /// The last plan with its updates.
  public func plan() async throws -> PlanView? { try await loader.plan(at: time.now) }

  /// Exports before one of them.
  public func exports(
    mapping: String?, state: ReceiptState?, before id: Int64?, limit: Int
  ) async throws -> [ImportReceipt] {
    try await mirror.receipts(
      ReceiptFilter(mapping: mapping, state: state, before: id), limit: limit)
  }

  /// One export.
  public func export(_ id: Int64) async throws -> ImportReceipt? {
    try await mirror.receipts(ReceiptFilter(id: id), limit: 1).first
  }

  /// Rows of an export that could not be used.
  public func rejections(of export: Int64, offset: Int, limit: Int) async throws -> [Rejection] {
    try await mirror.rejections(of: export, limit: limit, offset: offset)
  }
}
