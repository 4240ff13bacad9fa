public import Formats
internal import SQLite

/// One entry of the journal.
public struct JournalEntry: Sendable, Hashable {
  /// What happened, such as `push.applied`, `conflict.decided`, `situation`.
  public var kind: String
  /// The mapping it concerns, or "".
  public var mapping: String
  /// The reset's id, or `origin/reference` of a key, or a conflict's id, or "".
  public var subject: String
  /// The facts of the entry, an object; no secrets.
  public var payload: JSONValue

  /// Makes an entry.
  public init(
    kind: String, mapping: String = "", subject: String = "", payload: JSONValue = .object([:])
  ) {
    self.kind = kind
    self.mapping = mapping
    self.subject = subject
    self.payload = payload
  }
}

/// An entry as it stands in the journal.
public struct JournalLine: Sendable, Hashable {
  /// Its place, from 1 without gaps.
  public let sequence: Int64
  /// When it was written.
  public let time: Timestamp
  /// The run that wrote it, or "" for a person's act outside of a run.
  public let run: String
  /// What was noted, as it was given.
  public let entry: JournalEntry
}

struct JournalEnd {
  var sequence: Int64
  var seal: [UInt8]
}

extension Mirror {
  /// Adds entries to the journal in a transaction of their own.
  func journal(_ entries: [JournalEntry], run: String, at now: Timestamp) throws {
    try write { for entry in entries { try append(entry, run: run, at: now) } }
  }

  /// The seal of an entry: SHA-256 over the seal before it and its members, each with its length.
  static func seal(
    after previous: [UInt8], _ sequence: Int64, _ time: Int64, _ run: String, _ kind: String,
    _ mapping: String, _ subject: String, _ payload: String
  ) -> [UInt8] {
    var bytes = previous
    for member in ["\(sequence)", "\(time)", run, kind, mapping, subject, payload] {
      // Lengths keep apart what would run together: ("ab", "c") and ("a", "bc").
      bytes += Array("\(member.utf8.count):".utf8)
      bytes += Array(member.utf8)
    }
    var digest = SHA256()
    digest.update(bytes)
    return digest.finish()
  }

  /// Entries in order, newest last; filtered by subject or run; at most `limit`, the newest ones.
  public func journalLines(
    subject: String? = nil, run: String? = nil, kind: String? = nil, limit: Int = 1_000
  ) throws -> [JournalLine] {
    var clauses = ["1"]
    var values: [any Bindable] = []
    for (column, value) in [("subject", subject), ("run", run), ("kind", kind)] {
      guard let value else { continue }
      clauses.append("\(column) = ?")
      values.append(value)
    }
    values.append(limit)
    return try read {
      try database.with(
        """
        SELECT seq, time, run, kind, mapping, subject, payload FROM journal
        WHERE \(clauses.joined(separator: " AND ")) ORDER BY seq DESC LIMIT ?
        """, values
      ) { row in
        var lines: [JournalLine] = []
        while try row.step() { lines.append(try Self.journalLine(row)) }
        return lines.reversed()
      }
    }
  }

  static func journalLine(_ row: Statement) throws -> JournalLine {
    JournalLine(
      sequence: row.int64(0), time: Timestamp(row.int64(1)), run: row.text(2),
      entry: JournalEntry(
        kind: row.text(3), mapping: row.text(4), subject: row.text(5),
        payload: try JSONValue(parsing: row.text(6))))
  }

  /// Walks the chain; returns the first sequence number whose seal is wrong or missing, with words.
  func journalProblem() throws -> String? {
    var end = try journalAnchor()
    var problem: String?
    try database.each(
      "SELECT seq, time, run, kind, mapping, subject, payload, seal FROM journal ORDER BY seq"
    ) { row in
      guard problem == nil else { return }
      let sequence = row.int64(0)
      guard sequence == end.sequence + 1 else {
        problem = "journal entry \(end.sequence + 1) is missing"
        return
      }
      let seal = Self.seal(
        after: end.seal, sequence, row.int64(1), row.text(2), row.text(3), row.text(4),
        row.text(5), row.text(6))
      if seal != row.blob(7) { problem = "journal entry \(sequence) was changed" }
      end = JournalEnd(sequence: sequence, seal: seal)
    }
    let noted = try fact("journal.end").flatMap { Int64($0) } ?? 0
    if problem == nil, end.sequence < noted {
      problem = "journal entries \(end.sequence + 1) to \(noted) are missing at its end"
    }
    return problem
  }
}

extension MirrorDatabase {
  /// Adds one entry inside the open transaction.
  func append(_ entry: JournalEntry, run: String, at now: Timestamp) throws {
    var end = try journalEnd ?? currentJournalEnd()
    let payload = entry.payload.written()
    end.sequence += 1
    end.seal = Mirror.seal(
      after: end.seal, end.sequence, now.microseconds, run, entry.kind, entry.mapping,
      entry.subject, payload)
    try database.run(
      """
      INSERT INTO journal(seq, time, run, kind, mapping, subject, payload, seal)
      VALUES(?, ?, ?, ?, ?, ?, ?, ?)
      """,
      end.sequence, now.microseconds, run, entry.kind, entry.mapping, entry.subject, payload,
      end.seal)
    journalEnd = end
  }

  /// Notes where the journal ends, so that entries cut off at its end are missed too.
  func noteJournalEnd() throws {
    guard let end = journalEnd else { return }
    try setFact("journal.end", "\(end.sequence)")
  }

  private func currentJournalEnd() throws -> JournalEnd {
    let last = try database.first("SELECT seq, seal FROM journal ORDER BY seq DESC LIMIT 1") {
      JournalEnd(sequence: $0.int64(0), seal: $0.blob(1))
    }
    return try last ?? journalAnchor()
  }

  func journalAnchor() throws -> JournalEnd {
    let anchor = try database.first("SELECT seq, seal FROM journal_anchor") {
      JournalEnd(sequence: $0.int64(0), seal: $0.blob(1))
    }
    guard let anchor else { throw MirrorError(.corrupt, "the journal of \(path) has no anchor") }
    return anchor
  }
}
