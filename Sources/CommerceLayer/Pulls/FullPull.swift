internal import Effects
internal import Formats

/// The walk over all resets in the order of creation, by the last id instead of page numbers.
extension CommerceLayerClient {
  /// Reads every reset once and proves that none was left out.
  ///
  /// Asks for the newest change first, which gives the state for the next incremental pull; then
  /// walks by `id_gt`. The last page is asked for from the other end of the list, so that it
  /// brings the count of all rows, which must be the number of distinct ids. Where rows came or
  /// went meanwhile the count is asked for once more: rows made are walked to, rows deleted
  /// behind the walk make the outcome `incomplete`.
  ///
  /// Where the API answers too slowly to use the granted rate one page at a time, pages from the
  /// middle split the list in ranges that are walked at once, up to `max_in_flight`. Their
  /// borders are rows of those pages, so splitting costs no request and leaves no gap.
  ///
  /// A walk resumed from a cursor trusts the rows before it to be distinct. What the sink throws
  /// ends the pull. Rows that are not certainly new are asked for at the sink, so what a walk
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
    var walk = try await begin(cursor, filterBytes)
    while true {
      try await walkRanges(&walk, &sink)
      let count: Int?
      if let total = walk.total {
        count = total
      } else {
        count = try await recordCount()
        walk.pages += 1
      }
      guard let count else { return outcome(walk, .incomplete(reason: "the API gave no count")) }
      if count == walk.rows { return outcome(walk, .complete(recordCount: count)) }
      // A longer list than was walked: rows were made since, or a page came short.
      let rows = walk.rows
      if count > rows {
        walk.reopen()
        try await walkRanges(&walk, &sink)
        if walk.rows > rows { continue }
      }
      return outcome(walk, .incomplete(reason: Self.reason(rows, count)))
    }
  }

  private static func reason(_ rows: Int, _ count: Int) -> String {
    count < rows
      ? "\(rows - count) of \(rows) rows were deleted while the others were read"
      : "\(rows) rows were read, but the API counts \(count)"
  }

  private func outcome(_ walk: KeyWalk, _ completeness: Completeness) -> FullPullOutcome {
    FullPullOutcome(
      completeness: completeness, rows: walk.rows, pages: walk.pages, state: walk.stateBefore)
  }

  /// A walk from where another stopped, or a new one, which first asks for the highest
  /// `updated_at` that there is, and how many rows.
  private func begin(
    _ cursor: FullPullCursor?, _ filterBytes: Int?
  ) async throws(APIError) -> KeyWalk {
    func filter(expecting rows: Int?) -> SeenFilter {
      let seed = random.next()
      return filterBytes.map { SeenFilter(seed: seed, bytes: $0) }
        ?? SeenFilter(seed: seed, expecting: rows)
    }
    // How many rows are left of a walk that was stopped, only its last range could tell.
    if let cursor { return KeyWalk(from: cursor, seen: filter(expecting: nil)) }
    let newest = try await dated(
      ResetQuery(order: .newest, size: 1, fields: ResetQuery.countFields))
    let rows = newest.page.meta.recordCount
    let state = PullState(
      watermark: newest.page.rows.first?.updatedAt, serverTime: newest.serverTime,
      ownTime: time.now)
    let whole = FullPullCursor(
      ranges: [WalkBounds(after: nil, before: nil)], rows: 0, stateBefore: state)
    var walk = KeyWalk(from: whole, seen: filter(expecting: rows))
    walk.pages = 1
    if let first = walk.ranges.first { walk.update(first.number) { $0.rowsLeft = rows } }
    return walk
  }

  private func recordCount() async throws(APIError) -> Int? {
    try await page(ResetQuery(size: 1, fields: ResetQuery.countFields)).meta.recordCount
  }

  // MARK: Ranges

  private typealias Reply = (question: KeyQuestion, result: Result<ResetPage, APIError>)

  /// Reads all open ranges to their ends, several pages at a time where that is worth it.
  private func walkRanges(
    _ walk: inout KeyWalk, _ sink: inout some PullSink
  ) async throws {
    try await withThrowingTaskGroup(of: Reply.self) { group in
      var asked = 0
      while true {
        while asked < pagesAtOnce, let question = nextQuestion(&walk, isAlone: asked == 0) {
          let query = Self.query(question)
          walk.pages += 1
          asked += 1
          group.addTask { (question, await self.datedResult(of: query).map(\.page)) }
        }
        guard let reply = try await group.next() else { return }
        asked -= 1
        let rows = try await judge(reply, &walk, &sink)
        guard !rows.isEmpty else { continue }
        try await sink.add(PullPage(rows: rows, state: nil, cursor: walk.cursor))
      }
    }
  }

  private func nextQuestion(_ walk: inout KeyWalk, isAlone: Bool) -> KeyQuestion? {
    if let range = walk.idle {
      walk.update(range.number) { $0.isAsked = true }
      return KeyQuestion(kind: .next, range: range.number, bounds: walk.borders(of: range))
    }
    // Only beside another page: a walk of one page at a time has no use for a border.
    if !isAlone, let range = walk.widest {
      walk.update(range.number) { $0.isBeingSplit = true }
      let kind = KeyQuestion.Kind.split(pageNumber: range.pagesLeft / 2 + 1)
      return KeyQuestion(kind: kind, range: range.number, bounds: walk.borders(of: range))
    }
    if isAlone, let range = walk.closing {
      walk.update(range.number) { $0.isAsked = true }
      return KeyQuestion(kind: .closing, range: range.number, bounds: walk.borders(of: range))
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

  /// The rows of an answer that are new to the walk.
  private func judge(
    _ reply: Reply, _ walk: inout KeyWalk, _ sink: inout some PullSink
  ) async throws -> [ResetResource] {
    let (question, result) = (reply.question, reply.result)
    let page: ResetPage
    do throws(APIError) {
      page = try result.get()
    } catch {
      try forgive(error, question, &walk)
      return []
    }
    let couldSplit = walk.canSplit
    let repeated = try await handedOn(walk.doubtful(page, to: question), &sink)
    let verdict = walk.take(page, to: question, repeated: repeated)
    if couldSplit && !walk.canSplit {
      log.notice("the list can't be read from several places at once; going on one by one")
    }
    if case .rows(let rows) = verdict { return rows }
    log.notice("a page is not what was asked for", ["page": .int(walk.pages)])
    if let range = walk.range(question.range), range.wrongPages >= WalkLimits.wrongPagesMax {
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
    _ error: APIError, _ question: KeyQuestion, _ walk: inout KeyWalk
  ) throws(APIError) {
    guard error.kind == .refused else { throw error }
    switch question.kind {
    case .split: break
    case .closing where walk.canClose: walk.canClose = false
    case .next where question.bounds.before != nil: walk.sendsBorders = false
    default: throw error
    }
    walk.update(question.range) { range in
      if case .split = question.kind { range.isBeingSplit = false } else { range.isAsked = false }
    }
    walk.canSplit = false
    log.notice("Commerce Layer refuses a way to ask; going on one by one")
  }
}
