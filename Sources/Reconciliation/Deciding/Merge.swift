public import Formats

/// When each side was last changed, for `newest`; nil when unknown.
public struct ChangeTimes: Sendable, Hashable {
  /// When the source says that it changed the record.
  public let source: Timestamp?
  /// When this field of the remote changed: a change of another makes it no newer.
  public let remote: ChangeSpan

  /// Changes closer than this are a conflict: clocks differ.
  public static let skewSeconds = 120.0

  /// Takes both as they are.
  public init(source: Timestamp?, remote: ChangeSpan) {
    self.source = source
    self.remote = remote
  }

  /// A change of the remote at a known time.
  public init(source: Timestamp?, remote: Timestamp?) {
    self.init(source: source, remote: ChangeSpan(at: remote))
  }

  /// The side that changed later; nil when that can't be told or they are too close.
  public var later: Side? {
    guard let source else { return nil }
    if let until = remote.until, source.seconds(since: until) >= ChangeTimes.skewSeconds {
      return .source
    }
    guard let after = remote.after else { return nil }
    return after.seconds(since: source) >= ChangeTimes.skewSeconds ? .remote : nil
  }
}

/// What the merge of one field comes to.
public enum MergeStep: Sendable, Hashable {
  /// Both sides are equal; both bases become the value.
  case agree
  /// The source's value is written to the remote.
  case writeSource
  /// The remote's value stands; each side's base becomes its value.
  case acceptRemote
  /// A person must decide.
  case conflict
  /// Kept apart earlier, and nothing moved since.
  case keptApart
}

/// The outcome of a merge, with the side that a policy overruled.
public struct MergeVerdict: Sendable, Hashable {
  /// What to do.
  public let step: MergeStep
  /// The side whose value a policy overwrote or ignored; nil when nobody lost.
  public let loser: Side?
}

/// How the sides of a field stand to their bases: the rows of the table in Contract#Merge.
enum Movement: Hashable {
  case sourceMoved
  case remoteMoved
  case bothMoved
  case neitherMoved
  case firstRemoteAbsent
  case firstRemotePresent

  init(source: FieldValue, remote: FieldValue, base: BasePair) {
    guard let sourceBase = base.source, let remoteBase = base.remote else {
      self = remote == .absent ? .firstRemoteAbsent : .firstRemotePresent
      return
    }
    switch (source != sourceBase, remote != remoteBase) {
    case (true, false): self = .sourceMoved
    case (false, true): self = .remoteMoved
    case (true, true): self = .bothMoved
    case (false, false): self = .neitherMoved
    }
  }
}

/// The three-way merge of one field whose values are in canonical form (Contract#Merge).
///
/// Total: every combination of values, bases, policies and times has exactly one outcome.
public func merge(
  source: FieldValue, remote: FieldValue, base: BasePair, policy: Policy, times: ChangeTimes
) -> MergeVerdict {
  if source == remote { return MergeVerdict(step: .agree, loser: nil) }
  let movement = Movement(source: source, remote: remote, base: base)
  let step = step(movement, policy: policy, isRemoteBlank: remote.isBlank, times: times)
  return MergeVerdict(step: step, loser: loser(step, movement))
}

private func step(
  _ movement: Movement, policy: Policy, isRemoteBlank: Bool, times: ChangeTimes
) -> MergeStep {
  switch (movement, policy) {
  case (.neitherMoved, _): .keptApart

  case (_, .remote): .acceptRemote
  case (_, .source): .writeSource

  case (.firstRemoteAbsent, _): .writeSource
  case (_, .fillBlank): isRemoteBlank ? .writeSource : .acceptRemote

  case (.sourceMoved, .ask), (.sourceMoved, .newest): .writeSource
  case (.remoteMoved, .ask): .conflict
  // Only the remote moved, so its change is the later one.
  case (.remoteMoved, .newest): .acceptRemote
  case (.bothMoved, .ask), (.firstRemotePresent, .ask): .conflict
  case (.bothMoved, .newest), (.firstRemotePresent, .newest):
    switch times.later {
    case .source: .writeSource
    case .remote: .acceptRemote
    case nil: .conflict
    }
  }
}

/// An ordinary move of one side overrules nobody; every other automatic outcome does.
private func loser(_ step: MergeStep, _ movement: Movement) -> Side? {
  switch step {
  case .agree, .conflict, .keptApart: nil
  case .acceptRemote: .source
  case .writeSource:
    switch movement {
    case .sourceMoved, .firstRemoteAbsent, .neitherMoved: nil
    case .remoteMoved, .bothMoved, .firstRemotePresent: .remote
    }
  }
}
