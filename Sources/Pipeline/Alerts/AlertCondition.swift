public import Formats

/// What can be wrong for long enough to tell somebody.
public enum AlertKind: String, Sendable, Hashable, CaseIterable, Comparable {
  /// A source has not delivered for longer than its mapping allows.
  case staleSource = "stale_source"
  /// The folders of a source can't be looked into.
  case unreachableSource = "unreachable_source"
  /// The last export of a source was refused.
  case refusedExport = "refused_export"
  /// A rail keeps a plan from being pushed.
  case trippedRail = "tripped_rail"
  /// Conflicts of the highest severity are open.
  case criticalConflict = "critical_conflict"
  /// Conflicts are open for longer than their target.
  case overdueConflict = "overdue_conflict"
  /// Runs fail at the API, one after the other.
  case apiFailure = "api_failure"
  /// Pushing is paused, by the breaker or by a person.
  case pausedPush = "paused_push"

  /// Orders by name.
  public static func < (left: AlertKind, right: AlertKind) -> Bool {
    left.rawValue < right.rawValue
  }
}

/// Names one condition: a kind and what it is about, such as a mapping.
public struct AlertKey: Sendable, Hashable, Comparable, CustomStringConvertible {
  /// The kind.
  public let kind: AlertKind
  /// What it is about; empty where there is only one.
  public let subject: String

  /// Names a condition.
  public init(_ kind: AlertKind, _ subject: String = "") {
    self.kind = kind
    self.subject = subject
  }

  /// Kind and subject, such as `stale_source:sap`.
  public var description: String { subject.isEmpty ? kind.rawValue : "\(kind.rawValue):\(subject)" }

  /// Orders by kind, then subject.
  public static func < (left: AlertKey, right: AlertKey) -> Bool {
    (left.kind, left.subject) < (right.kind, right.subject)
  }
}

/// A condition that holds now.
public struct AlertCondition: Sendable, Hashable {
  /// Its name; two conditions with the same name are the same one.
  public let key: AlertKey
  /// One sentence for people: what, and what to do; no secrets, no e-mail.
  public let summary: String
  /// The figures behind it, for machines.
  public let facts: JSONObject

  /// Describes a condition.
  public init(_ key: AlertKey, summary: String, facts: JSONObject = JSONObject()) {
    self.key = key
    self.summary = summary
    self.facts = facts
  }
}

/// One message: a condition began or ended.
public struct AlertNotice: Sendable, Hashable {
  /// What happened to the condition.
  public enum Event: String, Sendable, Hashable {
    /// It began to hold.
    case raised
    /// It holds no more.
    case cleared
  }

  /// What happened.
  public let event: Event
  /// The condition, as it was when it was raised.
  public let condition: AlertCondition
  /// Since when the condition holds or held.
  public let since: Timestamp
  /// When this was noticed.
  public let at: Timestamp

  /// The same for each attempt to deliver this notice, so that a receiver can drop repeats.
  public var id: String { "\(condition.key)/\(since.rfc3339Microseconds)/\(event.rawValue)" }

  /// The message as it is sent.
  public var json: JSONValue {
    [
      "id": .string(id), "event": .string(event.rawValue),
      "kind": .string(condition.key.kind.rawValue), "subject": .string(condition.key.subject),
      "summary": .string(condition.summary), "since": .string(since.rfc3339Microseconds),
      "at": .string(at.rfc3339Microseconds), "facts": .object(condition.facts),
    ]
  }

  init(event: Event, condition: AlertCondition, since: Timestamp, at: Timestamp) {
    self.event = event
    self.condition = condition
    self.since = since
    self.at = at
  }

  /// Reads what `json` wrote.
  init?(_ value: JSONValue) {
    guard let event = value["event"]?.text.flatMap(Event.init(rawValue:)),
      let kind = value["kind"]?.text.flatMap(AlertKind.init(rawValue:)),
      let subject = value["subject"]?.text, let summary = value["summary"]?.text,
      let since = value["since"]?.text.flatMap(Timestamp.init(rfc3339:)),
      let at = value["at"]?.text.flatMap(Timestamp.init(rfc3339:))
    else { return nil }
    let facts = value["facts"]?.objectValue ?? JSONObject()
    self.init(
      event: event,
      condition: AlertCondition(AlertKey(kind, subject), summary: summary, facts: facts),
      since: since, at: at)
  }
}
