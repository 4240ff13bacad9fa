internal import Effects
internal import Formats

/// The pull over resets that changed, in the order of change, by time instead of page numbers.
extension CommerceLayerClient {
  /// Reads the resets that changed since a state.
  ///
  /// Starts a little before the watermark and sorts by `updated_at,id`. After each full page it
  /// starts over at the last row's `updated_at`, so rows that move to the end meanwhile shift
  /// nothing; where a whole page shares one millisecond it walks that millisecond by id. Rows
  /// seen twice are dropped by id and time. Ends with a short page. Each page brings the state to
  /// store with its rows; what `each` throws ends the pull, and nothing is lost.
  ///
  /// Where the API answers too slowly to use the granted rate one page at a time, pages from the
  /// middle split what changed into spans of time that are read at once, up to `max_in_flight`.
  /// The state then follows the lowest span, and the end of the list is read after all others.
  public func pull(
    since state: PullState, each: (PullPage) async throws -> Void
  ) async throws -> PullSummary {
    var pager = ChangePager(
      state: state, from: state.start(overlapSeconds: settings.overlapSeconds))
    var final = state
    try await withThrowingTaskGroup(of: ChangeReply.self) { group in
      var asked = 0
      while true {
        while asked < pagesAtOnce, let question = pager.nextQuestion(isAlone: asked == 0) {
          let query = Self.query(question)
          pager.pages += 1
          asked += 1
          group.addTask { (question, await self.datedResult(of: query)) }
        }
        guard let (question, result) = try await group.next() else { return }
        asked -= 1
        defer { pager.settle(question) }
        let answer: DatedPage
        do throws(APIError) {
          answer = try result.get()
        } catch {
          try forgive(error, question, &pager)
          continue
        }
        if pager.pages == 1, let earlier = earlierStart(state, answer.serverTime, question.from) {
          log.warning("the server's clock went back; reading again from before")
          pager.restart(from: earlier)
          continue
        }
        let rows = try judge(answer.page, question, &pager)
        if pager.isOver {
          final = pager.state
          final.serverTime = answer.serverTime ?? final.serverTime
          final.ownTime = time.now
        }
        // The last page is handed on without rows too: its state says that the pull completed.
        guard pager.isOver || !rows.isEmpty else { continue }
        try await each(
          PullPage(rows: rows, state: pager.isOver ? final : pager.state, cursor: nil))
        // What is still on the way was read already.
        if pager.isOver { return group.cancelAll() }
      }
    }
    return PullSummary(pages: pager.pages, rows: pager.rows, state: final)
  }

  private typealias DatedPage = (page: ResetPage, serverTime: Timestamp?)
  private typealias ChangeReply = (question: ChangeQuestion, result: Result<DatedPage, APIError>)

  /// Where to begin instead, should the server's clock have gone back before the place asked for.
  private func earlierStart(
    _ state: PullState, _ serverTime: Timestamp?, _ from: Timestamp?
  ) -> Timestamp? {
    guard let serverTime, let from else { return nil }
    let earlier = state.restart(
      overlapSeconds: settings.overlapSeconds, serverTime: serverTime, ownTime: time.now)
    return earlier.flatMap { $0 < from ? $0 : nil }
  }

  private static func query(_ question: ChangeQuestion) -> ResetQuery {
    func at(_ predicate: String, _ instant: Timestamp) -> ResetFilter {
      ResetFilter(checked: predicate, instant.rfc3339)
    }
    if case .millisecond(let start, let after) = question.kind {
      let bounds = [
        at("updated_at_gteq", start), at("updated_at_lt", start.nextMillisecond),
      ]
      return ResetQuery(filters: bounds + (after.map { [ResetFilter(checked: "id_gt", $0)] } ?? []))
    }
    var query = ResetQuery(order: .updated)
    if let from = question.from { query.filters.append(at("updated_at_gteq", from)) }
    if let until = question.until { query.filters.append(at("updated_at_lt", until)) }
    if case .split(let number) = question.kind { query.number = number }
    return query
  }

  /// The rows of an answer that are new to the pull.
  private func judge(
    _ page: ResetPage, _ question: ChangeQuestion, _ pager: inout ChangePager
  ) throws(APIError) -> [ResetResource] {
    let couldSplit = pager.canSplit
    if case .rows(let rows) = pager.take(page, to: question) { return rows }
    if couldSplit && !pager.canSplit {
      log.notice("the changes can't be read from several places at once; going on one by one")
    }
    log.notice("a page doesn't answer its filter", ["page": .int(pager.pages)])
    if let range = pager.range(question.range), range.wrongPages >= WalkLimits.wrongPagesMax {
      throw APIError(
        .incompatible, "the list ignores updated_at_gteq or its sort; the walk doesn't move")
    }
    return []
  }

  /// A server that refuses page numbers or the end of a span is walked without them.
  private func forgive(
    _ error: APIError, _ question: ChangeQuestion, _ pager: inout ChangePager
  ) throws(APIError) {
    guard error.kind == .refused else { throw error }
    switch question.kind {
    case .split: pager.update(question.range) { $0.isBeingSplit = false }
    case .next where question.until != nil:
      pager.sendsBorders = false
      pager.update(question.range) { $0.isAsked = false }
    default: throw error
    }
    pager.canSplit = false
    log.notice("Commerce Layer refuses a way to ask; going on one by one")
  }
}
