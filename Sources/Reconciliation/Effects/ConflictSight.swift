import Formats

/// Whether a run that does not find a known conflict knows that it is gone.
struct ConflictSight {
  let group: KeyGroup
  let assessments: [ItemAssessment]
  let refused: RefusedUpdates
  let rules: RuleBook
  let now: Timestamp

  /// What becomes of a conflict that the assessments of its group don't show; nil where it stays.
  func effect(onUnfound conflict: KnownConflict) -> Effect? {
    if let mapping = conflict.identity.mapping, rules.mapping(mapping) == nil {
      return conflict.state == .autoClosed
        ? nil
        : .notSeen(conflict: conflict.identity.id, reason: "its mapping \(mapping) is gone")
    }
    guard !isHidden(conflict) else { return nil }
    // What stands at a neighbour's key is settled where that key is looked at.
    if case .key(let key) = conflict.identity.subject, key != group.key { return nil }
    let id = conflict.identity.id
    switch conflict.identity.kind {
    // Its key holds no reset that would find it; that no reset carries it the end of the run tells.
    case .unknownOrigin:
      guard let until = conflict.snoozedUntil, until <= now else { return nil }
      return conflict.state == .snoozed ? .wake(conflict: id) : nil
    case .pushFailed:
      let isRefused = group.resetIDs.contains { refused.intents[$0] != nil }
      if isRefused || refused.retried.contains(id) { return nil }
    default: break
    }
    // Settled ones have nothing left to lose, unless a remembered decision ends here.
    let isSettled = conflict.state == .autoClosed
    let isForgotten = conflict.state == .closed && standing(conflict) == nil
    return isSettled || isForgotten ? nil : .notSeen(conflict: id, reason: nil)
  }

  private func standing(_ conflict: KnownConflict) -> StandingDecision? {
    group.decisions.first { $0.identity == conflict.identity }
  }

  /// Whether the run stopped before it came to what the conflict is about: then nothing is known
  /// to be gone, and the conflict stays as it is, its decision too.
  private func isHidden(_ conflict: KnownConflict) -> Bool {
    switch conflict.identity.subject {
    case .origin: return false
    case .key where conflict.identity.kind == .sourceOnly:
      // With a reset it is no record without one any more, whatever else is wrong at its key.
      return assessments.contains { assessment in
        guard case .key = assessment.item else { return false }
        return assessment.situation != .sourceOnly
      }
    case .key(let key):
      let kinds = assessments.flatMap(\.findings).filter {
        $0.identity.subject == .key(key) && $0.identity.mapping == conflict.identity.mapping
      }.map(\.kind)
      return kinds.contains { $0.hides(conflict.identity.kind) }
    case .reset(let id, suggested: _):
      guard let assessment = assessments.first(where: { $0.item == .reset(id) }) else {
        return false
      }
      guard conflict.identity.field != nil else {
        return assessment.situation.hides(conflict.identity.kind)
      }
      return hidesField(of: conflict, assessment)
    }
  }

  private func hidesField(of conflict: KnownConflict, _ assessment: ItemAssessment) -> Bool {
    if assessment.isParted { return false }
    let isDecided = standing(conflict) != nil
    switch assessment.situation {
    case .bothDeleted: return false
    // What can't be compared any more asks nothing of a person; what was decided is remembered.
    case .remoteDeleted, .sourceDeleted: return isDecided
    default: break
    }
    let fields = assessment.fields.isEmpty ? assessment.fieldsBehind : assessment.fields
    if fields.isEmpty { return true }
    guard isDecided else { return false }
    let (kind, field) = (conflict.identity.kind, conflict.identity.field)
    if case .ignored? = fields.first(where: { $0.field == field })?.outcome {
      return true
    }
    // A value that can't be mapped can't be compared either.
    return kind != .invalid
      && (assessment.findings + assessment.findingsBehind).contains {
        $0.kind == .invalid && $0.field == field
      }
  }
}

extension KeyGroup {
  fileprivate var resetIDs: [String] { (resets + linkedResets).map(\.id) }
}

extension ConflictKind {
  /// Whether a conflict of this kind at a key keeps one of the other from being looked at.
  public func hides(_ other: ConflictKind) -> Bool {
    switch other {
    case .remoteDuplicate: self == .sourceDuplicate
    case .keyCollision: self == .sourceDuplicate || self == .remoteDuplicate
    default: false
    }
  }

  /// The kinds that `hides` of this one holds for.
  public var hidingKinds: [ConflictKind] { ConflictKind.allCases.filter { $0.hides(self) } }
}

extension Situation {
  /// Whether a reset in this situation was not looked at for a conflict of this kind, which has no
  /// field and may still be there.
  fileprivate func hides(_ kind: ConflictKind) -> Bool {
    let atKey: [Situation] = [.sourceDuplicate, .remoteDuplicate, .keyCollision]
    let withoutKey: [Situation] = [.unknownOrigin, .unreferenced]
    return switch kind {
    case .identityMismatch: (atKey + withoutKey).contains(self)
    case .rekeyed: (atKey + [.identityMismatch]).contains(self)
    case .remoteDeleted: atKey.contains(self)
    case .sourceDeleted: (atKey + withoutKey + [.rekeyed]).contains(self)
    case .remoteOnly: self == .remoteDuplicate || self == .keyCollision
    default: false
    }
  }
}
