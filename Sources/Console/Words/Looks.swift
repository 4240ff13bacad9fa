public import Reconciliation

extension Severity {
  /// The sign that goes with the word and the colour: each severity has its own shape.
  public var shape: String {
    switch self {
    case .critical: "●"
    case .high: "◆"
    case .medium: "▲"
    case .low: "○"
    }
  }

  /// The word on a screen.
  public var word: String { rawValue.prefix(1).uppercased() + rawValue.dropFirst() }

  /// 0 for the most severe.
  var place: Int {
    switch self {
    case .critical: 0
    case .high: 1
    case .medium: 2
    case .low: 3
    }
  }

  /// The class of its text colour.
  var textClass: String { "s\(place)" }
}

/// What is named after a side in files and commands, in words that name the thing itself.
private enum SideWords {
  static let sourceDuplicate = "several records, one key"
  static let remoteDuplicate = "several resets, one key"
  static let sourceDeleted = "record deleted"
  static let remoteDeleted = "reset deleted"
  static let sourceOnly = "record without reset"
  static let remoteOnly = "reset without record"
}

extension ConflictKind {
  /// What it is called on a screen.
  public var words: String {
    switch self {
    case .conflict: "both sides changed"
    case .invalid: "value can't be used"
    case .writeFight: "field that keeps changing back"
    case .pushFailed: "refused by \(SystemNames.remote)"
    case .sourceDuplicate: SideWords.sourceDuplicate
    case .remoteDuplicate: SideWords.remoteDuplicate
    case .remoteDeleted: SideWords.remoteDeleted
    case .sourceDeleted: SideWords.sourceDeleted
    case .remoteOnly: SideWords.remoteOnly
    case .sourceOnly: SideWords.sourceOnly
    case .keyCollision, .unknownOrigin, .unreferenced, .identityMismatch, .rekeyed:
      Words.spaced(rawValue)
    }
  }

  /// What it means, in a sentence below the heading of its group.
  public var meaning: String {
    switch self {
    case .sourceDuplicate: "Several records carry one key and say different things."
    case .remoteDuplicate: "Several resets carry one key, where one is expected."
    case .keyCollision: "Different references become the same key once they are normalised."
    case .unknownOrigin: "Resets name an origin that no mapping knows."
    case .unreferenced: "A reset without reference that a record seems to belong to."
    case .identityMismatch: "The pair is linked, but the two sides name different customers."
    case .rekeyed: "One side of a linked pair now carries another key."
    case .remoteDeleted: "The reset is gone; its record is still there."
    case .sourceDeleted: "The record is gone; its reset is still there."
    case .remoteOnly: "A reset whose key no record carries."
    case .sourceOnly: "A record whose key no reset carries."
    case .conflict: "The sides hold different values and no policy decides between them."
    case .invalid: "The record holds a value that the mapping can't turn into metadata."
    case .writeFight: "Somebody keeps undoing what is written; the field is frozen."
    case .pushFailed: "An update was refused for good; the record is parked."
    }
  }
}

extension Situation {
  /// What it is called on a screen.
  public var words: String {
    switch self {
    case .sourceDuplicate: SideWords.sourceDuplicate
    case .remoteDuplicate: SideWords.remoteDuplicate
    case .remoteDeleted: SideWords.remoteDeleted
    case .sourceDeleted: SideWords.sourceDeleted
    case .remoteOnly: SideWords.remoteOnly
    case .sourceOnly: SideWords.sourceOnly
    case .keyCollision, .unknownOrigin, .unreferenced, .identityMismatch, .rekeyed, .bothDeleted,
      .conflict, .invalid, .update, .driftAccepted, .inSync:
      Words.spaced(rawValue)
    }
  }

  /// What it means, in a sentence.
  var meaning: String {
    switch self {
    case .sourceDuplicate: ConflictKind.sourceDuplicate.meaning
    case .remoteDuplicate: ConflictKind.remoteDuplicate.meaning
    case .keyCollision: ConflictKind.keyCollision.meaning
    case .unknownOrigin: ConflictKind.unknownOrigin.meaning
    case .unreferenced: "A reset without a reference; a link is suggested where a record fits."
    case .identityMismatch: ConflictKind.identityMismatch.meaning
    case .rekeyed: ConflictKind.rekeyed.meaning
    case .bothDeleted: "Record and reset are gone; the link is closed."
    case .remoteDeleted: ConflictKind.remoteDeleted.meaning
    case .sourceDeleted: ConflictKind.sourceDeleted.meaning
    case .remoteOnly: "A reset whose key no record carries; first it is given time."
    case .sourceOnly: "A record whose key no reset carries; it needs nobody."
    case .conflict: ConflictKind.conflict.meaning
    case .invalid: ConflictKind.invalid.meaning
    case .update: "A pair with values to be written, and nothing contested."
    case .driftAccepted: "A pair that differs on purpose, by a decision or a policy."
    case .inSync: "A pair whose managed fields all agree."
    }
  }

  /// The kind of its conflicts; nil where it makes none.
  var conflictKind: ConflictKind? { ConflictKind(rawValue: rawValue) }

  /// The class of its bar: by severity of what it calls for.
  var barClass: String {
    switch self {
    case .inSync, .driftAccepted: "ks"
    case .update: "ku"
    case .identityMismatch: "k0"
    case .conflict, .rekeyed, .sourceDuplicate, .remoteDuplicate, .keyCollision: "k1"
    case .remoteOnly, .invalid, .unknownOrigin, .unreferenced: "k2"
    case .remoteDeleted, .sourceDeleted, .bothDeleted: "k3"
    case .sourceOnly: "kr"
    }
  }
}

extension ConflictState {
  /// What it is called on a screen.
  public var words: String { Words.spaced(rawValue) }
}

extension AgeBucket {
  /// What it is called on a screen: `0–1 d`.
  public var label: String { rawValue }

  /// What it is called in metrics and JSON: `0-1d`.
  public var name: String {
    switch self {
    case .upToOneDay: "0-1d"
    case .upToThreeDays: "1-3d"
    case .upToOneWeek: "3-7d"
    case .upToThirtyDays: "7-30d"
    case .older: "30d+"
    }
  }

  /// The youngest and the oldest age in days; nil where there is no bound.
  public var boundsDays: (from: Int, to: Int?) {
    switch self {
    case .upToOneDay: (0, 1)
    case .upToThreeDays: (1, 3)
    case .upToOneWeek: (3, 7)
    case .upToThirtyDays: (7, 30)
    case .older: (30, nil)
    }
  }
}
