// The life of conflicts as Contract#Conflicts has it.
extension Oracle {
  enum Resolution: Equatable {
    case source
    case remote
    case value(String)
    case apart
    case link(String)
    case ignore

    var form: String {
      switch self {
      case .source: "source"
      case .remote: "remote"
      case .value: "value"
      case .apart: "apart"
      case .link: "link"
      case .ignore: "ignore"
      }
    }

    /// Whether it stays in force after it took effect.
    var isRemembered: Bool { ["apart", "link", "ignore"].contains(form) }
  }

  enum State: String {
    case inFlight = "in_flight"
    case open
    case snoozed
    case decided
    case closed
    case autoClosed = "auto_closed"
  }

  /// One conflict: one item per problem, never one per run.
  struct Ticket {
    var state: State
    var facts: String
    let firstSeen: Double
    var take: Resolution?
    var decidedFacts = ""
    /// The last decision, also one that lapsed, and when it was made.
    var lastResolution: Resolution?
    var lastDecidedAt: Double?
    /// When a snooze is over.
    var wakesAt = 0.0
    /// Whether a person took a decision back after it had taken effect.
    var isReopened = false
    /// The values of a contested field as it was found last.
    var values: Values?
    /// Whether keeping the remote's value stays in force: of a cell that can't be mapped.
    var keepsRemote = false

    var isPending: Bool { state == .inFlight || state == .open || state == .snoozed }

    var standing: Resolution? {
      switch state {
      case .decided: take
      case .closed: isRemembered ? take : nil
      case .inFlight, .open, .snoozed, .autoClosed: nil
      }
    }

    private var isRemembered: Bool {
      take?.isRemembered ?? false || keepsRemote && take == .remote
    }

    mutating func decide(_ take: Resolution, at time: Double) {
      (state, self.take, decidedFacts) = (.decided, take, facts)
      (lastResolution, lastDecidedAt) = (take, time)
    }

    mutating func settle() {
      if state == .decided { (state, isReopened) = (.closed, false) }
    }

    mutating func snooze(until time: Double) { (state, wakesAt) = (.snoozed, time) }

    /// A person wants it asked again.
    mutating func reopen() {
      if state == .closed || state == .autoClosed { isReopened = true }
      (state, take) = (.open, nil)
    }

    /// A run finds it; whether a decision lapsed.
    mutating func seen(_ newFacts: String, inFlight: Bool, at now: Double) -> Bool {
      if state == .snoozed, wakesAt <= now { state = .open }
      let isSame = (standing == nil ? facts : decidedFacts) == newFacts
      facts = newFacts
      switch state {
      case .inFlight: if !inFlight { state = .open }
      case .open: break
      case .snoozed: if !isSame { state = .open }
      case .decided:
        guard !isSame else { break }
        (state, take) = (.open, nil)
        return true
      case .closed:
        if !isSame || !isRemembered { (state, take) = (.open, nil) }
      case .autoClosed: (state, take) = (.open, nil)
      }
      return false
    }

    /// A run looks and does not find it.
    mutating func gone() {
      switch state {
      case .inFlight, .open, .snoozed, .decided: (state, take) = (.autoClosed, nil)
      case .closed: if isRemembered { (state, take) = (.autoClosed, nil) }
      case .autoClosed: break
      }
      isReopened = false
    }
  }

  /// The three values of a contested field.
  struct Values {
    var base: Base?
    var source: String?
    var remote: String?

    var facts: String { "\(base.debugDescription) \(source ?? "-") \(remote ?? "-")" }
  }

  /// A conflict as one run finds it.
  struct Finding {
    var facts: String
    var values: Values?
    var due: Double?
    /// A decision took effect in this run, without a write.
    var isSettled = false
    /// A decision can't be carried out.
    var isRefused = false
  }

  /// One item while it is looked at.
  struct Draft {
    let id: String?
    /// The reset that a key without one is linked to.
    var target: String?
    var findings: [String: Finding] = [:]
    var update = Update()
    /// Fields whose cell is empty and ignored, and those that can't be mapped.
    var ignored: Set<Int> = []
    var invalid: Set<Int> = []
    var lookedAtFields = false
    /// Fields that differ, and the forms of the decisions that take effect now, by place.
    var differing: [Int: Values] = [:]
    var fresh: [Int: String] = [:]
  }

