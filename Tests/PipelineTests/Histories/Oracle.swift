/// What the contract says must come of a history.
///
/// Dictionaries and tables, sharing no code with the core. Values are texts, nil is absent; times
/// are seconds.
struct Oracle {
  /// The rules of the one mapping of a history.
  struct Rules {
    var fields: [Field] = []
    var groups: [[Int]] = []
    var isOneToOne = true
    var verifies = false
    var correlates = false
    var isDelta = false
    var grace = 0.0
    /// The only rail that is on.
    var rail: Rail?
    /// Reactions other than the default, by situation.
    var reactions: [String: String] = [:]

    func reaction(_ situation: String) -> String {
      reactions[situation]
        ?? ["unreferenced": "suggest", "source_only": "count"][situation, default: "conflict"]
    }
  }

  struct Field {
    var policy: String
    var blank: String
  }

  /// One row of an export, as written.
  struct Row: Equatable {
    var raw: String
    var cells: [String?]
    var isDeleted = false
    var mail = ""
    var changedAt: Double?
  }

  /// What stands at one key on the source's side, by the spelling of its reference.
  struct Source {
    var spellings: [String: Spelling] = [:]
    var live: [Row] {
      spellings.sorted { $0.key < $1.key }.flatMap { $0.value.live }
    }
  }

  /// A record of its own: it leaves by its own deletion only.
  struct Spelling {
    var rows: [Row]
    /// Full exports in a row that lacked it.
    var missing = 0
    var live: [Row] { missing >= 2 ? [] : rows.filter { !$0.isDeleted } }

    /// What rows of a delivery leave of it: what was changed before what stands changes nothing,
    /// and of the others the latest stand, and those that don't say when.
    mutating func take(_ delivered: [Row], isDelta: Bool) {
      let before = rows.compactMap(\.changedAt).max()
      let news = delivered.filter { row in
        guard let time = row.changedAt, let before else { return true }
        return time >= before
      }
      guard !news.isEmpty else {
        missing = isDelta ? missing : 0
        return
      }
      let last = news.compactMap(\.changedAt).max()
      rows = news.filter { $0.changedAt == nil || $0.changedAt == last }
      missing = 0
    }
  }

  struct Reset {
    var reference: String?
    var origin: String?
    /// Managed values by place of the field.
    var values: [String?]
    /// Whether the parent of the last field is a text, so that it can't hold one.
    var isBlocked = false
    var mail = ""
    var updatedAt = 0.0
    /// Pulled at least once.
    var isSeen = false
    /// What the last pull saw, and when each value changed at the earliest and at the latest.
    var seen = Seen()
    /// Deleted at the remote; the mirror learns it from a full pull.
    var isDeleted = false
    var isKnownDeleted = false
    /// What a push would have written that met a 404: it is not planned again.
    var missed: Update?
  }

  /// What pulls know of the times of values.
  struct Seen {
    var values: [String?] = []
    var isBlocked = false
    var updatedAt = 0.0
    var first = 0.0
    var spans: [Int: (after: Double, until: Double)] = [:]
  }

  struct Link {
    var key: String
    var base: [Base?]
    /// Own writes, for write fights.
    var writes: [(place: Int, pair: Set<String?>, at: Double)] = []
    /// The facts of an identity that a person confirmed.
    var confirmed: String?
    /// Kept apart as a whole: its record is free for another reset.
    var isApart = false
  }

  struct Base: Equatable {
    var source: String?
    var remote: String?
  }

  /// What is to be written to a reset.
  struct Update: Equatable {
    var values: [Int: String?] = [:]
    var bases: [Int: Base] = [:]
    var reference: String??
    var origin: String??
    /// Conflicts whose decisions it carries out.
    var decisions: [String] = []
    /// The key of its link, and what it replaces.
    var key = ""
    var replaced: [Int: String?] = [:]
    var replacedReference: String?
    var replacedOrigin: String?

    var isEmpty: Bool { values.isEmpty && reference == nil && origin == nil }

    func writesSame(as other: Update?) -> Bool {
      values == other?.values && reference == other?.reference && origin == other?.origin
    }

    /// Whether somebody who consented to the other consented to this one.
    func isSameStep(as other: Update?) -> Bool {
      writesSame(as: other) && key == other?.key && replaced == other?.replaced
        && replacedReference == other?.replacedReference
        && replacedOrigin == other?.replacedOrigin
    }
  }

  /// What one run comes to.
  struct Outcome {
    var situations: [String: Int] = [:]
    var updates = 0
    var lapsed = 0
    /// What is planned, by reset.
    var plan: [String: Update] = [:]
    var verdict = Verdict()
    /// What is planned and not sent.
    var held: Set<String> = []
    /// Whether this is a first run that matched next to nothing.
    var isStrange = false
  }

  var rules: Rules
  var sources: [String: Source] = [:]
  var resets: [String: Reset] = [:]
  var links: [String: Link] = [:]
  var tickets: [String: Ticket] = [:]

