public import Formats
internal import Reconciliation
internal import SQLite

/// One line of the conflict log, as it is written to the file.
public struct ConflictLogLine: Sendable, Hashable {
  /// Its number; rises from line to line.
  public let number: Int64
  /// One JSON object, without the end of the line.
  public let text: String
  /// The digest of the line as it was written to the file; nil if it was not written so far.
  public let digest: [UInt8]?
}

/// A line that stands in the file, told to the mirror.
public struct ConflictLogNote: Sendable, Hashable {
  /// The number of the line.
  public let number: Int64
  /// The digest of its text.
  public let digest: [UInt8]

  /// A note of a line with this text.
  public init(number: Int64, text: String) {
    self.number = number
    digest = Self.digest(of: text)
  }

  /// The digest of a line: the first 16 bytes of its SHA-256.
  public static func digest(of text: String) -> [UInt8] {
    var digest = SHA256()
    digest.update(Array(text.utf8))
    return Array(digest.finish().prefix(16))
  }
}

/// One file of the conflict log as it was when it was written last.
public struct ConflictLogPart: Sendable, Hashable {
  /// The number of its first line.
  public var first: Int64
  /// The number of its last line.
  public var last: Int64
  /// What the file system said of it: size, time of the last change, device and number.
  public var stamp: [String]

  /// Takes all parts as they are.
  public init(first: Int64, last: Int64, stamp: [String]) {
    self.first = first
    self.last = last
    self.stamp = stamp
  }

  var json: JSONValue {
    [
      "first": .int(Int(first)), "last": .int(Int(last)),
      "stamp": .array(stamp.map { .string($0) }),
    ]
  }

  init?(_ json: JSONValue) {
    guard let first = json["first"]?.numberValue?.int, let last = json["last"]?.numberValue?.int,
      let stamp = json["stamp"]?.arrayValue?.compactMap(\.text)
    else { return nil }
    self.init(first: Int64(first), last: Int64(last), stamp: stamp)
  }
}

/// How far the conflict log is, and what its files were like then.
public struct ConflictLogState: Sendable, Hashable {
  /// The number of the last line that was written; 0 for none.
  public var last: Int64
  /// The files, the current one first; empty if nothing is known of them.
  public var parts: [ConflictLogPart]

  /// Takes both as they are.
  public init(last: Int64, parts: [ConflictLogPart]) {
    self.last = last
    self.parts = parts
  }
}

/// What was mended in the conflict log.
public struct ConflictLogRepair: Sendable, Hashable {
  /// Lines that were missing and were written from the store.
  public var restored = 0
  /// Lines that were changed and were written anew.
  public var changed = 0
  /// Pieces that are no line of this log, and lines that stood twice.
  public var dropped = 0

  /// A log in which nothing had to be mended.
  public init() {}

  /// Whether nothing had to be mended.
  public var isEmpty: Bool { self == ConflictLogRepair() }
}

extension Mirror {
  static let conflictLogMark = "conflict_log.mark"
  static let conflictLogParts = "conflict_log.parts"

  /// How far the log was when it was written last.
  public func conflictLogState() throws -> ConflictLogState {
    try read {
      let parts = try fact(Self.conflictLogParts).flatMap { try? JSONValue(parsing: $0) }
      return ConflictLogState(
        last: try fact(Self.conflictLogMark).flatMap { Int64($0) } ?? 0,
        parts: parts?.arrayValue?.compactMap { ConflictLogPart($0) } ?? [])
    }
  }

  /// Lines after a number, up to `through`, oldest first.
  ///
  /// The store is the truth: after a crash or a loss the file is completed from here. Addresses in
  /// values, references, names and reasons are masked as `masking` says.
  public func conflictLogLines(
    after number: Int64, through: Int64 = .max, limit: Int, masking: Masking
  ) throws -> [ConflictLogLine] {
    try read {
      try database.all(
        "\(Self.conflictLogQuery) WHERE e.id > ? AND e.id <= ? ORDER BY e.id LIMIT ?", number,
        through, limit
      ) { row in
        ConflictLogLine(
          number: row.int64(0), text: try Self.conflictLogText(row, masking),
          digest: row.isNull(19) ? nil : row.blob(19))
      }
    }
  }

