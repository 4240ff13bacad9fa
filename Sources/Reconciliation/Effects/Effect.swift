public import Formats

/// One thing that a run changes in what the mirror remembers of a key group.
///
/// Effects name items, keys and conflicts and no rows; they are carried out in their order.
public enum Effect: Sendable {
  /// A link begins, ends or changes.
  case link(LinkEffect)
  /// The base of a reset's link becomes this.
  case base(resetID: String, Base)
  /// An item is in this situation from now on, or is none any more.
  case situation(SituationEffect)
  /// This is to be sent; `overruled` are the remote's values that policies overwrite with it.
  case update(PlannedUpdate, overruled: [Overruled])
  /// A policy overruled a value of the source without a write.
  case overruled(Overruled, resetID: String, mapping: String?, key: Key?)
  /// The update of this reset that the API refused is not due any more as it was.
  case dropRefused(resetID: String)
  /// A conflict is there.
  case found(ConflictFinding)
  /// A conflict, by its id, that the group had and shows no more, and why where that is not that
  /// the difference is gone; another group may still.
  case notSeen(conflict: String, reason: String?)
  /// The snooze of a conflict, by its id, is over.
  case wake(conflict: String)
  /// The next run looks at the key again, and at the one that this reset carries.
  case lookAgain(resetID: String?)
  /// Who waits for the records of the key is offered them in another way from now on.
  case offersChanged
  /// The key is looked at again at this time; nil at none.
  case due(Timestamp?)
}

/// What happens to the link of one reset.
public struct LinkEffect: Sendable {
  /// The reset.
  public let resetID: String
  /// What happens.
  public let change: LinkChange
  /// The mapping of the link.
  public let mapping: String?
  /// The key of the link afterwards.
  public let key: Key?
  /// What a new link starts with.
  public let base: Base
  /// What a new link starts with; nil where its reset is not assessed with it yet.
  public let situation: Situation?
}

/// A situation and the mapping under which its item is counted; "" for resets of no mapping.
public struct CountedSituation: Sendable, Hashable {
  /// The mapping.
  public let mapping: String
  /// The situation.
  public let situation: Situation

  /// Takes both as they are.
  public init(_ mapping: String, _ situation: Situation) {
    self.mapping = mapping
    self.situation = situation
  }
}

/// How the situation of one item changes, or that it stays.
public struct SituationEffect: Sendable {
  /// The item.
  public let item: ItemID
  /// Its situation before; nil when it is new.
  public let before: CountedSituation?
  /// Its situation now; nil when it is no item any more.
  public let now: CountedSituation?
  /// Whether its reset has a link now, and whether this run made it.
  public var isLinked = false
  /// Whether this run made its link.
  public var isNewLink = false

  /// The two situations where they differ.
  public var transition: (from: Situation, to: CountedSituation)? {
    guard let before, let now, before.situation != now.situation else { return nil }
    return (before.situation, now)
  }
}
