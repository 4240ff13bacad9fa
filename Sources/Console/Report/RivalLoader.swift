internal import Formats
internal import Mirror
internal import Reconciliation

/// Compares what claims one key, masked.
struct RivalLoader {
  let kind: ConflictKind
  let mapping: Mapping?
  let masking: Masking

  /// What sets the records and resets of these sides apart; nil where that isn't the question.
  func rivals(_ sides: ConflictSides) -> Rivals? {
    switch kind {
    case .sourceDuplicate: Rivals(sides.records.map(record))
    case .remoteDuplicate: Rivals(sides.resets.map(reset))
    case .keyCollision:
      Rivals(sides.records.map(reference) + sides.resets.map(reference))
    default: nil
    }
  }

  /// A record by its managed fields; by its columns where its mapping is gone.
  private func record(_ record: SourceRecord) -> Rivals.Draft {
    let values: JSONObject =
      mapping.map { record.managedValues(by: $0).objectValue ?? [:] } ?? columns(record)
    return Rivals.Draft(
      row: row(record), members: values.members.map { member($0.key.value, $0.value) })
  }

  private func columns(_ record: SourceRecord) -> JSONObject {
    JSONObject(zip(record.columns, record.cells).map { ($0, $1.json) })
  }

  private func row(_ record: SourceRecord) -> Rivals.Row {
    Rivals.Row(
      side: .source, file: masking.text(record.provenance.file), line: record.provenance.line,
      members: [])
  }

  /// A reset by what a person goes by, then by its metadata.
  private func reset(_ reset: RemoteReset) -> Rivals.Draft {
    let texts = [("e-mail", reset.customerEmail), ("reference", reset.reference)]
    let times = [
      ("created", reset.createdAt), ("changed", reset.updatedAt),
      ("password reset", reset.resetPasswordAt),
    ]
    return Rivals.Draft(
      row: row(reset),
      members: texts.map { text($0, $1) } + times.map { time($0, $1) }
        + reset.metadata.members.map { member($0.key.value, $0.value) })
  }

  private func row(_ reset: RemoteReset) -> Rivals.Row {
    Rivals.Row(side: .remote, reset: reset.id, members: [])
  }

  private func reference(_ record: SourceRecord) -> Rivals.Draft {
    Rivals.Draft(row: row(record), members: [text("reference", record.rawReference)])
  }

  private func reference(_ reset: RemoteReset) -> Rivals.Draft {
    Rivals.Draft(
      row: row(reset), members: [text("reference", reset.reference)])
  }

  private func member(_ name: String, _ value: JSONValue?) -> Rivals.Draft.Member {
    let whole: FieldValue = value.map { .present($0) } ?? .absent
    return .init(name: name, shown: .value(masking.value(whole)), whole: .value(whole))
  }

  private func text(_ name: String, _ text: String?) -> Rivals.Draft.Member {
    .init(name: name, shown: .text(masking.text(text)), whole: .text(text))
  }

  private func time(_ name: String, _ text: String?) -> Rivals.Draft.Member {
    let time: Rivals.Member = .time(text.flatMap { Timestamp(rfc3339: $0) })
    return .init(name: name, shown: time, whole: time)
  }
}
