internal import Effects
internal import Formats

/// The pull over all resets in the order of creation, by the last id instead of page numbers.
extension CommerceLayerClient {
  /// Reads every reset once and proves that none was left out.
  ///
  /// Asks for the newest change first, which gives the state for the next incremental pull; then
  /// walks by `id_gt`. The last page is asked for from the other end of the list, so that it
  /// brings the count of all rows, which must be the number of distinct ids. Where rows came or
  /// went meanwhile the count is asked for once more: rows made are walked to, rows deleted
  /// behind the pull make the outcome `incomplete`.
  ///
  /// Where the API answers too slowly to use the granted rate one page at a time, pages from the
  /// middle split the list in ranges that are walked at once, up to `max_in_flight`. Their
  /// borders are rows of those pages, so splitting costs no request and leaves no gap.
  ///
  /// A pull resumed from a cursor trusts the rows before it to be distinct. What the sink throws
  /// ends the pull. Rows that are not certainly new are asked for at the sink, so what a pull
  /// keeps in memory does not grow with the list.
  public func pullAll(
    resuming cursor: FullPullCursor? = nil, into sink: inout some PullSink
  ) async throws -> FullPullOutcome {
    try await pullAll(resuming: cursor, filterBytes: nil, into: &sink)
  }

  /// The same with a filter of so many bytes; nil for as many as the list calls for.
  func pullAll(
    resuming cursor: FullPullCursor?, filterBytes: Int?, into sink: inout some PullSink
  ) async throws -> FullPullOutcome {
    var pager = try await begin(cursor, filterBytes)
    while true {
      try await walkRanges(&pager, &sink)
      let count: Int?
      if let total = pager.total {
        count = total
      } else {
        count = try await recordCount()
        pager.pages += 1
      }
      guard let count else { return outcome(pager, .incomplete(reason: "the API gave no count")) }
      if count == pager.rows { return outcome(pager, .complete(recordCount: count)) }
      // A longer list than was walked: rows were made since, or a page came short.
      let rows = pager.rows
      if count > rows {
        pager.reopen()
        try await walkRanges(&pager, &sink)
        if pager.rows > rows { continue }
      }
      return outcome(pager, .incomplete(reason: Self.reason(rows, count)))
    }
  }

  private static func reason(_ rows: Int, _ count: Int) -> String {
    count < rows
      ? "\(rows - count) of \(rows) rows were deleted while the others were read"
      : "\(rows) rows were read, but the API counts \(count)"
  }

  private func outcome(_ pager: IDPager, _ completeness: Completeness) -> FullPullOutcome {
    FullPullOutcome(
      completeness: completeness, rows: pager.rows, pages: pager.pages, state: pager.stateBefore)
  }

  /// A pull from where another stopped, or a new one, which first asks for the highest
  /// `updated_at` that there is, and how many rows.
  private func begin(
    _ cursor: FullPullCursor?, _ filterBytes: Int?
  ) async throws(APIError) -> IDPager {
    func filter(expecting rows: Int?) -> SeenFilter {
      let seed = random.next()
      return filterBytes.map { SeenFilter(seed: seed, bytes: $0) }
        ?? SeenFilter(seed: seed, expecting: rows)
    }
    // How many rows are left of a pull that was stopped, only its last range could tell.
    if let cursor { return IDPager(from: cursor, seen: filter(expecting: nil)) }
    let newest = try await dated(
      ResetQuery(order: .newest, size: 1, fields: ResetQuery.countFields))
    let rows = newest.page.meta.recordCount
    let state = PullState(
      watermark: newest.page.rows.first?.updatedAt, serverTime: newest.serverTime,
      ownTime: time.now)
    let whole = FullPullCursor(
      ranges: [WalkBounds(after: nil, before: nil)], rows: 0, stateBefore: state)
    var pager = IDPager(from: whole, seen: filter(expecting: rows))
    pager.pages = 1
    if let first = pager.ranges.first { pager.update(first.number) { $0.rowsLeft = rows } }
    return pager
  }

  private func recordCount() async throws(APIError) -> Int? {
    try await page(ResetQuery(size: 1, fields: ResetQuery.countFields)).meta.recordCount
  }

  // MARK: Ranges

