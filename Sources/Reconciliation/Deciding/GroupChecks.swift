import Formats

// Fields that belong together are decided and written together: what stands at the remote after a
// run is the group of one side, never a mixture that neither ever stated.
extension ItemDraft {
  /// Makes each group one, then withholds what waits for a field of it.
  mutating func decideGroups(_ drafts: inout [FieldDraft], _ pair: Pair) {
    guard !pair.mapping.groups.isEmpty else { return }
    for group in pair.mapping.groupPlaces { decide(group, &drafts, pair) }
    holdGroups(&drafts, pair.mapping)
  }

  /// A decision about one field takes the whole group; where policies would mix it, a person is
  /// asked.
  private mutating func decide(_ group: [Int], _ drafts: inout [FieldDraft], _ pair: Pair) {
    let decided = group.filter { drafts[$0].fresh != nil }
    let forms = Set(decided.compactMap { drafts[$0].fresh?.take.form }).subtracting([.value])
    if forms.count > 1 {
      for place in decided { refuse(&drafts[place]) }
    } else if let form = forms.first {
      for place in group where drafts[place].fresh == nil { follow(form, &drafts[place], pair) }
    } else if decided.isEmpty {
      askWhatMixes(group, &drafts, pair)
    }
  }

  private mutating func refuse(_ draft: inout FieldDraft) {
    guard let fresh = draft.fresh, fresh.take.form != .value else { return }
    resolve(
      fresh.conflict,
      .refused(reason: "its group was decided for both sides; it is written whole from one"))
    (draft.result, draft.write, draft.decision, draft.baseMove) = (.contested, nil, nil, nil)
  }

  /// What a decision about another field of the group does to this one.
  private mutating func follow(
    _ form: ResolutionForm, _ draft: inout FieldDraft, _ pair: Pair
  ) {
    guard let sides = draft.sides else { return }
    let rule = rule(draft, pair)
    if form == .source {
      if case .write = draft.result { return }
      draft.baseMove = nil
      draft.overruled = nil
      plan(
        sides.source, .decision, afterBase: BasePair(agreed: sides.source), for: rule, in: &draft)
      return
    }
    if draft.result == .keptApart { return }
    let asked = [ConflictKind.conflict, .writeFight].map { conflict($0, rule, pair) }
    findings.removeAll { asked.contains($0.identity) }
    (draft.result, draft.write, draft.overruled) = (.acceptRemote, nil, nil)
    draft.baseMove = BasePair(source: sides.source, remote: sides.remote)
  }

  /// A value of the source beside one of the remote that stays different is asked about.
  private mutating func askWhatMixes(
    _ group: [Int], _ drafts: inout [FieldDraft], _ pair: Pair
  ) {
    guard group.contains(where: { drafts[$0].result.keepsRemote }) else { return }
    for place in group {
      guard case .write = drafts[place].result, let sides = drafts[place].sides else { continue }
      (drafts[place].write, drafts[place].overruled) = (nil, nil)
      contest(&drafts[place], pair, .conflict, sides.source, sides.remote)
    }
  }

  /// Withholds a write whose group has a field that is held, until nothing changes any more.
  private func holdGroups(_ drafts: inout [FieldDraft], _ mapping: Mapping) {
    guard !mapping.groups.isEmpty else { return }
    var changed = true
    while changed {
      changed = false
      for place in drafts.indices {
        guard case .write(let value, _) = drafts[place].result,
          mapping.groupMates[place].contains(where: { drafts[$0].result.isHeld })
        else { continue }
        drafts[place].result = .held(value)
        drafts[place].overruled = nil
        changed = true
      }
    }
  }
}

extension FieldResult {
  /// Whether a write of the same group must wait for it.
  fileprivate var isHeld: Bool {
    switch self {
    case .contested, .invalid, .frozen, .held: true
    case .agree, .write, .acceptRemote, .keptApart, .ignored: false
    }
  }

  /// Whether the remote keeps a value that is not the source's.
  fileprivate var keepsRemote: Bool {
    switch self {
    case .acceptRemote, .keptApart: true
    case .agree, .write, .contested, .invalid, .frozen, .held, .ignored: false
    }
  }
}
