public import Formats
internal import SQLite

/// The kill switch: nothing is written to the remote while it is set.
public struct PauseNote: Sendable, Hashable {
  /// Since when.
  public let since: Timestamp
  /// By whom.
  public let by: String
  /// Why.
  public let reason: String?
}

extension Mirror {
  /// Whether writing is paused.
  public func pause() throws -> PauseNote? {
    try read {
      guard let since = try factTime("pause.since") else { return nil }
      return PauseNote(
        since: since, by: try fact("pause.by") ?? "", reason: try fact("pause.reason"))
    }
  }

  /// Pauses all writing to the remote.
  public func setPause(_ act: Act) throws {
    try write {
      try setFact("pause.since", "\(act.at.microseconds)")
      try setFact("pause.by", act.by)
      try setFact("pause.reason", act.reason)
      try append(JournalEntry(kind: "pause", payload: act.payload), run: "", at: act.at)
    }
  }

  /// Ends the pause.
  public func endPause(_ act: Act) throws {
    try write {
      for name in ["pause.since", "pause.by", "pause.reason"] { try setFact(name, nil) }
      try append(JournalEntry(kind: "resume", payload: act.payload), run: "", at: act.at)
    }
  }
}

extension Act {
  /// For the journal.
  var payload: JSONValue {
    var object: JSONObject = ["by": .string(by)]
    object["reason"] = reason.map { .string($0) }
    return .object(object)
  }
}
