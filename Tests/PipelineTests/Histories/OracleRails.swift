// The rails of Contract#Plan-and-rails, and what an approval lets through.
extension Oracle {
  /// A rail with its figures; the share in percent.
  struct Rail {
    var name: String
    var rows = 0
    var percent = 0
    var hard: Int?
  }

  /// What the rail of a history says of a plan.
  struct Verdict {
    var measured = 0
    /// Whether it holds anything back, or would.
    var blocks = false
    /// Whether it would, had nobody consented.
    var isApproved = false
    var held: Set<String> = []
  }

  /// A person's consent to one plan.
  struct Approval {
    let at: Double
    let plan: [String: Update]
    /// Whether each of its updates is known, so that what is left of the plan passes as well.
    let coversParts: Bool
    /// Whether a run let anything of the plan go since: only what is left passes then.
    var isSpent = false
    /// The updates that were not written yet.
    var left: Set<String>
  }

  /// Consents to a plan; later runs go by it for a day.
  mutating func approve(_ plan: [String: Update], at time: Double, coversParts: Bool) {
    approvals.append(
      Approval(at: time, plan: plan, coversParts: coversParts, left: Set(plan.keys)))
  }

  /// A consent to a plan that was not due is taken back.
  mutating func withdrawApproval(of plan: [String: Update]) {
    approvals.removeAll { Self.isSame($0.plan, plan) }
  }

  static func isSame(_ one: [String: Update], _ other: [String: Update]) -> Bool {
    one.count == other.count && one.allSatisfy { $0.value.isSameStep(as: other[$0.key]) }
  }

  /// What a run let go uses up the consent to its plan, and to each update that it wrote.
  mutating func spendApprovals(_ outcome: Outcome) {
    for place in approvals.indices {
      if Self.isSame(approvals[place].plan, outcome.plan),
        outcome.held.count < outcome.plan.count || outcome.plan.isEmpty
      {
        approvals[place].isSpent = true
      }
      for (id, update) in lastWritten where update.isSameStep(as: approvals[place].plan[id]) {
        approvals[place].left.remove(id)
      }
    }
  }

  func judge(_ plan: [String: Update]) -> Verdict {
    guard let rail = rules.rail else { return Verdict() }
    let waitsForSecondRun = ["updates", "same_field", "same_value"].contains(rail.name)
    if waitsForSecondRun, !hasRun { return Verdict() }
    let everything = Set(plan.keys)
    switch rail.name {
    case "updates": return figure(plan.count, everything, plan)
    case "clears": return figure(plan.values.count(where: clears), everything, plan)
    case "source_deleted", "rekeyed":
      return figure(min(news + heldNews, undecided(rail.name)), everything, plan)
    case "remote_deleted": return figure(newlyGone, everything, plan)
    case "same_field", "same_value": return byField(plan)
    case "mapping_changed":
      let moved = hasRun && clearedPolicies != rules.fields.map(\.policy)
      return verdict(moved ? plan.count : 0, trips: moved && !plan.isEmpty, everything, plan)
    case "first_run":
      return verdict(hasRun ? 0 : plan.count, trips: !hasRun && !plan.isEmpty, everything, plan)
    default: return Verdict()
    }
  }

  /// Takes a value away that wasn't blank.
  private func clears(_ update: Update) -> Bool {
    update.values.contains { place, value in
      (value ?? "").isEmpty && !((update.replaced[place] ?? nil) ?? "").isEmpty
    }
  }

  /// Items of a situation that nobody has decided about.
  private func undecided(_ situation: String) -> Int {
    lastSight.situations.count { id, found in
      found == situation && lastSight.findings["\(situation) \(id)"]?.isSettled != true
    }
  }

  /// How many of them the run before did not see.
  func newlyUndecided(_ situation: String) -> Int {
    lastSight.situations.count { id, found in
      found == situation && situationsBefore[id] != found
        && lastSight.findings["\(situation) \(id)"]?.isSettled != true
    }
  }

  /// Linked resets that this run sees to be gone, and the last one did not.
  private var newlyGone: Int {
    lastSight.situations.count { id, found in
      found == "remote_deleted" && situationsBefore[id] != found
    }
  }

