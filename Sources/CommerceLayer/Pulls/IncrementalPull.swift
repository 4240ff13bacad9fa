internal import Effects
internal import Formats

/// The walk over resets that changed, in the order of change, without page numbers.
extension CommerceLayerClient {
  /// How often a page that doesn't answer its filter is asked for again.
  private static let wrongPagesMax = 3

  /// Reads the resets that changed since a state.
  ///
  /// Starts a little before the watermark and sorts by `updated_at,id`. After each full page it
  /// starts over at the last row's `updated_at`, so rows that move to the end meanwhile shift
  /// nothing; where a whole page shares one millisecond it walks that millisecond by id. Rows
  /// seen twice are dropped by id and time. Ends with a short page. Each page brings the state to
  /// store with its rows; what `each` throws ends the pull, and nothing is lost.
  public func pull(
    since state: PullState, each: (PullPage) async throws -> Void
  ) async throws -> PullSummary {
    var walk = ChangeWalk(
      state: state, from: state.start(overlapSeconds: settings.overlapSeconds))
    while true {
      let (page, serverTime) = try await changes(&walk)
      if walk.summary.pages == 1, let serverTime, walk.from != nil,
        let earlier = state.restart(
          overlapSeconds: settings.overlapSeconds, serverTime: serverTime, ownTime: time.now),
        let from = walk.from, earlier < from
      {
        log.warning("the server's clock went back; reading again from before")
        walk.from = earlier
        continue
      }
      let isLast = page.isLast
      if isLast {
        walk.summary.state.serverTime = serverTime ?? walk.summary.state.serverTime
        walk.summary.state.ownTime = time.now
      }
      try await hand(on: page.rows, &walk, isLast: isLast, each)
      if isLast { return walk.summary }
      try await moveOn(page.rows, &walk, each)
    }
  }

  private struct ChangeWalk {
    var from: Timestamp?
    var summary: PullSummary
    /// Rows handed on at or after `from`, by id.
    var seen: [String: Timestamp] = [:]

    init(state: PullState, from: Timestamp?) {
      self.from = from.map(Self.floor)
      summary = PullSummary(state: state)
    }

    /// Rows that were not handed on yet with that time.
    mutating func fresh(_ rows: [ResetResource]) -> [ResetResource] {
      rows.filter { row in
        let isNew = seen[row.id] != row.updatedAt.time
        seen[row.id] = row.updatedAt.time
        return isNew
      }
    }

    /// Goes on from an instant; earlier rows can't come again.
    mutating func move(to instant: Timestamp) {
      from = instant
      seen = seen.filter { $0.value >= instant }
    }

    /// The API shows milliseconds.
    static func floor(_ instant: Timestamp) -> Timestamp {
      let (quotient, rest) = instant.microseconds.quotientAndRemainder(dividingBy: 1_000)
      return Timestamp(microseconds: (rest < 0 ? quotient - 1 : quotient) * 1_000)
    }
  }

  /// Asks for the rows from the walk's place on, and checks that they answer it.
  private func changes(
    _ walk: inout ChangeWalk
  ) async throws(APIError) -> (page: ResetPage, serverTime: Timestamp?) {
    let from = walk.from
    let filters = from.map { [ResetFilter(checked: "updated_at_gteq", $0.rfc3339)] } ?? []
    let query = ResetQuery(filters: filters, order: .updated)
    for _ in 0..<Self.wrongPagesMax {
      let answer = try await dated(query)
      walk.summary.pages += 1
      if Self.answers(answer.page, from) { return answer }
      log.notice("a page doesn't answer its filter", ["page": .int(walk.summary.pages)])
    }
    throw APIError(
      .incompatible, "the list ignores updated_at_gteq or its sort; the walk doesn't move")
  }

  /// Ordered, not before the place asked for, and not empty where the API counts rows.
  private static func answers(_ page: ResetPage, _ from: Timestamp?) -> Bool {
    let times = page.rows.map(\.updatedAt.time)
    if times.isEmpty { return page.isLast }
    guard zip(times, times.dropFirst()).allSatisfy({ $0 <= $1 }) else { return false }
    guard let from, let first = times.first else { return true }
    return first >= from
  }

  private func moveOn(
    _ rows: [ResetResource], _ walk: inout ChangeWalk,
    _ each: (PullPage) async throws -> Void
  ) async throws {
    guard let first = rows.first, let last = rows.last else { return }
    let place = ChangeWalk.floor(last.updatedAt.time)
    let isStuck = walk.from == place || ChangeWalk.floor(first.updatedAt.time) == place
    guard isStuck else { return walk.move(to: place) }
    try await readMillisecond(place, &walk, each)
    walk.move(to: place.adding(seconds: 0.001))
  }

  /// Reads all rows of one millisecond by id.
  ///
  /// Its rows can only leave it meanwhile, to later times. The bounds are milliseconds, since the
  /// server stores more decimals than it shows.
  private func readMillisecond(
    _ start: Timestamp, _ walk: inout ChangeWalk,
    _ each: (PullPage) async throws -> Void
  ) async throws {
    let bounds = [
      ResetFilter(checked: "updated_at_gteq", start.rfc3339),
      ResetFilter(checked: "updated_at_lt", start.adding(seconds: 0.001).rfc3339),
    ]
    var passed = IdentitySet(seed: random.next())
    var lastID: String?
    var wrongPages = 0
    while true {
      let after = lastID.map { [ResetFilter(checked: "id_gt", $0)] } ?? []
      let page = try await page(ResetQuery(filters: bounds + after))
      let rows = page.rows
      walk.summary.pages += 1
      let isRight =
        rows.allSatisfy {
          ChangeWalk.floor($0.updatedAt.time) == start && !passed.contains($0.id)
        } && (page.isLast || !rows.isEmpty)
      guard isRight else {
        wrongPages += 1
        guard wrongPages < Self.wrongPagesMax else {
          throw APIError(.incompatible, "the list ignores its filters; the walk doesn't move")
        }
        continue
      }
      for row in rows { _ = passed.insert(row.id) }
      try await hand(on: rows, &walk, isLast: false, each)
      if page.isLast { return }
      lastID = rows.last?.id
    }
  }

  private func hand(
    on rows: [ResetResource], _ walk: inout ChangeWalk, isLast: Bool,
    _ each: (PullPage) async throws -> Void
  ) async throws {
    let fresh = walk.fresh(rows)
    for row in rows { walk.summary.state.note(row) }
    walk.summary.rows += fresh.count
    // The last page is handed on without rows too: its state says that the pull completed.
    guard isLast || !fresh.isEmpty else { return }
    try await each(PullPage(rows: fresh, state: walk.summary.state, cursor: nil))
  }
}
