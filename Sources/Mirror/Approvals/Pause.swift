public import Formats
internal import SQLite

/// The kill switch: nothing is written to the remote while it is set.
public struct PauseNote: Sendable, Hashable {
  /// When it began, by the clock of whoever paused.
  public let since: Timestamp
  /// By whom.
  public let by: String
  /// Why.
  public let reason: String?

  /// Who paused, and why.
  public var words: String { "\(by) paused all writing" + (reason.map { ": \($0)" } ?? "") }
}

extension Mirror {
  /// The kill switch of this mirror.
  public nonisolated var pauseMark: PauseMark { PauseMark(mirror: path) }

  /// Whether writing is paused; asks nothing of the database.
  public nonisolated func pause() -> PauseNote? { pauseMark.current() }

  /// The line of the mark that the journal has taken last, as a digest.
  private static let takenFact = "pause.taken"

  /// Takes what people did at the kill switch into the journal; returns what `forgetPauses` wants.
  func takePauses(at now: Timestamp) throws -> String? {
    let taken = try fact(Self.takenFact)
    let acts = pauseMark.acts(after: taken)
    for (act, _) in acts {
      try append(
        JournalEntry(kind: act.kind, payload: act.act.payload(at: act.act.at)), run: "", at: now)
    }
    guard let last = acts.last?.digest else { return taken }
    try setFact(Self.takenFact, last)
    return last
  }
}

extension Act {
  /// For the journal, with the time where the entry is of a later one.
  func payload(at time: Timestamp) -> JSONValue {
    var object: JSONObject = ["by": .string(by), "at": .string(time.rfc3339)]
    object["reason"] = reason.map { .string($0) }
    return .object(object)
  }
}
