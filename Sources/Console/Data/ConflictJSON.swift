public import Formats
internal import Mirror
internal import Reconciliation

extension ConflictView {
  /// The conflict as `conflicts --format json` writes it; an absent value is null.
  ///
  /// `base` is the value last agreed on; after an accepted difference, one member per side.
  public var json: JSONValue {
    .object(JSONObject(members))
  }

  /// The conflict with what the report adds: where the values came from and what can be decided.
  public var reportJSON: JSONValue {
    .object(
      JSONObject(
        members + [
          ("detail", Self.text(detail)), ("source_file", Self.text(file)),
          ("source_line", line.map { .int($0) } ?? .null),
          ("source_changed_at", Self.time(sourceChangedAt)),
          ("remote_changed_at", Self.time(remoteChangedAt)),
          ("rivals", rivals?.json ?? .null), ("lookalike", Self.text(lookalike)),
          ("regressed", .bool(isRegressed)),
          ("snoozed_until", Self.time(snoozedUntil)),
          (
            "choices",
            .array(
              isDecidable
                ? choices.map { choice in
                  .object(
                    JSONObject([
                      ("take", .string(choice.take)), ("result", .string(choice.result.text)),
                      ("command", .string(choice.command(for: label))),
                    ]))
                } : [])
          ),
        ]))
  }

  private var members: [(String, JSONValue)] {
    [
      ("id", .string(id)), ("kind", .string(kind.rawValue)),
      ("severity", .string(severity.rawValue)), ("state", .string(state.rawValue)),
      ("mapping", Self.text(mapping)), ("reference", Self.text(reference)),
      ("reference_origin", Self.text(origin)), ("reset", Self.text(reset)),
      ("field", Self.text(field)), ("base", baseJSON), ("source", source?.json ?? .null),
      ("remote", remote?.json ?? .null), ("remote_changed_by", Self.text(remoteChangedBy)),
      ("first_seen", .string(firstSeen.rfc3339)), ("last_seen", .string(lastSeen.rfc3339)),
      ("occurrences", .int(occurrences)), ("assignee", Self.text(assignee)),
      ("decision", decision?.json ?? .null), ("version", .string(version)),
    ]
  }

  /// What stands behind the `@` of its label.
  private var version: String { String(factsDigest.prefix(Conflict.versionLength)) }

  /// The base as one value.
  var baseJSON: JSONValue {
    if baseSource == baseRemote { return baseSource?.json ?? .null }
    return .object(
      JSONObject([
        ("source", baseSource?.json ?? .null), ("remote", baseRemote?.json ?? .null),
      ]))
  }

  static func text(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }

  static func time(_ time: Timestamp?) -> JSONValue { time.map { .string($0.rfc3339) } ?? .null }
}

extension DecisionView {
  /// The decision as JSON.
  public var json: JSONValue {
    .object(
      JSONObject([
        ("take", .string(take)), ("by", ConflictView.text(by)), ("at", .string(at.rfc3339)),
        ("reason", ConflictView.text(reason)),
      ]))
  }
}

extension Rivals {
  /// One object for each: where it stands, and `differs` with what sets it apart.
  var json: JSONValue {
    .array(
      rows.map { row in
        let members = zip(names, row.members).map { ($0, $1.json) }
        return .object(
          JSONObject([
            ("side", .string(row.side.rawValue)), ("file", ConflictView.text(row.file)),
            ("line", row.line.map { .int($0) } ?? .null), ("reset", ConflictView.text(row.reset)),
            ("differs", .object(JSONObject(members))),
          ]))
      })
  }
}

extension Rivals.Member {
  fileprivate var json: JSONValue {
    switch self {
    case .value(let value): value?.json ?? .null
    case .text(let text): ConflictView.text(text)
    case .time(let time): ConflictView.time(time)
    }
  }
}
