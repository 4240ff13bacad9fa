internal import Formats

/// A part of the pull over changes: the rows of a span of time, in the order of change.
///
/// A row can leave a span only for the end of the list, where the topmost range is read last.
struct ChangeRange {
  /// Tells ranges apart while their answers are on the way.
  let number: Int
  /// Where the next page begins; nil for the beginning of the list.
  var from: Timestamp?
  /// Where the rows end that are read here; nil in the topmost range.
  var until: Timestamp?
  /// Rows still to come by the server's last count; nil where it gave none.
  var rowsLeft: Int?
  /// Rows handed on at or after `from`, by id.
  var seen: [String: Timestamp] = [:]
  /// The newest row that was read here.
  var highest: RemoteInstant?
  /// The millisecond that is read by id, since it fills a page.
  var millisecond: Millisecond?
  var isAsked = false
  var isBeingSplit = false
  /// The end of the list was seen, but not after all ranges below were read.
  var isAtEnd = false
  /// Answers in a row that were none to their question.
  var wrongPages = 0

  struct Millisecond {
    let start: Timestamp
    var after: String?
    var passed: Set<String>
  }

  /// Pages still to come by the server's last count; each begins with the row that the one before
  /// ended with.
  var pagesLeft: Int {
    let fresh = APISettings.pageSizeMax - 1
    return ((rowsLeft ?? 0) + fresh - 1) / fresh
  }

  /// Rows that were not handed on yet with that time.
  mutating func fresh(_ rows: [ResetResource]) -> [ResetResource] {
    rows.filter { row in
      let isNew = seen[row.id] != row.updatedAt.time
      seen[row.id] = row.updatedAt.time
      return isNew
    }
  }

  /// Goes on at the last row of a page, or by id through a millisecond that is longer than a page.
  mutating func goOn(after rows: [ResetResource], isShort: Bool) {
    guard let first = rows.first, let last = rows.last else { return }
    let place = last.updatedAt.time.wholeMillisecond
    let isStuck = from == place || first.updatedAt.time.wholeMillisecond == place
    guard isStuck, !isShort else { return move(to: place) }
    millisecond = Millisecond(start: place, after: nil, passed: [])
  }

  /// Goes on from an instant; earlier rows can't come again.
  mutating func move(to instant: Timestamp) {
    from = instant
    seen = seen.filter { $0.value >= instant }
  }
}

extension Timestamp {
  /// The millisecond that it lies in: the API shows no more.
  var wholeMillisecond: Timestamp {
    let (quotient, rest) = microseconds.quotientAndRemainder(dividingBy: 1_000)
    return Timestamp(microseconds: (rest < 0 ? quotient - 1 : quotient) * 1_000)
  }

  /// The millisecond after it.
  var nextMillisecond: Timestamp { adding(seconds: 0.001) }
}

/// What is asked for one range.
struct ChangeQuestion: Sendable {
  enum Kind: Sendable, Equatable {
    case next
    case millisecond(Timestamp, after: String?)
    case split(pageNumber: Int)
  }
  let kind: Kind
  let range: Int
  let from: Timestamp?
  /// The end of the range, where it is sent.
  let until: Timestamp?
  /// When it was asked, among the questions of the pull.
  let turn: Int
  /// Whether every other range was read when it was asked: then a short page ends the pull.
  let isFinal: Bool
}

/// What an incremental pull knows between two answers.
struct ChangePager {
  /// In the order of time.
  private(set) var ranges: [ChangeRange]
  /// What everything below the lowest open range comes to.
  private var base: PullState
  private var lastNumber = 0
  private var wrongSplits = 0
  private var staleAnswers = StaleAnswerGuard()
  /// Whether numbered pages have worked so far.
  var canSplit = true
  /// Whether the end of a range is sent as a filter; not to a server that refuses it.
  var sendsBorders = true
  /// Pages asked for.
  var pages = 0
  /// Rows handed on.
  var rows = 0

  init(state: PullState, from: Timestamp?) {
    base = state
    ranges = [ChangeRange(number: 0, from: from?.wholeMillisecond)]
  }

  var isOver: Bool { ranges.isEmpty }

