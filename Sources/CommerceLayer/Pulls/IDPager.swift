internal import Formats

/// A part of the pull over all resets: the rows between two ids, both excluded.
///
/// Ids are opaque, so a border is always an id that a page brought, and only the server compares.
struct WalkRange: Equatable {
  /// Tells ranges apart while their answers are on the way.
  let number: Int
  /// The last row that was read; nil at the very beginning.
  var after: String?
  /// The first row of the range above, which was read already; nil in the topmost range.
  var before: String?
  /// Rows still to come by the server's last count; nil where it gave none.
  var rowsLeft: Int?
  var isAsked = false
  var isBeingSplit = false
  /// Pages in a row that could not be right.
  var wrongPages = 0

  var bounds: WalkBounds { WalkBounds(after: after, before: before) }
  /// Pages still to come by the server's last count.
  var pagesLeft: Int { ((rowsLeft ?? 0) + APISettings.pageSizeMax - 1) / APISettings.pageSizeMax }
}

/// What is asked for one range.
struct KeyQuestion: Sendable {
  enum Kind: Sendable, Equatable {
    /// The next page.
    case next
    /// A page from the middle, which splits the range in two.
    case split(pageNumber: Int)
    /// The newest rows of all, asked for from the other end.
    case closing
  }
  let kind: Kind
  let range: Int
  /// The borders that it is asked with.
  let bounds: WalkBounds
}

/// What a full pull knows between two answers: which ranges are open, and which ids are
/// certainly new.
struct IDPager {
  private(set) var ranges: [WalkRange]
  private var seen: SeenFilter
  /// Distinct rows so far.
  private(set) var rows: Int
  private var lastNumber: Int
  let stateBefore: PullState
  /// Pages asked for.
  var pages = 0
  /// Whether numbered pages have worked so far.
  var canSplit = true
  /// Whether the upper border of a range is sent as a filter; not to a server that ignores it.
  var sendsBorders = true
  /// Whether a page with an upper border was counted within it.
  private var bordersWork = false
  private var wrongSplits = 0
  /// Whether the last page may be asked for from the other end.
  var canClose = true
  /// All rows that there are, as the closing page counted them.
  private(set) var total: Int?

  init(from cursor: FullPullCursor, seen: SeenFilter) {
    self.seen = seen
    rows = cursor.rows
    stateBefore = cursor.stateBefore
    ranges = cursor.ranges.enumerated().map { number, bounds in
      WalkRange(number: number, after: bounds.after, before: bounds.before)
    }
    lastNumber = ranges.count
  }

  /// Where to go on after a stop: every open range, and the end of the list.
  var cursor: FullPullCursor {
    var open = ranges.map(\.bounds)
    if !ranges.contains(where: { $0.before == nil }) {
      open.append(WalkBounds(after: lastID, before: nil))
    }
    return FullPullCursor(ranges: open, rows: rows, stateBefore: stateBefore)
  }

  /// The borders of a range that a question is asked with.
  func borders(of range: WalkRange) -> WalkBounds {
    sendsBorders ? range.bounds : WalkBounds(after: range.after, before: nil)
  }

  func range(_ number: Int) -> WalkRange? { ranges.first { $0.number == number } }

  /// Changes an open range.
  mutating func update(_ number: Int, _ change: (inout WalkRange) -> Void) {
    guard let index = ranges.firstIndex(where: { $0.number == number }) else { return }
    change(&ranges[index])
  }

  /// Opens the end of the list once more, after the last row of the pull.
  mutating func reopen() {
    lastNumber += 1
    ranges.append(WalkRange(number: lastNumber, after: lastID, before: nil))
    total = nil
    canClose = false
  }

  // MARK: Answers

