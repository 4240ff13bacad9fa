public import Formats
public import Mirror
public import Reconciliation

/// One conflict as people see it: what each side holds, where it came from, what can be decided.
public struct ConflictView: Sendable {
  /// Its stable identity, such as `c0123456789ab`.
  public var id: String
  /// What kind of problem it is.
  public var kind: ConflictKind
  /// How much it matters.
  public var severity: Severity
  /// Where it is in its life.
  public var state: ConflictState
  /// Whether it came back after it had been closed.
  public var isRegressed = false
  /// The mapping, nil where the origin is unknown.
  public var mapping: String?
  /// The reference of the key.
  public var reference: String?
  /// The origin of the key.
  public var origin: String?
  /// The reset it is about.
  public var reset: String?
  /// The managed field, nil for kinds without one.
  public var field: String?
  /// What the source held when both sides last agreed; nil for never.
  public var baseSource: FieldValue?
  /// What the remote held then; nil for never.
  public var baseRemote: FieldValue?
  /// What the source holds; nil where it says nothing.
  public var source: FieldValue?
  /// What the remote holds; nil where there is nothing to say.
  public var remote: FieldValue?
  /// Whether the sides differ only in what masking hides.
  public var differsInHiddenPart = false
  /// What the problem is, in a sentence, for kinds without a field or where a value can't be used.
  public var detail: String?
  /// The file the source value came from.
  public var file: String?
  /// The line in it, from 1.
  public var line: Int?
  /// The records or resets that claim its key, with what sets them apart; nil for other kinds.
  public var rivals: Rivals?
  /// The key that the other side has in another spelling, where it lacks this one.
  public var lookalike: String?
  /// When the source says its value changed.
  public var sourceChangedAt: Timestamp?
  /// When the remote value changed.
  public var remoteChangedAt: Timestamp?
  /// Who changed the remote value, if the API told.
  public var remoteChangedBy: String?
  /// When the problem was first seen.
  public var firstSeen: Timestamp
  /// When it was last seen.
  public var lastSeen: Timestamp
  /// In how many runs it was seen.
  public var occurrences = 1
  /// Who has taken it.
  public var assignee: String?
  /// Until when it is put off.
  public var snoozedUntil: Timestamp?
  /// The decision that stands, or that lapsed.
  public var decision: DecisionView?
  /// Whether it is shown as it once stood: then nothing can be decided.
  public var isPast = false
  /// Which version of facts and decision this shows: a decision must name the one its author saw.
  public var factsDigest = ""

  /// Makes a view; everything that is not given is empty.
  public init(
    id: String, kind: ConflictKind, severity: Severity, state: ConflictState,
    firstSeen: Timestamp, lastSeen: Timestamp
  ) {
    self.id = id
    self.kind = kind
    self.severity = severity
    self.state = state
    self.firstSeen = firstSeen
    self.lastSeen = lastSeen
  }

  /// The name of the source on a screen.
  public var sourceName: String { SystemNames.source(mapping) }

  /// What it is about, in one piece: the reference, else the reset, else the origin.
  public var subject: String {
    if let reference, !reference.isEmpty { return reference }
    if let reset { return reset }
    if kind == .unknownOrigin { return origin ?? "no origin" }
    return origin ?? id
  }

  /// What to type for it: `ID@VERSION`, so that a decision applies to what is shown here.
  public var label: String { Self.label(id, factsDigest) }

  /// The id with the version that was shown, if one was.
  public static func label(_ id: String, _ version: String) -> String {
    version.isEmpty ? id : "\(id)@\(version.prefix(Conflict.versionLength))"
  }

  /// Both sides in a line.
  public var valueWords: String {
    "\(sourceName) \(ShownValue(source).inLine), \(SystemNames.remote) "
      + ShownValue(remote).inLine
  }

  /// What a decision wrote, and what to type to write back what was there before.
  public func words(of written: DecisionWrite, masking: Masking) -> String {
    let (before, after) = (masking.value(written.before), masking.value(written.after))
    let done =
      "run \(written.run) wrote \(ShownValue(after).inLine) over \(ShownValue(before).inLine)"
    guard written.field != nil, let json = written.before.json, before == written.before else {
      let part =
        written.field == nil ? reset.map { ", `resetsync unlink \($0)` parts the pair" } : nil
      return "\(done); `resetsync undo \(written.run)` takes back what that run wrote"
        + (part ?? "")
    }
    let take = ShellWord.of("value=\(json.written())")
    return "\(done); `resetsync conflicts resolve \(label) --take \(take)` writes that back"
  }

  /// The subject with the field, where there is one.
  var subjectWithField: String { field.map { "\(subject) \($0)" } ?? subject }

  /// Whether its values say something beside its detail: contested ones, and what both sides claim.
  public var showsValues: Bool {
    switch kind {
    case .conflict, .invalid, .writeFight, .identityMismatch, .rekeyed, .sourceDuplicate,
      .remoteDuplicate, .keyCollision, .pushFailed:
      true
    case .unknownOrigin, .unreferenced, .remoteDeleted, .sourceDeleted, .remoteOnly, .sourceOnly:
      false
    }
  }

  /// How long it has been open, in seconds.
  public func ageSeconds(at now: Timestamp) -> Double { max(0, now.seconds(since: firstSeen)) }
}

/// A decision as people see it.
public struct DecisionView: Sendable, Equatable {
  /// What was decided, as typed after `--take`.
  public var take: String
  /// Who decided.
  public var by: String?
  /// When.
  public var at: Timestamp
  /// The reason given.
  public var reason: String?

  /// Makes a decision.
  public init(take: String, by: String?, at: Timestamp, reason: String?) {
    self.take = take
    self.by = by
    self.at = at
    self.reason = reason
  }
}