  /// The first number after `after` and up to `through` whose line says this; nil if none does.
  ///
  /// Looked for by time, run, conflict and states: what else a line says may be written differently
  /// by now, such as a severity or a masked address.
  public func conflictLogNumber(
    of line: JSONValue, after: Int64 = 0, through: Int64 = .max
  ) throws -> Int64? {
    guard let text = line["time"]?.text, let time = Timestamp(rfc3339: text) else { return nil }
    return try read {
      try database.first(
        """
        SELECT e.id FROM conflict_events e LEFT JOIN conflicts c ON c.number = e.conflict
        WHERE e.time >= ? AND e.time < ? AND +e.id > ? AND +e.id <= ? AND e.run IS ?
          AND coalesce(c.id, e.label) IS ? AND e.state IS ? AND e.previous_state IS ?
        ORDER BY +e.id LIMIT 1
        """, time.microseconds, time.microseconds + 1_000, after, through, line["run"]?.text,
        line["conflict"]?.text, line["state"]?.text, line["previous_state"]?.text ?? ""
      ) { $0.int64(0) }
    }
  }

  /// Notes what the files have by now, flushed; and in the journal, what had to be mended.
  public func noteConflictLog(
    _ state: ConflictLogState, lines: [ConflictLogNote], repair: ConflictLogRepair? = nil,
    at now: Timestamp
  ) throws {
    try write {
      try setFact(Self.conflictLogMark, "\(state.last)")
      try setFact(
        Self.conflictLogParts, JSONValue.array(state.parts.map(\.json)).written())
      for line in lines {
        try database.run(
          "UPDATE conflict_events SET line_digest = ? WHERE id = ?", line.digest, line.number)
      }
      guard let repair, !repair.isEmpty else { return }
      try append(
        JournalEntry(
          kind: "conflict_log.repaired",
          payload: [
            "restored": .int(repair.restored), "changed": .int(repair.changed),
            "dropped": .int(repair.dropped),
          ]), run: "", at: now)
    }
  }

  private static let conflictLogQuery = """
    SELECT e.id, e.time, e.run, coalesce(c.id, e.label), coalesce(c.kind, 'conflict'),
      coalesce(c.severity, 0), e.state, e.previous_state, coalesce(c.mapping, e.mapping),
      coalesce(c.reference, e.reference), coalesce(c.reference_origin, e.reference_origin),
      coalesce(c.reset_id, e.reset_id), coalesce(c.field, e.field), e.base, e.source, e.remote,
      e.decision, e.by, e.reason, e.line_digest
    FROM conflict_events e LEFT JOIN conflicts c ON c.number = e.conflict
    """

  private static func conflictLogText(_ row: Statement, _ masking: Masking) throws -> String {
    let label = row.optionalText(3) ?? ""
    func text(_ column: Int) -> JSONValue {
      masking.text(row.optionalText(column)).map { .string($0) } ?? .null
    }
    func value(_ value: FieldValue?) -> JSONValue { masking.value(value?.json ?? .null) }
    let base = try ConflictText.base(row.optionalText(13), of: label)
    let previous = row.text(7)
    let line: JSONObject = [
      "time": .string(Timestamp(row.int64(1)).rfc3339), "run": text(2), "conflict": text(3),
      "kind": text(4),
      "severity": .string(try Severity(stored: row.int(5), in: "conflicts", label).rawValue),
      "state": text(6), "previous_state": previous.isEmpty ? .null : .string(previous),
      "mapping": text(8), "reference": text(9), "reference_origin": text(10), "reset": text(11),
      "field": text(12), "base": value(base.remote ?? base.source),
      "source": value(try ConflictText.value(row.optionalText(14), of: label)),
      "remote": value(try ConflictText.value(row.optionalText(15), of: label)),
      "decision": text(16),
      "by": text(17),
      "reason": text(18),
    ]
    return line.written()
  }
}
