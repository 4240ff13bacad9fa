import HTTP

/// Keeps the rules and says which are due at a request.
struct FaultPlayer {
  private struct Entry {
    let rule: SandboxFault
    var seen = 0
    var played = 0
    /// Pages kept for `repeatPage` and `cyclePages`.
    var pages: [[UInt8]] = []
    var nextPage = 0
  }

  private var entries: [Entry] = []

  /// The rules that can still be played.
  var rules: [SandboxFault] {
    entries.filter { $0.played < $0.rule.count ?? .max }.map(\.rule)
  }

  mutating func set(_ rules: [SandboxFault]) {
    entries = rules.map { Entry(rule: $0) }
  }

  mutating func add(_ rule: SandboxFault) {
    entries.append(Entry(rule: rule))
  }

  /// The positions of the rules that are due at this request, counting it.
  mutating func due(_ request: HTTPServerRequest, random: () -> UInt64) -> [Int] {
    var due: [Int] = []
    for position in entries.indices {
      let rule = entries[position].rule
      guard Self.matches(rule, request) else { continue }
      entries[position].seen += 1
      let turn = entries[position].seen - rule.skip
      guard turn > 0, (turn - 1) % max(1, rule.every) == 0 else { continue }
      if let count = rule.count, entries[position].played >= count { continue }
      if rule.probability < 1, Double(random() >> 11) * 0x1p-53 >= rule.probability { continue }
      entries[position].played += 1
      due.append(position)
    }
    return due
  }

  func action(_ position: Int) -> SandboxFault.Action { entries[position].rule.action }

  private static func matches(_ rule: SandboxFault, _ request: HTTPServerRequest) -> Bool {
    if let method = rule.method, method.uppercased() != request.method.rawValue { return false }
    if let path = rule.path, !request.path.contains(path) { return false }
    guard let query = rule.query else { return true }
    return request.query.contains { "\($0.name)=\($0.value)".contains(query) }
  }

  /// The page to answer with instead, where a page fault is due.
  mutating func page(_ position: Int, fresh: [UInt8]) -> [UInt8] {
    switch entries[position].rule.action {
    case .repeatPage:
      let page = entries[position].pages.last ?? fresh
      return page
    case .cyclePages(let length):
      guard entries[position].pages.count >= max(1, length) else {
        entries[position].pages.append(fresh)
        return fresh
      }
      let page = entries[position].pages[entries[position].nextPage]
      entries[position].nextPage = (entries[position].nextPage + 1) % entries[position].pages.count
      return page
    default: return fresh
    }
  }

  /// Shows every page that was answered to the rules that repeat pages.
  mutating func note(page: [UInt8], for request: HTTPServerRequest) {
    for position in entries.indices {
      guard case .repeatPage = entries[position].rule.action,
        Self.matches(entries[position].rule, request)
      else { continue }
      entries[position].pages = [page]
    }
  }
}