  /// Ids of an answer that the pull may have handed on: before it is taken, somebody must say
  /// which of them were.
  ///
  /// None where the answer says by itself that its rows are not all new.
  func doubtful(_ page: ResetPage, to question: KeyQuestion) -> [String] {
    guard let range = range(question.range) else { return [] }
    let rows = Self.cut(page, to: question, range).rows
    guard Self.areDistinct(rows, after: range.after) else { return [] }
    return rows.map(\.id).filter { seen.mayContain($0) }
  }

  /// Takes the answer to a question; `repeated` are those of its doubtful ids that were handed on.
  mutating func take(
    _ page: ResetPage, to question: KeyQuestion, repeated: Set<String>
  ) -> PageVerdict {
    switch question.kind {
    case .next: next(page, question, repeated)
    case .split(let pageNumber): split(page, pageNumber, question, repeated)
    case .closing: close(by: page, question, repeated)
    }
  }

  /// The rows of an answer that lie inside the range, in the order of the pull, and whether the
  /// answer reaches the row at its border.
  private static func cut(
    _ page: ResetPage, to question: KeyQuestion, _ range: WalkRange
  ) -> (rows: [ResetResource], isCut: Bool) {
    let border =
      switch question.kind {
      case .next: range.before
      case .split: String?.none
      case .closing: range.after
      }
    let place = border.flatMap { border in page.rows.firstIndex { $0.id == border } }
    let rows = page.rows[..<(place ?? page.rows.count)]
    return (question.kind == .closing ? rows.reversed() : Array(rows), place != nil)
  }

  private static func areDistinct(_ rows: [ResetResource], after: String?) -> Bool {
    var ids = Set<String>(minimumCapacity: rows.count)
    return rows.allSatisfy { $0.id != after && ids.insert($0.id).inserted }
  }

  /// Notes the rows; false, and nothing is noted, unless all are new to the pull and to one
  /// another.
  private mutating func accepts(
    _ rows: [ResetResource], after: String?, _ repeated: Set<String>
  ) -> Bool {
    guard Self.areDistinct(rows, after: after), !rows.contains(where: { repeated.contains($0.id) })
    else { return false }
    for row in rows { seen.insert(row.id) }
    self.rows += rows.count
    return true
  }

  /// Takes the next page of a range.
  private mutating func next(
    _ page: ResetPage, _ question: KeyQuestion, _ repeated: Set<String>
  ) -> PageVerdict {
    let (number, asked) = (question.range, question.bounds)
    guard let range = range(number) else { return .rows([]) }
    update(number) { $0.isAsked = false }
    checkBorder(range, page, asked)
    let (rows, isCut) = Self.cut(page, to: question, range)
    guard isPlausible(rows, page, range, isCut: isCut), accepts(rows, after: range.after, repeated)
    else {
      update(number) { $0.wrongPages += 1 }
      return .wrong
    }
    let last = rows.last?.id ?? range.after
    let left = rowsLeft(range, page, asked, taken: rows.count)
    let isLast = isCut || rows.isEmpty || page.isLast || left == 0
    update(number) { range in
      range.after = last
      range.rowsLeft = left
      range.wrongPages = 0
    }
    if isLast { end(number) }
    return .rows(rows)
  }

  /// A server that ignores the border counts the rows beyond it too, or shows it.
  private mutating func checkBorder(_ range: WalkRange, _ page: ResetPage, _ asked: WalkBounds) {
    guard let border = range.before, asked.before == border, sendsBorders else { return }
    let count = page.meta.recordCount ?? 0
    let expected = (range.rowsLeft ?? count) + APISettings.pageSizeMax
    if count > expected || page.rows.contains(where: { $0.id == border }) {
      (sendsBorders, canSplit) = (false, false)
    } else {
      bordersWork = true
    }
  }

  /// Asks once more where fewer rows came than were counted: deleted, or left out.
  private func isPlausible(
    _ rows: [ResetResource], _ page: ResetPage, _ range: WalkRange, isCut: Bool
  ) -> Bool {
    if isCut || range.wrongPages > 0 { return true }
    if rows.isEmpty && !page.isLast { return false }
    let expected = min(range.rowsLeft ?? 0, APISettings.pageSizeMax)
    return !page.isLast || rows.count >= expected
  }

