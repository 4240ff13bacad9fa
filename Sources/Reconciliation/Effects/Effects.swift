public import Formats

/// What the assessments of a group come to, in the order in which it is to be carried out.
///
/// Pure: `refused` and the group are all that is known of the time before. The assessments are
/// those of the group's own items by these rules.
public func effects(
  of assessments: [ItemAssessment], in group: KeyGroup, refused: RefusedUpdates, rules: RuleBook,
  at now: Timestamp
) -> [Effect] {
  var draft = EffectDraft(group: group, rules: rules, now: now)
  for assessment in assessments {
    switch assessment.item {
    case .reset(let id): draft.add(assessment, reset: id)
    case .key: draft.add(assessment)
    }
  }
  draft.dropItems(except: Set(assessments.map(\.item)))
  draft.addConflicts(assessments, refused)
  draft.effects.append(.due(group.nextLook(assessments, after: now)))
  return draft.effects
}

private struct EffectDraft {
  let group: KeyGroup
  let rules: RuleBook
  let now: Timestamp
  var effects: [Effect] = []

  /// A reset of the group.
  mutating func add(_ assessment: ItemAssessment, reset id: String) {
    let link = group.link(ofReset: id)
    var (isLinked, isNew) = (link != nil, false)
    var mapping = group.mapping ?? ""
    for change in assessment.linkChanges {
      switch change {
      case .create(let resetID, _, _):
        if resetID == id, let name = assessment.mapping {
          (isLinked, isNew, mapping) = (true, true, name)
          add(change, of: id, assessment, situation: assessment.situation)
        }
      case .close:
        isLinked = false
        add(change, of: id, assessment)
      case .move, .apart, .rejoin, .confirmIdentity: add(change, of: id, assessment)
      }
      effects.append(.offersChanged)
      // What a person decided has taken effect: the next run sees another state.
      if !change.isPlainMatch { effects.append(.lookAgain(resetID: id)) }
    }
    if let link, isLinked, !isNew, !assessment.baseMoves.isEmpty {
      effects.append(.base(resetID: id, link.base.merging(assessment.baseMoves)))
    }
    effects.append(
      .situation(
        SituationEffect(
          item: assessment.item, before: group.counted(assessment.item),
          now: CountedSituation(mapping, assessment.situation), isLinked: isLinked,
          isNewLink: isNew)))
    addRemoteWinners(of: assessment, reset: id)
    if let update = assessment.update { add(update, of: assessment) }
  }

  /// A key without reset, which a person may have linked to a reset that stands elsewhere.
  mutating func add(_ assessment: ItemAssessment) {
    effects.append(
      .situation(
        SituationEffect(
          item: assessment.item, before: group.counted(assessment.item),
          now: CountedSituation(group.mapping ?? "", assessment.situation))))
    for change in assessment.linkChanges {
      guard case .create(let id, _, _) = change, assessment.mapping != nil,
        group.decisionResets.contains(where: { $0.id == id })
      else { continue }
      add(change, of: id, assessment)
      if let update = assessment.update, update.resetID == id { add(update, of: assessment) }
      // The reset is assessed with its link from the next run on.
      effects.append(.lookAgain(resetID: nil))
      addRemoteWinners(of: assessment, reset: id)
    }
  }

  private mutating func add(
    _ change: LinkChange, of id: String, _ assessment: ItemAssessment,
    situation: Situation? = nil
  ) {
    let key =
      switch change {
      case .create(_, let key, _), .move(let key): key
      case .close, .apart, .rejoin, .confirmIdentity: assessment.key
      }
    effects.append(
      .link(
        LinkEffect(
          resetID: id, change: change, mapping: assessment.mapping, key: key,
          base: assessment.baseMoves, situation: situation)))
  }

  private mutating func add(_ update: PlannedUpdate, of assessment: ItemAssessment) {
    let overruled = assessment.autoResolved.filter { $0.winner == .source }
    effects.append(.update(update, overruled: overruled))
  }

  private mutating func addRemoteWinners(of assessment: ItemAssessment, reset id: String) {
    for overruled in assessment.autoResolved where overruled.winner == .remote {
      effects.append(
        .overruled(overruled, resetID: id, mapping: assessment.mapping, key: assessment.key))
    }
  }

  /// What had a situation here and was not assessed is no item any more.
  mutating func dropItems(except assessed: Set<ItemID>) {
    for item in group.previous.keys where !assessed.contains(item) && group.owns(item) {
      effects.append(
        .situation(SituationEffect(item: item, before: group.counted(item), now: nil)))
    }
  }

  mutating func addConflicts(_ assessments: [ItemAssessment], _ refused: RefusedUpdates) {
    var found: Set<ConflictIdentity> = []
    for finding in assessments.flatMap(\.findings) where found.insert(finding.identity).inserted {
      effects.append(.found(finding))
    }
    let sight = ConflictSight(
      group: group, assessments: assessments, refused: refused, rules: rules, now: now)
    for conflict in group.known where !found.contains(conflict.identity) {
      if let effect = sight.effect(onUnfound: conflict) { effects.append(effect) }
    }
  }
}

extension KeyGroup {
  /// Whether an item is assessed in this group: a linked reset is in that of its link.
  public func owns(_ item: ItemID) -> Bool {
    guard case .reset(let id) = item else { return true }
    return !links.contains { $0.resetID == id && ($0.key != key || $0.mapping != mapping) }
  }

  /// The link of a reset, if it is one of this group.
  fileprivate func link(ofReset id: String) -> Link? { links.first { $0.resetID == id } }

  fileprivate func counted(_ item: ItemID) -> CountedSituation? {
    guard let situation = previous[item] else { return nil }
    guard case .reset(let id) = item else { return CountedSituation(mapping ?? "", situation) }
    return CountedSituation(countedUnder[id] ?? mapping ?? "", situation)
  }

  /// When a grace or a snooze of the group is over, the first of them.
  fileprivate func nextLook(_ assessments: [ItemAssessment], after now: Timestamp) -> Timestamp? {
    let graces = assessments.flatMap(\.findings).compactMap(\.due)
    let snoozes = known.filter { $0.state == .snoozed }.compactMap(\.snoozedUntil)
    return (graces + snoozes).filter { $0 > now }.min()
  }
}

extension LinkChange {
  /// Whether it makes a link of equal keys, which was assessed as linked in the same run and which
  /// the journal does not name one by one.
  public var isPlainMatch: Bool {
    if case .create(_, _, .match) = self { true } else { false }
  }
}