  /// Whether a first run is over, and the policies by which plans were free to leave.
  var hasRun = false
  var clearedPolicies: [String] = []
  var approvals: [Approval] = []
  /// Whether the source has delivered anything yet: before that its silence proves nothing.
  var hasDelivered = false
  /// What this run found that the rail of a history counts and the run before did not see.
  var news = 0
  /// What that rail measured when it held the last run's plan; 0 if it let it go.
  var heldNews = 0
  /// What the last run found, and what it or an undo wrote.
  var lastSight = Sight()
  /// What the run before the last found of each item.
  var situationsBefore: [String: String] = [:]
  var lastWritten: [String: Update] = [:]

  /// The links as the run began: what others see of them.
  var linksBefore: [String: Link] = [:]
  /// Visible resets by the key that they carry.
  var carriers: [String: [String]] = [:]
  var now = 0.0

  init(rules: Rules) { self.rules = rules }

  static func normal(_ reference: String?) -> String {
    String((reference ?? "").drop { $0 == "0" })
  }

  /// An export that was accepted.
  mutating func take(export rows: [Row]) {
    hasDelivered = true
    let byKey = Dictionary(grouping: rows) { Self.normal($0.raw) }
    for (key, rows) in byKey {
      var distinct: [Row] = []
      for row in rows where !distinct.contains(row) { distinct.append(row) }
      for (raw, rows) in Dictionary(grouping: distinct, by: \.raw) {
        sources[key, default: Source()].spellings[raw, default: Spelling(rows: [])]
          .take(rows, isDelta: rules.isDelta)
      }
    }
    guard !rules.isDelta else { return }
    for (key, source) in sources {
      let named = Set(byKey[key, default: []].map(\.raw))
      for raw in source.spellings.keys where !named.contains(raw) {
        sources[key]?.spellings[raw]?.missing += 1
      }
    }
  }

  // MARK: A run

  /// A pull; full ones prove deletions.
  mutating func pull(full: Bool) {
    for (id, reset) in resets {
      if !reset.isDeleted {
        resets[id]?.see()
        resets[id]?.isSeen = true
      }
      if reset.isDeleted, full { resets[id]?.isKnownDeleted = true }
      if reset.isDeleted, !reset.isSeen { resets[id] = nil }
    }
  }

  /// One run of the line with a pull; `sends` is whether anything may leave at all.
  mutating func run(full: Bool, at time: Double, sends: Bool = true) -> Outcome {
    now = time
    pull(full: full)
    linksBefore = links
    carriers = Dictionary(grouping: resets.keys.filter { ownKey($0) != nil }.sorted()) {
      ownKey($0) ?? ""
    }
    var outcome = Outcome()
    var sight = Sight()
    var updates: [String: Update] = [:]
    for id in resets.keys.sorted() {
      var draft = Draft(id: id)
      guard let situation = assess(id, &draft) else { continue }
      outcome.situations[situation, default: 0] += 1
      sight.note(draft, situation)
      if draft.update.isEmpty || Self.holding.contains(situation) {
        resets[id]?.missed = nil
      } else if !draft.update.writesSame(as: resets[id]?.missed) {
        updates[id] = draft.update
      }
    }
    let linkedKeys = Set(linksBefore.values.map(\.key))
    for key in sources.keys.sorted() where !live(key).isEmpty {
      guard carriers[key] == nil, !linkedKeys.contains(key) else { continue }
      var draft = Draft(id: nil)
      let situation = trouble(at: key, for: nil, &draft) ?? sourceOnly(key, &draft)
      outcome.situations[situation, default: 0] += 1
      sight.note(draft, situation)
      sight.keys[key] = situation
      if let id = draft.target, !draft.update.isEmpty, !Self.holding.contains(situation) {
        updates[id] = draft.update
      }
    }
    outcome.lapsed = settleTickets(sight)
    situationsBefore = lastSight.situations
    lastSight = sight
    news = newlyUndecided(rules.rail?.name ?? "")
    finish(&outcome, updates, sends: sends)
    if ["source_deleted", "rekeyed"].contains(rules.rail?.name) {
      heldNews = outcome.verdict.blocks ? outcome.verdict.measured : 0
    }
    outcome.isStrange = !hasRun && isStrange(outcome)
    let isFree = outcome.held.isEmpty && sends
    if isFree { (hasRun, clearedPolicies) = (true, rules.fields.map(\.policy)) }
    return outcome
  }

