public import Formats
internal import Reconciliation
internal import SQLite

/// One line of the conflict log, as it is written to the file.
public struct ConflictLogLine: Sendable, Hashable {
  /// Its number; rises from line to line.
  public let number: Int64
  /// One JSON object, without the end of the line.
  public let text: String
}

/// How far the file of the conflict log is.
public struct ConflictLogMark: Sendable, Hashable {
  /// The number of the last line that the file has; 0 for none.
  public var number: Int64
  /// The SHA-256 of that line's text as it was written, in hex; nil before the first line.
  public var digest: String?

  /// Takes both as they are.
  public init(number: Int64, digest: String?) {
    self.number = number
    self.digest = digest
  }
}

extension Mirror {
  /// How far the file was when it was written last.
  public func conflictLogMark() throws -> ConflictLogMark {
    try read {
      ConflictLogMark(
        number: try fact("conflict_log.mark").flatMap { Int64($0) } ?? 0,
        digest: try fact("conflict_log.digest"))
    }
  }

  /// Lines after a number, oldest first.
  ///
  /// The store is the truth: after a crash or a loss the file is completed from here. Addresses in
  /// values, references, names and reasons are masked as `masking` says.
  public func conflictLogLines(
    after number: Int64, limit: Int, masking: Masking
  ) throws -> [ConflictLogLine] {
    try read {
      try database.all(
        "\(Self.conflictLogQuery) WHERE e.id > ? ORDER BY e.id LIMIT ?", number, limit
      ) { row in
        ConflictLogLine(number: row.int64(0), text: Self.conflictLogText(row, masking))
      }
    }
  }

  /// The number of the line that stands in the log as this JSON; nil if the store has none like it.
  ///
  /// Looked for by time, run, conflict and states: what else a line says may be written differently
  /// by now, such as a severity or a masked address.
  public func conflictLogNumber(of line: JSONValue) throws -> Int64? {
    guard let text = line["time"]?.text, let time = Timestamp(rfc3339: text) else { return nil }
    return try read {
      try database.first(
        """
        SELECT e.id FROM conflict_events e LEFT JOIN conflicts c ON c.number = e.conflict
        WHERE e.time >= ? AND e.time < ? AND e.run IS ? AND coalesce(c.id, e.label) IS ?
          AND e.state IS ? AND e.previous_state IS ?
        ORDER BY e.id DESC LIMIT 1
        """, time.microseconds, time.microseconds + 1_000, line["run"]?.text,
        line["conflict"]?.text, line["state"]?.text, line["previous_state"]?.text ?? ""
      ) { $0.int64(0) }
    }
  }

  /// Notes that the file has all lines up to a number, flushed.
  public func noteConflictLog(_ mark: ConflictLogMark) throws {
    try write {
      try setFact("conflict_log.mark", "\(mark.number)")
      try setFact("conflict_log.digest", mark.digest)
    }
  }

  private static let conflictLogQuery = """
    SELECT e.id, e.time, e.run, coalesce(c.id, e.label), coalesce(c.kind, 'conflict'),
      coalesce(c.severity, 0), e.state, e.previous_state, coalesce(c.mapping, e.mapping),
      coalesce(c.reference, e.reference), coalesce(c.reference_origin, e.reference_origin),
      coalesce(c.reset_id, e.reset_id), coalesce(c.field, e.field), e.base, e.source, e.remote,
      e.decision, e.by, e.reason
    FROM conflict_events e LEFT JOIN conflicts c ON c.number = e.conflict
    """

  private static func conflictLogText(_ row: Statement, _ masking: Masking) -> String {
    func text(_ column: Int) -> JSONValue {
      masking.text(row.optionalText(column)).map { .string($0) } ?? .null
    }
    func value(_ value: FieldValue?) -> JSONValue { masking.value(value?.json ?? .null) }
    let base = ConflictText.base(row.optionalText(13))
    let previous = row.text(7)
    let line: JSONObject = [
      "time": .string(Timestamp(row.int64(1)).rfc3339), "run": text(2), "conflict": text(3),
      "kind": text(4), "severity": .string(Severity(stored: row.int(5)).rawValue),
      "state": text(6), "previous_state": previous.isEmpty ? .null : .string(previous),
      "mapping": text(8), "reference": text(9), "reference_origin": text(10), "reset": text(11),
      "field": text(12), "base": value(base.remote ?? base.source),
      "source": value(ConflictText.value(row.optionalText(14))),
      "remote": value(ConflictText.value(row.optionalText(15))), "decision": text(16),
      "by": text(17),
      "reason": text(18),
    ]
    return line.written()
  }
}
