internal import Effects
internal import Formats

/// The walk over all resets in the order of creation, by the last id instead of page numbers.
extension CommerceLayerClient {
  /// How often a page that repeats rows is asked for again before the walk gives up.
  private static let repeatedPagesMax = 3

  /// Reads every reset once and proves that none was left out.
  ///
  /// Asks for the newest change first, which gives the state for the next incremental pull; then
  /// walks by `id_gt`; then compares the number of distinct ids with the API's count after the
  /// walk. Rows made meanwhile are walked to; where rows were deleted behind the walk the counts
  /// differ and the outcome is `incomplete`. A walk resumed from a cursor trusts the rows before
  /// it to be distinct. What `each` throws ends the pull.
  public func pullAll(
    resuming cursor: FullPullCursor? = nil,
    each: (PullPage) async throws -> Void
  ) async throws -> FullPullOutcome {
    var walk = Walk(seed: random.next())
    if let cursor {
      walk.resume(cursor)
    } else {
      walk.stateBefore = try await stateNow()
      walk.pages = 1
    }
    while true {
      let found = try await advance(&walk, each)
      if found == APISettings.pageSizeMax { continue }
      let count = try await recordCount()
      walk.pages += 1
      guard let count else { return walk.outcome(.incomplete(reason: "the API gave no count")) }
      if count == walk.rows { return walk.outcome(.complete(recordCount: count)) }
      // A longer list than was walked: rows were made since, or a page came short.
      if count > walk.rows, try await advance(&walk, each) > 0 { continue }
      return walk.outcome(.incomplete(reason: Self.reason(walk.rows, count)))
    }
  }

  private static func reason(_ rows: Int, _ count: Int) -> String {
    count < rows
      ? "\(rows - count) of \(rows) rows were deleted while the others were read"
      : "\(rows) rows were read, but the API counts \(count)"
  }

  /// What the walk remembers between two pages.
  private struct Walk {
    var seen: IdentitySet
    var lastID: String?
    var rowsBefore = 0
    var pages = 0
    var stateBefore = PullState()

    init(seed: UInt64) { seen = IdentitySet(seed: seed) }

    var rows: Int { rowsBefore + seen.count }

    mutating func resume(_ cursor: FullPullCursor) {
      lastID = cursor.afterID
      rowsBefore = cursor.rows
      stateBefore = cursor.stateBefore
    }

    /// Notes the rows; false, and nothing is noted, unless all are new to the walk and to one
    /// another.
    mutating func accepts(_ rows: [ResetResource]) -> Bool {
      rows.allSatisfy { $0.id != lastID } && seen.insert(page: rows.map(\.id))
    }

    func outcome(_ completeness: Completeness) -> FullPullOutcome {
      FullPullOutcome(
        completeness: completeness, rows: rows, pages: pages, state: stateBefore)
    }
  }

  /// Reads the next page and hands it on; returns how many rows it had.
  private func advance(
    _ walk: inout Walk, _ each: (PullPage) async throws -> Void
  ) async throws -> Int {
    let filters = walk.lastID.map { [ResetFilter(checked: "id_gt", $0)] } ?? []
    let query = ResetQuery(filters: filters)
    for _ in 0..<Self.repeatedPagesMax {
      let page = try await page(query)
      walk.pages += 1
      guard walk.accepts(page.rows) else {
        log.notice("a page repeats rows", ["page": .int(walk.pages)])
        continue
      }
      guard let last = page.rows.last else { return 0 }
      walk.lastID = last.id
      let cursor = FullPullCursor(
        afterID: last.id, rows: walk.rows, stateBefore: walk.stateBefore)
      try await each(PullPage(rows: page.rows, state: nil, cursor: cursor))
      return page.rows.count
    }
    throw APIError(
      .incompatible, "the list repeats rows that were read already; the walk doesn't move")
  }

  /// The highest `updated_at` there is, before the walk begins.
  private func stateNow() async throws(APIError) -> PullState {
    let newest = try await dated(
      ResetQuery(order: .newest, size: 1, fields: ResetQuery.countFields))
    return PullState(
      watermark: newest.page.rows.first?.updatedAt, serverTime: newest.serverTime,
      ownTime: time.now)
  }

  private func recordCount() async throws(APIError) -> Int? {
    try await page(ResetQuery(size: 1, fields: ResetQuery.countFields)).meta.recordCount
  }
}