  private func byField(_ plan: [String: Update]) -> Verdict {
    var whole = Verdict()
    for place in rules.fields.indices {
      let writing = plan.filter { $0.value.values[place] != nil }
      let values = Dictionary(grouping: writing.values) { $0.values[place] ?? nil }
      let isField = rules.rail?.name == "same_field"
      let measured = isField ? writing.count : values.values.map(\.count).max() ?? 0
      let one = figure(measured, Set(writing.keys), plan)
      whole.measured = max(whole.measured, one.measured)
      whole.blocks = whole.blocks || one.blocks
      whole.isApproved = whole.isApproved || one.isApproved
      whole.held.formUnion(one.held)
    }
    return whole
  }

  private func figure(
    _ measured: Int, _ concerned: Set<String>, _ plan: [String: Update]
  ) -> Verdict {
    guard let rail = rules.rail else { return Verdict() }
    let isLeast = rail.name == "same_field" || rail.name == "same_value"
    let population = rail.name == "same_value" ? plan.count : links.count
    let isMany = isLeast ? measured >= rail.rows : measured > rail.rows
    let isLarge = measured * 100 > rail.percent * population
    let trips = (isMany && isLarge) || rail.hard.map { measured > $0 } ?? false
    return verdict(measured, trips: trips, concerned, plan)
  }

  private func verdict(
    _ measured: Int, trips: Bool, _ concerned: Set<String>, _ plan: [String: Update]
  ) -> Verdict {
    let isApproved =
      trips && rules.rail?.name != "remote_deleted" && isApproved(concerned, plan)
    let blocks = trips && !isApproved
    return Verdict(
      measured: measured, blocks: blocks, isApproved: isApproved, held: blocks ? concerned : [])
  }

  /// Whether this very plan was approved, or all that the rail concerns is what was left of one.
  private func isApproved(_ concerned: Set<String>, _ plan: [String: Update]) -> Bool {
    let valid = approvals.filter { now - $0.at < Self.day }
    let isSame = valid.contains { !$0.isSpent && Self.isSame($0.plan, plan) }
    let isLeftOver = concerned.allSatisfy { id in
      valid.contains { approval in
        approval.coversParts && approval.left.contains(id)
          && plan[id]?.isSameStep(as: approval.plan[id]) == true
      }
    }
    return isSame || (!concerned.isEmpty && isLeftOver)
  }

  // MARK: Undo

  /// Takes back what a run wrote, where the remote still holds it.
  mutating func undo(_ written: [String: Update], at time: Double) -> Outcome {
    now = time
    news = 0
    pull(full: false)
    var outcome = Outcome()
    var updates: [String: Update] = [:]
    for (id, update) in written {
      guard let link = links[id], let reset = resets[id], !reset.isKnownDeleted else { continue }
      let inverse = inverse(of: update, reset, link)
      if !inverse.isEmpty { updates[id] = inverse }
    }
    finish(&outcome, updates, sends: true, undoing: true)
    return outcome
  }

  /// Afterwards the sides differ on purpose: silent until the source moves.
  private func inverse(of update: Update, _ reset: Reset, _ link: Link) -> Update {
    var inverse = Update()
    for (place, value) in update.values {
      let isBlocked = reset.isBlocked && place == rules.fields.count - 1
      guard !isBlocked, reset.values[place] == value else { continue }
      let before = update.replaced[place] ?? nil
      let base = link.base[place] ?? update.bases[place]
      inverse.values[place] = .some(before)
      inverse.bases[place] = Base(source: base?.source, remote: before)
    }
    if let reference = update.reference, reset.reference == reference {
      inverse.reference = .some(update.replacedReference)
    }
    if let origin = update.origin, reset.origin == origin {
      inverse.origin = .some(update.replacedOrigin)
    }
    inverse.decisions = update.decisions
    return inverse
  }

  /// A remembered decision would write the key again: it is asked anew.
  mutating func reopenUndone(_ name: String, _ update: Update) {
    let kind = name.prefix { $0 != " " }
    guard update.reference != nil || update.origin != nil, tickets[name]?.state == .closed,
      ["unreferenced", "remote_only", "rekeyed", "source_only"].contains(kind)
    else { return }
    tickets[name]?.reopen()
  }
}