  private func rowsLeft(
    _ range: WalkRange, _ page: ResetPage, _ asked: WalkBounds, taken: Int
  ) -> Int? {
    guard asked.before == range.before, sendsBorders || range.before == nil else {
      // Counted up to another border. What is left by the count before can't end the range.
      let left = (range.rowsLeft ?? 0) - taken
      return left > 0 ? left : nil
    }
    return page.meta.recordCount.map { max(0, $0 - taken) }
  }

  private mutating func end(_ number: Int) {
    if let range = range(number), range.before == nil { lastID = range.after }
    ranges.removeAll { $0.number == number }
  }

  /// The last row of the list, once its end was reached.
  private var lastID: String?

  /// Takes a page from the middle of a range, which splits it in two.
  private mutating func split(
    _ page: ResetPage, _ pageNumber: Int, _ question: KeyQuestion, _ repeated: Set<String>
  ) -> PageVerdict {
    let number = question.range
    update(number) { $0.isBeingSplit = false }
    guard let range = range(number), let first = page.rows.first, let last = page.rows.last,
      question.bounds.before == range.before, page.rows.count == APISettings.pageSizeMax,
      let count = page.meta.recordCount, accepts(page.rows, after: range.after, repeated)
    else {
      wrongSplits += 1
      canSplit = canSplit && wrongSplits < WalkLimits.wrongPagesMax
      return .wrong
    }
    lastNumber += 1
    var upper = WalkRange(number: lastNumber, after: last.id, before: range.before)
    let above = max(0, count - pageNumber * APISettings.pageSizeMax)
    upper.rowsLeft = above
    update(number) { lower in
      lower.before = first.id
      lower.rowsLeft = lower.rowsLeft.map { max(0, $0 - above - page.rows.count) }
    }
    let place = ranges.firstIndex { $0.number == number } ?? ranges.count - 1
    ranges.insert(upper, at: place + 1)
    return .rows(page.rows)
  }

  /// Takes the newest rows of all, asked for from the other end; it ends the pull where it joins
  /// what was read.
  private mutating func close(
    by page: ResetPage, _ question: KeyQuestion, _ repeated: Set<String>
  ) -> PageVerdict {
    let number = question.range
    update(number) { $0.isAsked = false }
    canClose = false
    guard let range = range(number) else { return .rows([]) }
    let (fresh, isCut) = Self.cut(page, to: question, range)
    // Without a row that was read, only the count tells that none lies between.
    let joins = isCut || rows + fresh.count == page.meta.recordCount
    guard joins, accepts(fresh, after: range.after, repeated) else { return .wrong }
    update(number) { $0.after = fresh.last?.id ?? range.after }
    total = page.meta.recordCount
    end(number)
    return .rows(fresh)
  }

  // MARK: Questions

  /// The range whose next page can be asked for.
  var idle: WalkRange? { ranges.first { !$0.isAsked && !isForClosing($0) } }

  /// The range whose last page remains, when everything else is read.
  var closing: WalkRange? {
    guard ranges.count == 1, let range = ranges.first, !range.isAsked, isForClosing(range) else {
      return nil
    }
    return range
  }

  private func isForClosing(_ range: WalkRange) -> Bool {
    guard canClose, range.before == nil, let left = range.rowsLeft else { return false }
    return left <= APISettings.pageSizeMax
  }

  /// The range that most is left of, where that is enough to split it.
  var widest: WalkRange? {
    guard canSplit else { return nil }
    let wide = ranges.filter {
      !$0.isBeingSplit && $0.pagesLeft >= WalkLimits.splitPagesMin
        && ($0.before == nil || bordersWork)
    }
    return wide.max { $0.pagesLeft < $1.pagesLeft }
  }
}
