internal import Formats
internal import Reconciliation
internal import SQLite

/// One line of the conflict log, as it is written to the file.
public struct ConflictLogLine: Sendable, Hashable {
  /// Its number; rises from line to line.
  public let number: Int64
  /// One JSON object, without the end of the line.
  public let text: String
}

extension Mirror {
  /// Lines that the file does not have yet, oldest first.
  ///
  /// The store is the truth: after a crash the file is completed from here. Lines hold values of
  /// managed fields, references and ids; never an e-mail of a customer.
  public func conflictLogLines(limit: Int) throws -> [ConflictLogLine] {
    try read {
      let mark = try fact("conflict_log.mark").flatMap { Int64($0) } ?? 0
      return try conflictLogLines(after: mark, limit: limit)
    }
  }

  /// Lines after a number, whatever the file has.
  public func conflictLogLines(after number: Int64, limit: Int) throws -> [ConflictLogLine] {
    try read {
      try database.all(Self.conflictLogQuery, number, limit) { row in
        ConflictLogLine(number: row.int64(0), text: Self.conflictLogText(row))
      }
    }
  }

  /// Notes that the file has all lines up to a number, flushed.
  public func noteConflictLog(upTo number: Int64) throws {
    try write { try setFact("conflict_log.mark", "\(number)") }
  }

  private static let conflictLogQuery = """
    SELECT e.id, e.time, e.run, coalesce(c.id, e.label), coalesce(c.kind, 'conflict'),
      coalesce(c.severity, 0), e.state, e.previous_state, coalesce(c.mapping, e.mapping),
      coalesce(c.reference, e.reference), coalesce(c.reference_origin, e.reference_origin),
      coalesce(c.reset_id, e.reset_id), coalesce(c.field, e.field), e.base, e.source, e.remote,
      e.decision, e.by, e.reason
    FROM conflict_events e LEFT JOIN conflicts c ON c.number = e.conflict
    WHERE e.id > ? ORDER BY e.id LIMIT ?
    """

  private static func conflictLogText(_ row: Statement) -> String {
    func text(_ column: Int) -> JSONValue { row.optionalText(column).map { .string($0) } ?? .null }
    func value(_ column: Int) -> JSONValue {
      ConflictText.value(row.optionalText(column))?.json ?? .null
    }
    let base = ConflictText.base(row.optionalText(13))
    let previous = row.text(7)
    let line: JSONObject = [
      "time": .string(Timestamp(row.int64(1)).rfc3339), "run": text(2), "conflict": text(3),
      "kind": text(4), "severity": .string(Severity(stored: row.int(5)).rawValue),
      "state": text(6), "previous_state": previous.isEmpty ? .null : .string(previous),
      "mapping": text(8), "reference": text(9), "reference_origin": text(10), "reset": text(11),
      "field": text(12), "base": base.remote?.json ?? base.source?.json ?? .null,
      "source": value(14), "remote": value(15), "decision": text(16), "by": text(17),
      "reason": text(18),
    ]
    return line.written()
  }
}
