public import Formats
public import Reconciliation
internal import SQLite

/// One run as the history shows it.
public struct RunRecord: Sendable, Hashable {
  /// Its id: `r` and a number that rises.
  public let id: String
  /// The command, such as `reconcile`.
  public let command: String
  /// When it began, by the clock of the program.
  public let startedAt: Timestamp
  /// When it ended; nil while it runs, or if it was killed.
  public let endedAt: Timestamp?
  /// In a word, such as `ok`.
  public let result: String?
  /// The exit code.
  public let exit: Int?
  /// Whether it was a dry run.
  public let isDryRun: Bool
  /// Requests made.
  public let requests: Int
  /// Conflicts that were open at its end.
  public let openConflicts: Int?
  /// Updates applied.
  public let applied: Int?
  /// Updates that failed.
  public let failed: Int?
  /// Items by situation at its end.
  public let situations: [Situation: Int]
  /// The whole summary (Contract#JSON).
  public let summary: JSONValue?
}

/// How a run ended.
public struct RunEnd: Sendable {
  /// In a word.
  public var result: String
  /// The exit code.
  public var exit: Int
  /// Requests made.
  public var requests: Int
  /// Updates applied.
  public var applied: Int
  /// Updates that failed.
  public var failed: Int
  /// The whole summary (Contract#JSON).
  public var summary: JSONValue

  /// Takes all parts as they are.
  public init(
    result: String, exit: Int, requests: Int = 0, applied: Int = 0, failed: Int = 0,
    summary: JSONValue
  ) {
    self.result = result
    self.exit = exit
    self.requests = requests
    self.applied = applied
    self.failed = failed
    self.summary = summary
  }
}

extension Mirror {
  /// Notes that a run begins; gives its id, which is `r` and its number unless one is given.
  @discardableResult
  public func beginRun(
    id: String? = nil, command: String, isDryRun: Bool = false, at now: Timestamp
  ) throws -> String {
    let (id, taken) = try write {
      let taken = try takePauses(at: now)
      let id = try id ?? "r\((database.integer("SELECT max(number) FROM runs") ?? 0) + 1)"
      try database.run(
        "INSERT INTO runs(id, command, started_at, dry_run) VALUES(?, ?, ?, ?)",
        id, command, now.microseconds, isDryRun)
      try append(
        JournalEntry(kind: "run.started", payload: ["command": .string(command)]), run: id, at: now)
      return (id, taken)
    }
    if let taken { pauseMark.removeIfOver(after: taken) }
    return id
  }

  /// Notes how a run ended; situations and open conflicts are taken from what stands.
  public func endRun(id: String, _ end: RunEnd, at now: Timestamp) throws {
    try write {
      let situations = Situation.totals(of: try file.situationsByMapping())
      let items = JSONObject(
        Situation.allCases.map { ($0.rawValue, JSONValue.int(situations[$0] ?? 0)) })
      try database.run(
        """
        UPDATE runs SET ended_at = ?, result = ?, exit = ?, requests = ?, applied = ?, failed = ?,
          summary = ?, situations = ?, open_conflicts = ?, in_sync = ?, items = ? WHERE id = ?
        """, now.microseconds, end.result, end.exit, end.requests, end.applied, end.failed,
        end.summary.written(), items.written(), try openConflicts().reduce(0) { $0 + $1.count },
        situations[.inSync] ?? 0, situations.values.reduce(0, +), id)
      try append(
        JournalEntry(
          kind: "run.ended",
          payload: ["result": .string(end.result), "exit": .int(end.exit)]), run: id, at: now)
    }
  }

  /// Runs, newest first: those before one of them, those of one command.
  public func runs(
    before run: String? = nil, command: String? = nil, limit: Int
  ) throws -> [RunRecord] {
    try read {
      try database.all(
        """
        \(Self.runColumns)
        WHERE (?1 IS NULL OR number < (SELECT number FROM runs WHERE id = ?1))
          AND (?2 IS NULL OR command = ?2)
        ORDER BY number DESC LIMIT ?3
        """, run, command, limit, row: Self.run)
    }
  }

  /// One run, by its id or the start of it; throws `MirrorError.notFound`.
  public func run(_ id: String) throws -> RunRecord {
    try read {
      let found = try database.all(
        "\(Self.runColumns) WHERE id = ?1 OR substr(id, 1, length(?1)) = ?1 "
          + "ORDER BY id = ?1 DESC, number DESC LIMIT 2", id, row: Self.run)
      guard let first = found.first else {
        let last = try database.all(
          "SELECT id FROM runs ORDER BY number DESC LIMIT ?", Self.runsNamedMax
        ) { $0.text(0) }
        throw MirrorError(
          .notFound, "there is no run “\(id)”",
          hint: last.isEmpty
            ? "there has been none yet"
            : "the last ones are \(last.joined(separator: ", ")); `resetsync runs` lists more")
      }
      guard found.count == 1 || first.id == id else {
        throw MirrorError(.refused, "several runs begin with \(id)", hint: "type more of it")
      }
      return first
    }
  }

  /// How many runs are named to somebody who asked for one that isn't there.
  private static let runsNamedMax = 3

  private static let runColumns = """
    SELECT id, command, started_at, ended_at, result, exit, dry_run, requests, open_conflicts,
      applied, failed, situations, summary FROM runs
    """

  private static func run(_ row: Statement) throws -> RunRecord {
    var situations: [Situation: Int] = [:]
    for (name, count) in try JSONValue(parsing: row.optionalText(11) ?? "{}").objectValue
      ?? JSONObject()
    {
      situations[try Stored.word(name.value, in: "runs", row.text(0))] = count.int
    }
    return RunRecord(
      id: row.text(0), command: row.text(1), startedAt: Timestamp(row.int64(2)),
      endedAt: row.optionalInt64(3).map { Timestamp($0) }, result: row.optionalText(4),
      exit: row.optionalInt(5), isDryRun: row.bool(6), requests: row.int(7),
      openConflicts: row.optionalInt(8), applied: row.optionalInt(9),
      failed: row.optionalInt(10), situations: situations,
      summary: try row.optionalText(12).map { try JSONValue(parsing: $0) })
  }
}