  /// What may be stored with the rows so far: nothing at or before its watermark is unread.
  var state: PullState {
    var state = base
    if let highest = ranges.first?.highest { state.note(highest) }
    return state
  }

  /// Begins earlier, before anything was handed on.
  mutating func restart(from instant: Timestamp) {
    ranges = [ChangeRange(number: 0, from: instant.wholeMillisecond)]
  }

  func range(_ number: Int) -> ChangeRange? { ranges.first { $0.number == number } }

  /// Changes an open range.
  mutating func update(_ number: Int, _ change: (inout ChangeRange) -> Void) {
    guard let index = ranges.firstIndex(where: { $0.number == number }) else { return }
    change(&ranges[index])
  }

  // MARK: Questions

  /// What to ask next; nil while everything waits for answers.
  mutating func nextQuestion(isAlone: Bool) -> ChangeQuestion? {
    guard isAlone || !staleAnswers.isFull else { return nil }
    if let range = ranges.first(where: { !$0.isAsked && (!$0.isAtEnd || ranges.count == 1) }) {
      update(range.number) { $0.isAsked = true }
      guard let place = range.millisecond else { return question(.next, range) }
      return question(.millisecond(place.start, after: place.after), range)
    }
    // Only beside another page: a pull of one page at a time has no use for a border.
    guard !isAlone, canSplit, let range = widest else { return nil }
    update(range.number) { $0.isBeingSplit = true }
    return question(.split(pageNumber: range.pagesLeft / 2 + 1), range)
  }

  private mutating func question(
    _ kind: ChangeQuestion.Kind, _ range: ChangeRange
  ) -> ChangeQuestion {
    ChangeQuestion(
      kind: kind, range: range.number, from: range.from, until: sendsBorders ? range.until : nil,
      turn: staleAnswers.ask(), isFinal: ranges.count == 1)
  }

  private var widest: ChangeRange? {
    let wide = ranges.filter {
      !$0.isBeingSplit && $0.millisecond == nil && $0.pagesLeft >= WalkLimits.splitPagesMin
    }
    return wide.max { $0.pagesLeft < $1.pagesLeft }
  }

  // MARK: Answers

  /// Notes that a question was answered, or refused, and all was done with it.
  mutating func settle(_ question: ChangeQuestion) { staleAnswers.settle(question.turn) }

  /// Takes the answer to a question.
  mutating func take(_ page: ResetPage, to question: ChangeQuestion) -> PageVerdict {
    let verdict =
      switch question.kind {
      case .next: next(page, question)
      case .millisecond(let start, _): millisecond(page, start, question)
      case .split(let pageNumber): split(page, pageNumber, question)
      }
    guard case .rows(let rows) = verdict else { return verdict }
    let latest = staleAnswers.latest(of: rows)
    self.rows += latest.count
    return .rows(latest)
  }

  private mutating func next(_ page: ResetPage, _ question: ChangeQuestion) -> PageVerdict {
    update(question.range) { $0.isAsked = false }
    guard var range = range(question.range) else { return .rows([]) }
    guard Self.answers(page, range.from) else { return wrong(range) }
    range.wrongPages = 0
    let rows = page.rows.prefix { row in range.until.map { row.updatedAt.time < $0 } ?? true }
    let fresh = range.fresh(Array(rows))
    range.highest = rows.last?.updatedAt ?? range.highest
    let count = question.until == range.until ? page.meta.recordCount : range.rowsLeft
    range.rowsLeft = count.map { max(0, $0 - rows.count) }
    let isShort = page.isLast || rows.count < page.rows.count
    range.goOn(after: Array(rows), isShort: isShort)
    update(range.number) { $0 = range }
    if isShort { reachEnd(of: range, question) }
    return .rows(fresh)
  }

  /// Ordered, not before the place asked for, and not empty where the API counts rows.
  private static func answers(_ page: ResetPage, _ from: Timestamp?) -> Bool {
    guard let first = page.rows.first else { return page.isLast }
    return isOrdered(page.rows) && from.map { first.updatedAt.time >= $0 } ?? true
  }

  private static func isOrdered(_ rows: [ResetResource]) -> Bool {
    zip(rows, rows.dropFirst()).allSatisfy { $0.updatedAt.time <= $1.updatedAt.time }
  }

