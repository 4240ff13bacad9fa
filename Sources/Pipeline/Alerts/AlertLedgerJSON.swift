public import Formats

extension AlertLedger {
  /// The ledger for the store.
  public var json: JSONValue {
    [
      "raised": .array(
        raised.sorted { $0.key < $1.key }.map { _, entry in
          ["told": .bool(entry.isTold), "notice": entry.notice.json]
        }),
      "endings": .array(
        endings.sorted { $0.key < $1.key }.map { key, at in
          [
            "kind": .string(key.kind.rawValue), "subject": .string(key.subject),
            "at": .string(at.rfc3339Microseconds),
          ]
        }),
      "pending": .array(
        pending.map { entry in
          [
            "channel": .string(entry.channel), "attempts": .int(entry.attempts),
            "next_attempt": .string(entry.nextAttempt.rfc3339Microseconds),
            "notice": entry.notice.json,
          ]
        }),
      "dropped": .int(droppedCount),
    ]
  }

  /// Reads what `json` wrote; entries that can't be read are left out, so that a ledger of
  /// another version costs at most a repeated alert.
  public init(_ value: JSONValue) {
    self.init()
    let raised = (value["raised"]?.arrayValue ?? []).compactMap(Raised.init)
    let endings = (value["endings"]?.arrayValue ?? []).compactMap(Self.ending)
    restore(
      raised: Dictionary(raised.map { ($0.condition.key, $0) }) { first, _ in first },
      endings: Dictionary(endings) { first, _ in first },
      pending: (value["pending"]?.arrayValue ?? []).compactMap(Pending.init))
    droppedCount = value["dropped"]?.numberValue?.int ?? 0
  }

  private static func ending(_ value: JSONValue) -> (AlertKey, Timestamp)? {
    guard let kind = value["kind"]?.text.flatMap(AlertKind.init(rawValue:)),
      let subject = value["subject"]?.text,
      let at = value["at"]?.text.flatMap(Timestamp.init(rfc3339:))
    else { return nil }
    return (AlertKey(kind, subject), at)
  }
}

extension AlertLedger.Raised {
  /// A raised condition is stored in the form of its notice.
  var notice: AlertNotice {
    AlertNotice(event: .raised, condition: condition, since: since, at: since)
  }

  init?(_ value: JSONValue) {
    guard let isTold = value["told"]?.boolValue,
      let notice = value["notice"].flatMap(AlertNotice.init)
    else { return nil }
    self.init(condition: notice.condition, since: notice.since, isTold: isTold)
  }
}

extension AlertLedger.Pending {
  init?(_ value: JSONValue) {
    guard let notice = value["notice"].flatMap(AlertNotice.init),
      let channel = value["channel"]?.text, let attempts = value["attempts"]?.numberValue?.int,
      let next = value["next_attempt"]?.text.flatMap(Timestamp.init(rfc3339:))
    else { return nil }
    self.init(notice: notice, channel: channel, attempts: attempts, nextAttempt: next)
  }
}