  private typealias Reply = (question: KeyQuestion, result: Result<ResetPage, APIError>)

  /// Reads all open ranges to their ends, several pages at a time where that is worth it.
  private func walkRanges(
    _ pager: inout IDPager, _ sink: inout some PullSink
  ) async throws {
    try await withThrowingTaskGroup(of: Reply.self) { group in
      var asked = 0
      while true {
        while asked < pagesAtOnce, let question = nextQuestion(&pager, isAlone: asked == 0) {
          let query = Self.query(question)
          pager.pages += 1
          asked += 1
          group.addTask { (question, await self.datedResult(of: query).map(\.page)) }
        }
        guard let reply = try await group.next() else { return }
        asked -= 1
        let rows = try await judge(reply, &pager, &sink)
        guard !rows.isEmpty else { continue }
        try await sink.add(PullPage(rows: rows, state: nil, cursor: pager.cursor))
      }
    }
  }

  private func nextQuestion(_ pager: inout IDPager, isAlone: Bool) -> KeyQuestion? {
    if let range = pager.idle {
      pager.update(range.number) { $0.isAsked = true }
      return KeyQuestion(kind: .next, range: range.number, bounds: pager.borders(of: range))
    }
    // Only beside another page: a pull of one page at a time has no use for a border.
    if !isAlone, let range = pager.widest {
      pager.update(range.number) { $0.isBeingSplit = true }
      let kind = KeyQuestion.Kind.split(pageNumber: range.pagesLeft / 2 + 1)
      return KeyQuestion(kind: kind, range: range.number, bounds: pager.borders(of: range))
    }
    if isAlone, let range = pager.closing {
      pager.update(range.number) { $0.isAsked = true }
      return KeyQuestion(kind: .closing, range: range.number, bounds: pager.borders(of: range))
    }
    return nil
  }

  private static func query(_ question: KeyQuestion) -> ResetQuery {
    guard question.kind != .closing else { return ResetQuery(order: .last) }
    var query = ResetQuery()
    if let after = question.bounds.after {
      query.filters.append(ResetFilter(checked: "id_gt", after))
    }
    if let before = question.bounds.before {
      query.filters.append(ResetFilter(checked: "id_lt", before))
    }
    if case .split(let number) = question.kind { query.number = number }
    return query
  }

  /// The rows of an answer that are new to the pull.
  private func judge(
    _ reply: Reply, _ pager: inout IDPager, _ sink: inout some PullSink
  ) async throws -> [ResetResource] {
    let (question, result) = (reply.question, reply.result)
    let page: ResetPage
    do throws(APIError) {
      page = try result.get()
    } catch {
      try forgive(error, question, &pager)
      return []
    }
    let couldSplit = pager.canSplit
    let repeated = try await handedOn(pager.doubtful(page, to: question), &sink)
    let verdict = pager.take(page, to: question, repeated: repeated)
    if couldSplit && !pager.canSplit {
      log.notice("the list can't be read from several places at once; going on one by one")
    }
    if case .rows(let rows) = verdict { return rows }
    log.notice("a page is not what was asked for", ["page": .int(pager.pages)])
    if let range = pager.range(question.range), range.wrongPages >= WalkLimits.wrongPagesMax {
      throw APIError(
        .incompatible, "the list repeats rows that were read already; the walk doesn't move")
    }
    return []
  }

  private func handedOn(_ ids: [String], _ sink: inout some PullSink) async throws -> Set<String> {
    var found: Set<String> = []
    for id in ids where try await sink.has(id) { found.insert(id) }
    return found
  }

  /// A server that refuses page numbers, borders or the other order is walked without them.
  private func forgive(
    _ error: APIError, _ question: KeyQuestion, _ pager: inout IDPager
  ) throws(APIError) {
    guard error.kind == .refused else { throw error }
    switch question.kind {
    case .split: break
    case .closing where pager.canClose: pager.canClose = false
    case .next where question.bounds.before != nil: pager.sendsBorders = false
    default: throw error
    }
    pager.update(question.range) { range in
      if case .split = question.kind { range.isBeingSplit = false } else { range.isAsked = false }
    }
    pager.canSplit = false
    log.notice("Commerce Layer refuses a way to ask; going on one by one")
  }
}