  private mutating func reachEnd(of range: ChangeRange, _ question: ChangeQuestion) {
    if range.until != nil || question.isFinal { return end(range.number) }
    // Rows that left a range below come after this, so the end is looked at once more.
    update(range.number) { $0.isAtEnd = true }
  }

  private mutating func end(_ number: Int) {
    guard let place = ranges.firstIndex(where: { $0.number == number }) else { return }
    // Ranges above have newer rows, so what ends above the lowest range is covered by them.
    if place == 0, let highest = ranges[0].highest { base.note(highest) }
    ranges.remove(at: place)
  }

  private mutating func wrong(_ range: ChangeRange) -> PageVerdict {
    update(range.number) { $0.wrongPages += 1 }
    return .wrong
  }

  /// Takes rows of one millisecond, read by id.
  ///
  /// Its rows can only leave it meanwhile, to later times. The bounds are milliseconds, since the
  /// server stores more decimals than it shows.
  private mutating func millisecond(
    _ page: ResetPage, _ start: Timestamp, _ question: ChangeQuestion
  ) -> PageVerdict {
    update(question.range) { $0.isAsked = false }
    guard var range = range(question.range), var place = range.millisecond else { return .rows([]) }
    let isRight =
      page.rows.allSatisfy {
        $0.updatedAt.time.wholeMillisecond == start && !place.passed.contains($0.id)
      } && (page.isLast || !page.rows.isEmpty)
    guard isRight else { return wrong(range) }
    for row in page.rows { place.passed.insert(row.id) }
    place.after = page.rows.last?.id ?? place.after
    let fresh = range.fresh(page.rows)
    range.rowsLeft = range.rowsLeft.map { max(0, $0 - fresh.count) }
    range.wrongPages = 0
    range.millisecond = page.isLast ? nil : place
    if page.isLast { range.move(to: start.nextMillisecond) }
    update(range.number) { $0 = range }
    if page.isLast, let until = range.until, start.nextMillisecond >= until { end(range.number) }
    return .rows(fresh)
  }

  /// Takes a page from the middle of a range, which splits it in two.
  private mutating func split(
    _ page: ResetPage, _ pageNumber: Int, _ question: ChangeQuestion
  ) -> PageVerdict {
    update(question.range) { $0.isBeingSplit = false }
    guard let range = range(question.range) else { return .rows([]) }
    guard let (first, last) = borders(page.rows, of: range), question.until == range.until,
      let count = page.meta.recordCount
    else {
      wrongSplits += 1
      canSplit = canSplit && wrongSplits < WalkLimits.wrongPagesMax
      return .wrong
    }
    let above = max(0, count - pageNumber * APISettings.pageSizeMax)
    lastNumber += 1
    var upper = ChangeRange(number: lastNumber, from: last, until: range.until, rowsLeft: above)
    upper.highest = page.rows.last?.updatedAt
    // The rows of the border to the range above are known too.
    upper.seen = range.seen.filter { $0.value >= last }
    for row in page.rows where row.updatedAt.time >= last {
      upper.seen[row.id] = row.updatedAt.time
    }
    update(range.number) { lower in
      lower.until = first.nextMillisecond
      lower.rowsLeft = lower.rowsLeft.map { max(0, $0 - above - page.rows.count) }
      lower.isAtEnd = false
      for row in page.rows where row.updatedAt.time.wholeMillisecond == first {
        lower.seen[row.id] = row.updatedAt.time
      }
    }
    let place = ranges.firstIndex { $0.number == range.number } ?? 0
    ranges.insert(upper, at: place + 1)
    return .rows(page.rows)
  }

  /// The milliseconds of the first and the last row of a page that lies wholly inside a range.
  private func borders(
    _ rows: [ResetResource], of range: ChangeRange
  ) -> (first: Timestamp, last: Timestamp)? {
    guard rows.count == APISettings.pageSizeMax, Self.isOrdered(rows),
      let first = rows.first.map({ $0.updatedAt.time.wholeMillisecond }),
      let last = rows.last.map({ $0.updatedAt.time.wholeMillisecond }),
      let from = range.from, from < first, first < last,
      range.until.map({ last.nextMillisecond < $0 }) ?? true
    else { return nil }
    return (first, last)
  }
}
