/// The named state of one item in one run (Contract#Situations).
///
/// `allCases` is the order of assessment.
public enum Situation: String, Sendable, Hashable, CaseIterable {
  /// Several records with one key and different managed values.
  case sourceDuplicate = "source_duplicate"
  /// One-to-one, and several resets with one key.
  case remoteDuplicate = "remote_duplicate"
  /// Different raw references, one normal form, on one side.
  case keyCollision = "key_collision"
  /// A reset with a reference whose origin is null or named by no mapping.
  case unknownOrigin = "unknown_origin"
  /// A reset without reference.
  case unreferenced = "unreferenced"
  /// Linked, but a verify pair differs.
  case identityMismatch = "identity_mismatch"
  /// A linked reset or record now carries another key.
  case rekeyed = "rekeyed"
  /// Linked, and gone on both sides.
  case bothDeleted = "both_deleted"
  /// Linked, and the reset is gone.
  case remoteDeleted = "remote_deleted"
  /// Linked, and the record is deleted.
  case sourceDeleted = "source_deleted"
  /// A reset of a known origin without record, never linked.
  case remoteOnly = "remote_only"
  /// A record without reset, never linked.
  case sourceOnly = "source_only"
  /// Linked, a managed field contested.
  case conflict
  /// Linked, a value that can't be mapped.
  case invalid
  /// Linked, something to push, nothing contested.
  case update
  /// Linked, kept apart on purpose, nothing moved since.
  case driftAccepted = "drift_accepted"
  /// Linked, all managed fields agree.
  case inSync = "in_sync"

  /// What is done when a mapping says nothing; nil where nothing is ever asked of a person.
  public var standardReaction: Reaction? {
    switch self {
    case .sourceDuplicate, .remoteDuplicate, .keyCollision, .unknownOrigin, .identityMismatch,
      .rekeyed, .remoteDeleted, .sourceDeleted, .remoteOnly, .conflict, .invalid:
      .conflict
    case .unreferenced: .suggest
    case .sourceOnly: .count
    case .bothDeleted, .update, .driftAccepted, .inSync: nil
    }
  }

  /// Whether a record or a reset is there, and not the other: the other may be there in another
  /// spelling.
  public var isOneSided: Bool {
    self == .remoteOnly || self == .sourceOnly || self == .sourceDeleted
  }

  /// Whether every push of the item is withheld.
  public var holds: Bool {
    switch self {
    case .sourceDuplicate, .remoteDuplicate, .keyCollision, .identityMismatch, .rekeyed: true
    case .unknownOrigin, .unreferenced, .bothDeleted, .remoteDeleted, .sourceDeleted, .remoteOnly,
      .sourceOnly, .conflict, .invalid, .update, .driftAccepted, .inSync:
      false
    }
  }
}

extension Situation {
  /// Items by situation, zeros included, of numbers by mapping.
  public static func totals(of items: [String: [Situation: Int]]) -> [Situation: Int] {
    var totals = Dictionary(uniqueKeysWithValues: allCases.map { ($0, 0) })
    for (situation, count) in items.values.joined() { totals[situation, default: 0] += count }
    return totals
  }
}

/// What a situation calls for.
public enum Reaction: String, Sendable, Hashable, CaseIterable {
  /// A conflict for a person.
  case conflict
  /// A number in the summary.
  case count
  /// A conflict only where a link can be suggested.
  case suggest
  /// Nothing but its place in the summary.
  case ignore
}

/// The reactions of a mapping, each the default unless set.
public struct Reactions: Sendable, Hashable {
  private var chosen: [Situation: Reaction]

  /// Reactions that differ from the defaults.
  public init(_ chosen: [Situation: Reaction] = [:]) { self.chosen = chosen }

  /// The reaction to a situation; nil where nothing is ever asked of a person.
  public subscript(situation: Situation) -> Reaction? {
    chosen[situation] ?? situation.standardReaction
  }
}
