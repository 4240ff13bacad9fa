/// How urgent a conflict is.
public enum Severity: String, Sendable, Hashable, CaseIterable, Comparable {
  /// Data of the wrong person.
  case critical
  /// Pushes are withheld until somebody decides.
  case high
  /// Something can't be done as asked.
  case medium
  /// Worth knowing.
  case low

  /// Orders by urgency: low is less than critical.
  public static func < (left: Severity, right: Severity) -> Bool { left.rank < right.rank }

  private var rank: Int {
    switch self {
    case .critical: 3
    case .high: 2
    case .medium: 1
    case .low: 0
    }
  }
}

/// What a conflict is about.
public enum ConflictKind: String, Sendable, Hashable, CaseIterable {
  /// Several records with one key.
  case sourceDuplicate = "source_duplicate"
  /// Several resets with one key.
  case remoteDuplicate = "remote_duplicate"
  /// Different raw references with one normal form.
  case keyCollision = "key_collision"
  /// An origin that no mapping names.
  case unknownOrigin = "unknown_origin"
  /// A reset without reference; a suggested link.
  case unreferenced
  /// A link whose two ends seem to be different persons.
  case identityMismatch = "identity_mismatch"
  /// A linked side that carries another key now.
  case rekeyed
  /// A linked reset that is gone.
  case remoteDeleted = "remote_deleted"
  /// A linked record that is deleted.
  case sourceDeleted = "source_deleted"
  /// A reset without record.
  case remoteOnly = "remote_only"
  /// A record without reset.
  case sourceOnly = "source_only"
  /// A contested field.
  case conflict
  /// A value that can't be mapped.
  case invalid
  /// A field that alternates between two values.
  case writeFight = "write_fight"
  /// A push that the API refused.
  case pushFailed = "push_failed"

  /// How urgent conflicts of this kind are.
  public var severity: Severity {
    switch self {
    case .identityMismatch: .critical
    case .conflict, .writeFight, .rekeyed, .sourceDuplicate, .remoteDuplicate, .keyCollision: .high
    case .remoteOnly, .invalid, .unknownOrigin, .pushFailed: .medium
    case .remoteDeleted, .sourceDeleted, .sourceOnly, .unreferenced: .low
    }
  }

  /// Whether several records or resets claim one key in a conflict of this kind.
  public var hasRivals: Bool {
    self == .sourceDuplicate || self == .remoteDuplicate || self == .keyCollision
  }

  /// Whether a conflict of this kind is about one managed field.
  public var hasField: Bool {
    switch self {
    case .conflict, .invalid, .writeFight: true
    case .sourceDuplicate, .remoteDuplicate, .keyCollision, .unknownOrigin, .unreferenced,
      .identityMismatch, .rekeyed, .remoteDeleted, .sourceDeleted, .remoteOnly, .sourceOnly,
      .pushFailed:
      false
    }
  }
}
