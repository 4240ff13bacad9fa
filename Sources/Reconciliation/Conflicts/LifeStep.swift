public import Formats

/// What a run that finds a known conflict does to it.
public enum LifeStep: Sendable, Hashable {
  /// It goes through this; `reason` is for its history.
  case event(ConflictEvent, reason: String? = nil)
  /// The state stays while the values moved: the history keeps each version of the facts.
  case moved
}

extension ConflictLife {
  /// The steps of a known conflict that a run finds again, in order.
  ///
  /// - Parameters:
  ///   - finding: what the run found
  ///   - facts: the digest of the facts when it was last seen
  ///   - decidedFacts: those that the author of a standing decision saw
  ///   - snoozedUntil: until when it is put off
  ///   - now: the time of the run
  public func steps(
    on finding: ConflictFinding, facts: String, decidedFacts: String?, snoozedUntil: Timestamp?,
    at now: Timestamp
  ) -> [LifeStep] {
    var steps: [LifeStep] = []
    var life = self
    /// Whether it led anywhere.
    func go(_ event: ConflictEvent, reason: String? = nil) -> Bool {
      guard let last = life.after(event)?.last else { return false }
      life = ConflictLife(last.state, last.substate, isRemembered: isRemembered)
      steps.append(.event(event, reason: reason))
      return true
    }
    if state == .snoozed, let snoozedUntil, snoozedUntil <= now { _ = go(.wake) }
    let seen = ConflictEvent.seen(
      sameFacts: finding.effect == .standing || (decidedFacts ?? facts) == finding.factsDigest,
      inFlight: (finding.due ?? now) > now)
    if !go(seen), facts != finding.factsDigest { steps.append(.moved) }
    switch finding.effect {
    case .settled: _ = go(.settle)
    case .refused(let reason) where life.state == .decided: _ = go(.reopen, reason: reason)
    case .refused, .open, .planned, .waiting, .standing: break
    }
    return steps
  }
}