  /// Whether a first run met no reset, or no more than a tenth of them, and nobody approved it.
  private func isStrange(_ outcome: Outcome) -> Bool {
    guard !sources.isEmpty, !(rules.rail?.name == "first_run" && outcome.verdict.isApproved) else {
      return false
    }
    func items(_ situations: String...) -> Int {
      situations.reduce(0) { $0 + outcome.situations[$1, default: 0] }
    }
    let all = outcome.situations.values.reduce(0, +) - items("source_only")
    if all == items("remote_deleted", "both_deleted") { return true }
    var asked = all - items("unreferenced", "unknown_origin")
    let matched = asked - items("remote_only")
    // Resets of an origin that no mapping has count where they seem to be this source's.
    let strangers = resets.values.filter { reset in
      !reset.isKnownDeleted && reset.origin != "erp" && !Self.normal(reset.reference).isEmpty
    }
    let commonest =
      Dictionary(grouping: strangers) { $0.origin ?? "" }
      .min { ($1.value.count, $0.key) < ($0.value.count, $1.key) }?.value ?? []
    let keys = Set(commonest.map { Self.normal($0.reference) })
    if !keys.isEmpty, asked == 0 || keys.count(where: { !live($0).isEmpty }) * 2 >= keys.count {
      asked += items("unknown_origin")
    }
    return asked > 0 && matched * 10 <= asked
  }

  /// Judges what is planned and sends what may leave.
  mutating func finish(
    _ outcome: inout Outcome, _ updates: [String: Update], sends: Bool, undoing: Bool = false
  ) {
    for (id, update) in updates { outcome.plan[id] = completed(update, id) }
    outcome.updates = updates.count
    outcome.verdict = judge(outcome.plan)
    outcome.held = sends ? outcome.verdict.held : Set(updates.keys)
    lastWritten = [:]
    for (id, update) in outcome.plan where !outcome.held.contains(id) {
      push(update, to: id, undoing: undoing)
    }
    spendApprovals(outcome)
  }

  /// The update with what it replaces.
  private func completed(_ update: Update, _ id: String) -> Update {
    guard let reset = resets[id] else { return update }
    var update = update
    update.key = links[id]?.key ?? ""
    for place in update.values.keys { update.replaced[place] = .some(reset.values[place]) }
    if update.reference != nil { update.replacedReference = reset.reference }
    if update.origin != nil { update.replacedOrigin = reset.origin }
    return update
  }

  /// The situations that withhold every push of a reset; to what is kept apart nothing is written.
  static let holding: Set<String> = [
    "source_duplicate", "remote_duplicate", "key_collision", "identity_mismatch", "rekeyed",
    "drift_accepted",
  ]

  private mutating func push(_ update: Update, to id: String, undoing: Bool) {
    guard var reset = resets[id] else { return }
    guard !reset.isDeleted else {
      if !undoing || reset.missed == nil { resets[id]?.missed = update }
      return
    }
    lastWritten[id] = update
    // What is older than a day counts for nothing any more, whatever the clock does later.
    links[id]?.writes.removeAll { now - $0.at > Self.day }
    for (place, value) in update.values {
      links[id]?.writes.append((place, [reset.values[place], value], now))
      reset.values[place] = value
      links[id]?.base[place] = update.bases[place]
    }
    reset.reference = update.reference ?? reset.reference
    reset.origin = update.origin ?? reset.origin
    // Our own write makes no value of the remote newer.
    reset.seen.values = reset.values
    resets[id] = reset
    for name in update.decisions {
      if undoing { reopenUndone(name, update) } else { tickets[name]?.settle() }
    }
  }

  /// The remote says when what we wrote was written.
  mutating func noteWritten(_ id: String, at time: Double) {
    resets[id]?.updatedAt = time
    resets[id]?.seen.updatedAt = time
  }

  // MARK: Lookups

  func ownKey(_ id: String) -> String? {
    guard let reset = resets[id], !reset.isKnownDeleted, reset.origin == "erp" else { return nil }
    let key = Self.normal(reset.reference)
    return key.isEmpty ? nil : key
  }

  func live(_ key: String) -> [Row] { sources[key]?.live ?? [] }

  /// What a row says, an ignored cell told apart from an absent value.
  func managed(_ row: Row) -> [String?] {
    zip(row.cells, rules.fields).map { cell, field in
      (cell ?? "").isEmpty ? "(\(field.blank))" : cell
    }
  }

  /// A decision of these takes that is in force for exactly these facts.
  func standing(_ name: String, _ facts: String, _ takes: Set<String>) -> Resolution? {
    guard let ticket = tickets[name], let take = ticket.standing, ticket.decidedFacts == facts,
      takes.contains(take.form)
    else { return nil }
    return take
  }
}

extension Oracle.Reset {
  /// A pull sees it.
  fileprivate mutating func see() {
    if !isSeen {
      seen.first = updatedAt
    } else {
      for place in values.indices {
        let isMoved = seen.values[place] != values[place]
        let turned = place == values.count - 1 && seen.isBlocked != isBlocked
        if isMoved || turned { seen.spans[place] = (seen.updatedAt, updatedAt) }
      }
    }
    (seen.values, seen.isBlocked, seen.updatedAt) = (values, isBlocked, updatedAt)
  }
}