  /// What a run looked at.
  struct Sight {
    var findings: [String: Finding] = [:]
    var situations: [String: String] = [:]
    var ignored: [String: Set<Int>] = [:]
    var invalid: [String: Set<Int>] = [:]
    var withFields: Set<String> = []
    /// Keys that are items of their own.
    var keys: [String: String] = [:]

    mutating func note(_ draft: Draft, _ situation: String) {
      findings.merge(draft.findings) { first, _ in first }
      guard let id = draft.id else { return }
      situations[id] = situation
      ignored[id] = draft.ignored
      invalid[id] = draft.invalid
      if draft.lookedAtFields { withFields.insert(id) }
    }
  }

  /// A person wants a question asked again: what the decision moved is put back.
  mutating func reopen(_ name: String) {
    defer { tickets[name]?.reopen() }
    let words = name.split(separator: " ").map(String.init)
    guard let ticket = tickets[name], ticket.state == .closed, let take = ticket.take,
      words.count > 1, let link = links[words[1]]
    else { return }
    switch words[0] {
    case "conflict", "write_fight":
      guard take != .apart, let seen = ticket.values, let place = Int(words[2]),
        let base = link.base[place], base.source == seen.source
      else { return }
      links[words[1]]?.base[place] = seen.base
      tickets[name]?.facts =
        Values(base: seen.base, source: seen.source, remote: base.remote).facts
    case "identity_mismatch":
      if link.confirmed == ticket.decidedFacts { links[words[1]]?.confirmed = nil }
    case "rekeyed":
      let facts = ticket.decidedFacts.split(separator: " ").map(String.init)
      guard facts.count == 3, facts[0] == take.form, link.key == facts[2] else { return }
      links[words[1]]?.key = facts[1]
    default: break
    }
  }

  /// Moves every conflict on; how many decisions lapsed.
  mutating func settleTickets(_ sight: Sight) -> Int {
    var lapsed = 0
    for (name, finding) in sight.findings {
      let inFlight = (finding.due ?? now) > now
      var ticket =
        tickets[name]
        ?? Ticket(state: inFlight ? .inFlight : .open, facts: finding.facts, firstSeen: now)
      if tickets[name] != nil, ticket.seen(finding.facts, inFlight: inFlight, at: now) {
        lapsed += 1
      }
      ticket.values = finding.values
      ticket.keepsRemote = name.hasPrefix("invalid ")
      if finding.isSettled { ticket.settle() }
      if finding.isRefused, ticket.state == .decided { (ticket.state, ticket.take) = (.open, nil) }
      tickets[name] = ticket
    }
    for name in tickets.keys where sight.findings[name] == nil {
      if !isOutOfSight(name, sight) { tickets[name]?.gone() }
    }
    return lapsed
  }

  /// Whether the run stopped before it came to what the conflict is about: then the difference is
  /// not gone, only unseen.
  private func isOutOfSight(_ name: String, _ sight: Sight) -> Bool {
    let words = name.split(separator: " ").map(String.init)
    let (kind, subject) = (words[0], words[1])
    func found(_ other: String) -> Bool { sight.findings["\(other) \(subject)"] != nil }
    switch kind {
    case "remote_duplicate": return found("source_duplicate")
    case "key_collision": return found("source_duplicate") || found("remote_duplicate")
    case "source_only":
      return sight.keys[subject].map { $0 != "source_only" } ?? false
    default: break
    }
    guard let situation = sight.situations[subject], situation != "both_deleted" else {
      return false
    }
    let keys: Set<String> = ["source_duplicate", "remote_duplicate", "key_collision"]
    let unkeyed: Set<String> = ["unknown_origin", "unreferenced"]
    switch kind {
    case "remote_only": return situation == "remote_duplicate" || situation == "key_collision"
    case "identity_mismatch": return keys.union(unkeyed).contains(situation)
    case "rekeyed": return keys.contains(situation) || situation == "identity_mismatch"
    case "remote_deleted": return keys.contains(situation)
    case "source_deleted":
      return keys.union(unkeyed).union(["rekeyed"]).contains(situation)
    case "conflict", "invalid", "write_fight":
      let place = Int(words[2]) ?? -1
      let isDecided = tickets[name]?.standing != nil
      if sight.withFields.contains(subject) {
        guard isDecided else { return false }
        let isInvalid = sight.invalid[subject]?.contains(place) == true && kind != "invalid"
        return isInvalid || sight.ignored[subject]?.contains(place) == true
      }
      return isDecided || !["remote_deleted", "source_deleted"].contains(situation)
    default: return false
    }
  }
}
