public import Formats

/// What Commerce Layer says around a reset when it is asked: where its relationships lead.
public struct ExplainRemote: Sendable {
  /// What one relationship leads to, or why it can't be told.
  public enum Answer<Value: Sendable>: Sendable {
    /// What came.
    case known(Value)
    /// Why nothing came, in words.
    case unavailable(String)
  }

  /// Something that happened to the reset.
  public struct Event: Sendable {
    /// The id of the event.
    public var id: String
    /// Resource type and event.
    public var name: String
    /// When; nil where the answer does not say.
    public var at: Timestamp?

    /// Takes all parts as they are.
    public init(id: String, name: String, at: Timestamp?) {
      self.id = id
      self.name = name
      self.at = at
    }
  }

  /// One attribute of the reset that somebody changed.
  public struct Change: Sendable {
    /// The id of the entry of the event store.
    public var id: String
    /// `create` or `update`.
    public var event: String
    /// The attribute.
    public var field: String
    /// The value before.
    public var from: JSONValue
    /// The value after.
    public var to: JSONValue
    /// Who did it.
    public var who: String
    /// When; nil where the answer does not say.
    public var at: Timestamp?

    /// Takes all parts as they are.
    public init(
      id: String, event: String, field: String, from: JSONValue, to: JSONValue, who: String,
      at: Timestamp?
    ) {
      self.id = id
      self.event = event
      self.field = field
      self.from = from
      self.to = to
      self.who = who
      self.at = at
    }
  }

  /// The attributes of the customer with its `id`; `.known(nil)` for none.
  public var customer: Answer<JSONObject?>
  /// The events, as the API orders them.
  public var events: Answer<[Event]>
  /// The changes, oldest first.
  public var changes: Answer<[Change]>

  /// Takes all parts as they are.
  public init(
    customer: Answer<JSONObject?>, events: Answer<[Event]>, changes: Answer<[Change]>
  ) {
    self.customer = customer
    self.events = events
    self.changes = changes
  }

  /// The answers as JSON, e-mail addresses masked.
  func json(_ masking: Masking) -> JSONValue {
    let json: JSONObject = [
      "customer": Self.json(customer) { $0.map { JSONValue.object($0) } ?? .null },
      "events": Self.json(events) { .array($0.map(\.json)) },
      "event_stores": Self.json(changes) { .array($0.map(\.json)) },
    ]
    return masking.value(.object(json))
  }

  private static func json<Value>(
    _ answer: Answer<Value>, _ known: (Value) -> JSONValue
  ) -> JSONValue {
    switch answer {
    case .known(let value): known(value)
    case .unavailable(let reason): ["unavailable": .string(reason)]
    }
  }
}

extension ExplainRemote.Event {
  fileprivate var json: JSONValue {
    ["id": .string(id), "name": .string(name), "created_at": ConflictView.text(at?.rfc3339)]
  }
}

extension ExplainRemote.Change {
  fileprivate var json: JSONValue {
    [
      "id": .string(id), "event": .string(event), "field": .string(field), "from": from,
      "to": to, "who": .string(who), "created_at": ConflictView.text(at?.rfc3339),
    ]
  }
}
