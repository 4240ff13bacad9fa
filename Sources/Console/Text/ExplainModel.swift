public import Formats
public import Mirror
public import Reconciliation

/// Everything known of one key: what `explain` says.
public struct ExplainModel: Sendable {
  /// One managed field.
  public struct Field: Sendable {
    /// Where it goes in metadata, as the mapping spells it.
    public var metadata: String
    /// What both sides last agreed on; nil for never.
    public var base: FieldValue?
    /// What the source says; nil for nothing.
    public var source: FieldValue?
    /// What the remote holds.
    public var remote: FieldValue?
    /// What becomes of it, such as `agree`, `write` or `contested`.
    public var outcome: String

    /// Makes a field.
    public init(
      metadata: String, base: FieldValue?, source: FieldValue?, remote: FieldValue?,
      outcome: String
    ) {
      self.metadata = metadata
      self.base = base
      self.source = source
      self.remote = remote
      self.outcome = outcome
    }
  }

  /// An update that was sent or waits.
  public struct Push: Sendable {
    /// When.
    public var at: Timestamp
    /// The run.
    public var run: String
    /// Its state, such as `pending`, `applied` or `parked`.
    public var state: String
    /// The fields it writes, with their values.
    public var fields: JSONValue
    /// Why it is in that state, if there is something to say.
    public var reason: String?

    /// Makes a push.
    public init(at: Timestamp, run: String, state: String, fields: JSONValue, reason: String?) {
      self.at = at
      self.run = run
      self.state = state
      self.fields = fields
      self.reason = reason
    }
  }

  /// A row of the key that could not be used, or was set aside.
  public struct Rejected: Sendable {
    /// The file.
    public var file: String
    /// The line in it, from 1.
    public var line: Int
    /// The column at fault, where it is one.
    public var column: String?
    /// What was found and what was expected.
    public var reason: String
    /// When the file was read.
    public var at: Timestamp
    /// Whether `where` set the row aside.
    public var isSetAside = false

    /// Makes a rejected row.
    public init(file: String, line: Int, column: String?, reason: String, at: Timestamp) {
      self.file = file
      self.line = line
      self.column = column
      self.reason = reason
      self.at = at
    }
  }

  /// A row of the key that changed nothing, because what stands was changed later.
  public struct Stale: Sendable {
    /// The file.
    public var file: String
    /// The line in it, from 1.
    public var line: Int
    /// When the row says that the record was changed; nil if only its export is older.
    public var changedAt: Timestamp?
    /// When the file was read.
    public var at: Timestamp

    /// Makes a stale row.
    public init(file: String, line: Int, changedAt: Timestamp?, at: Timestamp) {
      self.file = file
      self.line = line
      self.changedAt = changedAt
      self.at = at
    }
  }

  /// The reference of the key.
  public var reference: String?
  /// The origin of the key.
  public var origin: String?
  /// The mapping.
  public var mapping: String?
  /// The situation of the item; nil before the first reconcile.
  public var situation: Situation?
  /// The record; nil if there is none.
  public var record: SourceRecord?
  /// The reset; nil if there is none.
  public var reset: RemoteReset?
  /// The managed fields.
  public var fields: [Field] = []
  /// What was sent for it.
  public var pushes: [Push] = []
  /// Its conflicts, open and closed.
  public var conflicts: [ConflictView] = []
  /// What Commerce Layer says around the reset; nil if it was not asked.
  public var remote: ExplainRemote?
  /// Its rows in the newest exports that could not be used or were set aside.
  public var rejected: [Rejected] = []
  /// Its rows that changed nothing, the newest first.
  public var stale: [Stale] = []
  /// The key that the other side has in another spelling, where it lacks this one.
  public var lookalike: String?
  /// What the journal says of it, oldest first.
  public var history: [JournalLine] = []
  /// Whether e-mail addresses are shown.
  public var masking: Masking

  /// A key of which nothing is known yet.
  public init(reference: String?, origin: String?, mapping: String?, masking: Masking) {
    self.reference = reference
    self.origin = origin
    self.mapping = mapping
    self.masking = masking
  }

  /// The side that has the key where the other lacks it.
  var ownSide: Side { situation == .sourceOnly ? .source : .remote }

  /// The key as JSON: the members of the contract, and the reset whole.
  public var json: JSONValue {
    var object = JSONObject([
      ("reference", ConflictView.text(masking.text(reference))),
      ("reference_origin", ConflictView.text(origin)),
      ("mapping", ConflictView.text(mapping)),
      ("situation", ConflictView.text(situation?.rawValue)),
      ("record", masking.value(record?.json ?? .null)),
      ("reset", masking.value(reset?.json ?? .null)),
      ("fields", .array(fields.map(fieldJSON))), ("pushes", .array(pushes.map(pushJSON))),
      ("conflicts", .array(conflicts.map(\.json))),
      ("rejected", .array(rejected.map(rejectedJSON))),
      ("stale", .array(stale.map(staleJSON))),
      ("lookalike", ConflictView.text(masking.text(lookalike))),
      ("history", .array(history.map { $0.json(masking) })),
    ])
    if let remote { object["remote"] = remote.json(masking) }
    return .object(object)
  }

  private func rejectedJSON(_ row: Rejected) -> JSONValue {
    .object(
      JSONObject([
        ("file", ConflictView.text(masking.text(row.file))), ("line", .int(row.line)),
        ("column", ConflictView.text(row.column)),
        ("reason", ConflictView.text(masking.text(row.reason))),
        ("at", .string(row.at.rfc3339)), ("set_aside", .bool(row.isSetAside)),
      ]))
  }

  private func staleJSON(_ row: Stale) -> JSONValue {
    .object(
      JSONObject([
        ("file", ConflictView.text(masking.text(row.file))), ("line", .int(row.line)),
        ("changed_at", ConflictView.text(row.changedAt?.rfc3339)),
        ("at", .string(row.at.rfc3339)),
      ]))
  }

  private func fieldJSON(_ field: Field) -> JSONValue {
    func side(_ value: FieldValue?) -> JSONValue { masking.value(value?.json ?? .null) }
    return .object(
      JSONObject([
        ("metadata", .string(field.metadata)), ("base", side(field.base)),
        ("source", side(field.source)), ("remote", side(field.remote)),
        ("outcome", .string(field.outcome)),
      ]))
  }

  private func pushJSON(_ push: Push) -> JSONValue {
    .object(
      JSONObject([
        ("at", .string(push.at.rfc3339)), ("run", .string(push.run)),
        ("state", .string(push.state)), ("fields", masking.value(push.fields)),
        ("reason", ConflictView.text(masking.text(push.reason))),
      ]))
  }
}
