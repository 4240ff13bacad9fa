import Formats

/// A link being looked at: both sides and what is remembered of them.
struct Pair {
  let reset: RemoteReset
  /// The live record, nil when it is deleted or missing.
  var record: SourceRecord?
  /// Whether there is no live one because the rules leave it aside.
  var isSetAside = false
  /// All live variants at the link's key.
  var live: [SourceRecord]
  var mapping: Mapping
  /// The key of the link.
  var key: Key
  let base: Base
  let state: LinkState
  let acceptedIdentity: String?
  let writes: [FieldWriteMemory]
}

/// The assessment of one item while it is made; each check adds what it finds.
struct ItemDraft {
  let item: ItemID
  let context: AssessmentContext
  var mapping: Mapping?
  var key: Key?
  var linkChanges: [LinkChange] = []
  var findings: [ConflictFinding] = []
  var fields: [FieldOutcome] = []
  /// The fields as they stand behind a question that comes first; nothing is done about them.
  var fieldsBehind: [FieldOutcome] = []
  var findingsBehind: [ConflictFinding] = []
  var baseMoves = Base()
  var autoResolved: [Overruled] = []
  var update: PlannedUpdate?
  var reference: TextWrite?
  var referenceOrigin: TextWrite?
  /// Ids of the conflicts whose decisions the update carries out.
  var decisions: [String] = []

  init(item: ItemID, mapping: Mapping?, key: Key?, context: AssessmentContext) {
    self.item = item
    self.mapping = mapping
    self.key = key
    self.context = context
  }

  /// The assessment with this situation; what a held item would write is left out.
  func finish(_ situation: Situation, isParted: Bool = false) -> ItemAssessment {
    var done = ItemAssessment(
      item: item, mapping: mapping?.name, key: key, situation: situation,
      previous: context.group.previous[item])
    done.linkChanges = linkChanges
    done.fields = fields
    done.fieldsBehind = fieldsBehind
    done.findingsBehind = findingsBehind
    done.isParted = isParted
    done.baseMoves = baseMoves
    done.autoResolved = autoResolved
    if let update, !update.isEmpty, !situation.holds { done.update = update }
    done.findings = findings.map { finding in
      var finding = finding
      let isPlanned = done.update?.decisions.contains(finding.id) ?? false
      if finding.effect == .planned, !isPlanned { finding.effect = .waiting }
      return finding
    }
    return done
  }

  /// Another question comes first: what is open or decided about fields is shown with the values
  /// of today, and waits.
  mutating func lookBehind(_ pair: Pair) {
    let id = ConflictSubject.reset(pair.reset.id)
    let waiting = context.group.known.filter { known in
      known.identity.kind.hasField && known.identity.subject == id
        && (known.state.isPending || known.state == .decided)
    }
    guard !waiting.isEmpty, pair.record != nil, !pair.reset.isDeleted else { return }
    var trial = ItemDraft(item: item, mapping: pair.mapping, key: pair.key, context: context)
    var pair = pair
    _ = trial.checkFields(&pair)
    (fieldsBehind, findingsBehind) = (trial.fields, trial.findings)
    for var finding in trial.findings
    where waiting.contains(where: { $0.identity == finding.identity }) {
      finding.effect = finding.effect == .open ? .open : .waiting
      findings.append(finding)
    }
  }

  /// Adds a finding, unless the mapping doesn't want a conflict here.
  mutating func note(_ finding: ConflictFinding, for situation: Situation) {
    let reactions = mapping?.reactions ?? Reactions()
    switch reactions[situation] {
    case .conflict?: findings.append(finding)
    case .suggest? where finding.reason != nil: findings.append(finding)
    case .suggest?, .count?, .ignore?, nil: break
    }
  }

  /// Plans to write this key to the reset, where it carries another.
  mutating func planKey(_ key: Key, record: SourceRecord?, mapping: Mapping, on reset: RemoteReset)
  {
    let carried = context.rules.assign(reference: reset.reference, origin: reset.referenceOrigin)
    guard carried != .known(mapping: mapping.name, key) else { return }
    let text = mapping.writableReference(of: key, record: record)
    if reset.reference != text {
      reference = TextWrite(expected: reset.reference, value: text)
    }
    if reset.referenceOrigin != key.origin {
      referenceOrigin = TextWrite(expected: reset.referenceOrigin, value: key.origin)
    }
  }
}

extension Mapping {
  /// The reference to write for a key: as the source spells it where that leads to the key again.
  func writableReference(of key: Key, record: SourceRecord?) -> String {
    guard let raw = record?.rawReference.trimmed,
      reference.normalize.normalize(raw) == key.reference
    else { return key.reference }
    return reference.normalize.contains(.unguard) ? Normalization.unguard.apply(raw) : raw
  }
}
