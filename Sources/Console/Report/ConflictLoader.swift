public import Formats
public import Mirror
public import Reconciliation

extension ConflictView {
  /// A conflict of the mirror as people see it: masked, with where its values came from.
  public init(
    _ conflict: Conflict, sides: ConflictSides?, masking: Masking, by rules: Mapping? = nil
  ) {
    self.init(
      id: conflict.id, kind: conflict.kind, severity: conflict.severity, state: conflict.state,
      firstSeen: conflict.firstSeen, lastSeen: conflict.lastSeen)
    isRegressed = conflict.substate == .regressed || conflict.substate == .reopened
    mapping = conflict.mapping
    reference = masking.text(conflict.reference)
    origin = conflict.referenceOrigin
    reset = conflict.resetID
    field = conflict.field
    baseSource = masking.value(conflict.base.source)
    baseRemote = masking.value(conflict.base.remote)
    source = masking.value(conflict.source)
    remote = masking.value(conflict.remote)
    differsInHiddenPart =
      source != nil && source == remote && conflict.source != conflict.remote
    detail = masking.text(conflict.detail)
    occurrences = conflict.occurrences
    assignee = masking.text(conflict.assignee)
    snoozedUntil = conflict.snoozedUntil
    remoteChangedBy = masking.text(conflict.changedBy)
    factsDigest = conflict.version
    decision = (conflict.decision ?? conflict.previousDecision).flatMap {
      DecisionView($0, masking)
    }
    if let record = sides?.record {
      file = masking.text(record.provenance.file)
      line = record.provenance.line
      sourceChangedAt = record.changedAt
    }
    if let sides {
      lookalike = masking.text(sides.lookalike)
      rivals = RivalLoader(kind: kind, mapping: rules, masking: masking).rivals(sides)
    }
    if field != nil { remoteChangedAt = sides?.reset?.updatedAtInstant }
    if kind == .identityMismatch {
      detail = detail ?? Self.identityDetail(conflict)
      unwrapIdentity()
    }
    if detail == nil { detail = ownDetail }
    if let blocker = sides?.blocker {
      detail = [detail, Self.words(of: blocker)].compactMap { $0 }.joined(separator: " ")
    }
    if let words = likeness(conflict.reference, sides?.lookalike) {
      detail = [detail, masking.text(words)].compactMap { $0 }.joined(separator: " ")
    }
  }

  /// What comes before it.
  private static func words(of blocker: Blocker) -> String {
    "It waits for \(blocker.id) (\(blocker.kind.words)), which comes first: nothing is written before"
      + " that is settled."
  }

  /// What the other side has in the place of this key.
  private func likeness(_ key: String?, _ other: String?) -> String? {
    guard let key, let other else { return nil }
    return NearMissWords.text(
      other, like: key, at: kind == .sourceOnly ? .remote : .source, of: sourceName)
  }

  /// Names the pairs that differ: a single one, and those that differ in their spelling alone.
  private static func identityDetail(_ conflict: Conflict) -> String? {
    guard let left = conflict.source?.json?.objectValue?.members,
      let right = conflict.remote?.json?.objectValue?.members
    else { return nil }
    let sentences = zip(left, right).compactMap { ours, theirs -> String? in
      let pair = "\(ours.key.value) and \(theirs.key.value) differ"
      let words = NearMissWords.difference(ours.value.text ?? "", theirs.value.text ?? "")
      if let words { return "\(pair) only in \(words)." }
      return left.count == 1 ? "\(pair)." : nil
    }
    return sentences.isEmpty ? nil : sentences.joined(separator: " ")
  }

  /// One pair that differs is shown by its values, under a detail that names both ends.
  mutating func unwrapIdentity() {
    guard let left = source?.json?.objectValue, let right = remote?.json?.objectValue,
      left.count == 1, right.count == 1
    else { return }
    if detail == nil { detail = "\(left.keys[0]) and \(right.keys[0]) differ." }
    source = .present(left.members[0].value)
    remote = .present(right.members[0].value)
    differsInHiddenPart = differsInHiddenPart || source == remote
  }

  private var ownDetail: String? {
    switch kind {
    case .remoteDeleted where severity > kind.severity:
      "\(SystemNames.remote) no longer has the reset. Too many went with it at once: look for the cause"
        + " before you decide."
    case .remoteDeleted: "\(SystemNames.remote) no longer has the reset."
    case .sourceDeleted: "\(sourceName) no longer has the record."
    case .remoteOnly: "No record of \(sourceName) carries this key."
    case .sourceOnly: "No reset in \(SystemNames.remote) carries this key."
    default: nil
    }
  }
}

extension DecisionView {
  init?(_ decision: Conflict.Decision, _ masking: Masking) {
    guard let at = decision.at else { return nil }
    self.init(
      take: masking.text(decision.take), by: masking.text(decision.by), at: at,
      reason: masking.text(decision.reason))
  }
}

extension Masking {
  /// The value of a side, masked.
  public func value(_ value: FieldValue?) -> FieldValue? {
    switch value {
    case nil: nil
    case .absent: .absent
    case .present(let json): .present(self.value(json))
    }
  }
}

extension HistoryLine {
  /// A step in the life of a conflict, in words.
  public init(_ step: ConflictStep, masking: Masking) {
    var event = Words.spaced(step.kind)
    if step.state != step.previousState, !step.state.isEmpty {
      let before = step.previousState.isEmpty ? "" : "\(Words.spaced(step.previousState)) → "
      event += ": \(before)\(Words.spaced(step.state))"
    }
    if let decision = step.decision, step.kind == "decided" || step.kind == "decide" {
      event += ", \(decision)"
    }
    self.init(
      at: step.time, event: masking.text(event), run: step.run, by: masking.text(step.by),
      text: masking.text(step.reason))
  }
}
