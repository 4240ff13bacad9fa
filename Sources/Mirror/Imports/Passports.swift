public import Formats
public import Reconciliation
internal import SQLite

extension Mirror {
  /// Rejected rows kept per file; their number is always exact in the passport.
  static let rejectionsKeptMax = 50_000

  /// Notes an export that was refused before or while its rows were read.
  ///
  /// The same file refused again for the same reason keeps its first passport.
  public func refuseExport(
    _ head: ExportHead, mapping: Mapping, reason: String, tally: ImportTally = ImportTally(),
    rejections: [Rejection] = [], verdicts: JSONValue = .object([:]), run: String,
    at now: Timestamp
  ) throws -> Passport {
    try write {
      let last = try lastPassport(of: mapping.name, clause: "1")
      if let last, last.state == .refused, last.sha256 == head.sha256, last.reason == reason {
        try database.run("UPDATE passports SET beside = ? WHERE id = ?", head.beside, last.id)
        return try passport(last.id)
      }
      let id = try insertPassport(
        head, mapping, .refused, reason, tally, verdicts, run: run, at: now)
      try insert(rejections, passport: id)
      try append(
        JournalEntry(
          kind: "export.refused", mapping: mapping.name, subject: head.sha256,
          payload: ["file": .string(head.file), "reason": .string(reason)]),
        run: run, at: now)
      return try passport(id)
    }
  }

  /// Notes an export with the bytes of one that was accepted before; the same file again only moves
  /// the time.
  public func noteReplay(
    _ head: ExportHead, mapping: Mapping, run: String, at now: Timestamp
  ) throws -> Passport {
    try write {
      let last = try lastPassport(of: mapping.name, clause: "sha256 = '\(head.sha256.hexOnly)'")
      if let last, last.state == .replayed, last.path == head.path {
        try database.run(
          "UPDATE passports SET imported_at = ?, generated_at = ? WHERE id = ?",
          now.microseconds, head.generatedAt?.microseconds, last.id)
        return try passport(last.id)
      }
      let first = try lastPassport(
        of: mapping.name, clause: "state = 'accepted' AND sha256 = '\(head.sha256.hexOnly)'")
      let words = first.map { "same data as \($0.file), accepted \($0.importedAt.rfc3339)" }
      let id = try insertPassport(
        head, mapping, .replayed,
        (words ?? "same data as before") + "; delivered again, nothing to do", ImportTally(),
        .object([:]), run: run, at: now)
      return try passport(id)
    }
  }

  /// Passports that pass a filter, newest first.
  public func passports(_ filter: PassportFilter, limit: Int) throws -> [Passport] {
    let (clause, values) = filter.clause
    return try read {
      try database.with(
        "\(Self.passportColumns) WHERE \(clause) ORDER BY id DESC LIMIT ?", values + [limit]
      ) { row in
        var found: [Passport] = []
        while try row.step() { found.append(try Self.passport(row)) }
        return found
      }
    }
  }

  /// The rejected rows of a file, in the order of the file.
  public func rejections(
    of passport: Int64, limit: Int = 1_000, offset: Int = 0
  ) throws -> [Rejection] {
    try read {
      try database.all(
        "SELECT line, column_name, reason, origin, reference, set_aside FROM rejections "
          + "WHERE passport = ? AND set_aside = 0 ORDER BY line, rowid LIMIT ? OFFSET ?", passport,
        limit, offset, row: Self.rejection)
    }
  }

  /// Rows with this reference in normal form that brought nothing, the newest first.
  ///
  /// At most `limit` of each kind.
  public func unusedRows(reference: String, limit: Int = 20) throws -> UnusedRows {
    try read {
      UnusedRows(
        rejected: try rejectedRows(reference, limit), stale: try staleRows(reference, limit))
    }
  }

  private func rejectedRows(
    _ reference: String, _ limit: Int
  ) throws -> [(passport: Passport, rejection: Rejection)] {
    let found = try database.all(
      """
      SELECT r.line, r.column_name, r.reason, r.origin, r.reference, r.set_aside, r.passport
      FROM rejections r JOIN passports p ON p.id = r.passport
      WHERE r.reference = ? AND p.id >= coalesce(
        (SELECT max(id) FROM passports WHERE mapping = p.mapping AND state = 'accepted'), 0)
      ORDER BY p.id DESC, r.line LIMIT ?
      """, reference, limit
    ) { (Self.rejection($0), $0.int64(6)) }
    return try found.map { (try passport($0.1), $0.0) }
  }

  private func staleRows(
    _ reference: String, _ limit: Int
  ) throws -> [(passport: Passport, row: StaleRow)] {
    let found = try database.all(
      """
      SELECT passport, line, origin, reference, changed_us FROM stale_rows WHERE reference = ?
      ORDER BY passport DESC, line LIMIT ?
      """, reference, limit
    ) { row in
      let key = Key(origin: row.text(2), reference: row.text(3))
      let changedAt = row.optionalInt64(4).map { Timestamp($0) }
      return (row.int64(0), StaleRow(line: row.int(1), key: key, changedAt: changedAt))
    }
    return try found.map { (try passport($0.0), $0.1) }
  }

  private static func rejection(_ row: Statement) -> Rejection {
    let key = row.optionalText(4).map { Key(origin: row.optionalText(3) ?? "", reference: $0) }
    return Rejection(
      line: row.int(0), column: row.optionalText(1), reason: row.text(2), key: key,
      isSetAside: row.bool(5))
  }

  // MARK: Rows

  func insertPassport(
    _ head: ExportHead, _ mapping: Mapping, _ state: PassportState, _ reason: String?,
    _ tally: ImportTally, _ verdicts: JSONValue, run: String, at now: Timestamp
  ) throws -> Int64 {
    let columns = JSONValue.array(head.columns.map { .string($0) }).written()
    try database.run(
      """
      INSERT INTO passports(
        mapping, file, path, sha256, size, mode, state, reason, rows, accepted, rejected, added,
        changed, removed, unchanged, columns, generated_at, imported_at, verdicts, columns_digest,
        run, set_aside, stale, parts, beside)
      VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """,
      mapping.name, head.file, head.path, head.sha256, head.size, head.mode.rawValue,
      state.rawValue, reason, tally.rows, tally.accepted, tally.rejected, tally.added,
      tally.changed, tally.removed, tally.unchanged, columns, head.generatedAt?.microseconds,
      now.microseconds, verdicts.written(), mapping.recordsDigest, run,
      tally.setAside.json.written(), tally.stale, ExportPart.text(head.parts), head.beside)
    return database.lastInsertID
  }

  func insert(_ rejections: [Rejection], passport: Int64) throws {
    for rejection in rejections {
      try database.run(
        "INSERT INTO rejections(passport, line, column_name, reason, origin, reference, "
          + "set_aside) VALUES(?, ?, ?, ?, ?, ?, ?)",
        passport, rejection.line, rejection.column, rejection.reason, rejection.key?.origin,
        rejection.key?.reference, rejection.isSetAside ? 1 : 0)
    }
  }

  func passport(_ id: Int64) throws -> Passport {
    let found = try database.first(
      "\(Self.passportColumns) WHERE id = ?", id, row: Self.passport)
    guard let found else { throw MirrorError(.notFound, "there is no passport \(id)") }
    return found
  }

  private func lastPassport(of mapping: String, clause: String) throws -> Passport? {
    try database.first(
      "\(Self.passportColumns) WHERE mapping = ? AND \(clause) ORDER BY id DESC LIMIT 1",
      mapping, row: Self.passport)
  }

  static let passportColumns = """
    SELECT id, mapping, file, path, sha256, size, mode, state, reason, rows, accepted, rejected,
      added, changed, removed, unchanged, columns, generated_at, imported_at, verdicts,
      columns_digest, set_aside, stale, parts, ends_line, sequence_first, sequence_last, beside
    FROM passports
    """

  static func passport(_ row: Statement) throws -> Passport {
    let id = row.int64(0)
    return Passport(
      id: id, mapping: row.text(1), file: row.text(2), path: row.text(3),
      sha256: row.text(4), size: row.int64(5),
      mode: try Stored.word(row.text(6), in: "passports", id),
      state: try Stored.word(row.text(7), in: "passports", id), reason: row.optionalText(8),
      rows: row.int(9), accepted: row.int(10), rejected: row.int(11), added: row.int(12),
      changed: row.int(13), removed: row.int(14), unchanged: row.int(15),
      setAside: SetAside(json: try JSONValue(parsing: row.optionalText(21) ?? "{}")),
      stale: row.int(22),
      columns: try JSONValue(parsing: row.text(16)).arrayValue?.compactMap(\.text) ?? [],
      generatedAt: row.optionalInt64(17).map { Timestamp($0) },
      importedAt: Timestamp(row.int64(18)),
      verdicts: try JSONValue(parsing: row.text(19)), recordsDigest: row.text(20),
      parts: try ExportPart.parts(row.optionalText(23)),
      endsWithNewline: row.optionalInt64(24).map { $0 != 0 },
      sequence: sequence(row.optionalInt64(25), row.optionalInt64(26)),
      beside: row.optionalText(27))
  }

  private static func sequence(_ first: Int64?, _ last: Int64?) -> ClosedRange<Int64>? {
    guard let first, let last, first <= last else { return nil }
    return first...last
  }
}

/// Which passports are asked for; nil asks for any.
public struct PassportFilter: Sendable, Hashable {
  /// The one with this number.
  public var id: Int64?
  /// Those with a smaller number.
  public var before: Int64?
  /// Those of this mapping.
  public var mapping: String?
  /// Those in this state.
  public var state: PassportState?
  /// Those of full exports, or of changes.
  public var mode: ExportMode?
  /// Those of files with these bytes, by their SHA-256 as hex.
  public var sha256: String?

  /// All passports, but for what is given.
  public init(
    mapping: String? = nil, state: PassportState? = nil, mode: ExportMode? = nil,
    sha256: String? = nil, before: Int64? = nil, id: Int64? = nil
  ) {
    self.id = id
    self.before = before
    self.mapping = mapping
    self.state = state
    self.mode = mode
    self.sha256 = sha256
  }

  /// The WHERE clause and its values.
  var clause: (String, [any Bindable]) {
    let parts: [(String, (any Bindable)?)] = [
      ("id = ?", id), ("id < ?", before), ("mapping = ?", mapping), ("state = ?", state?.rawValue),
      ("mode = ?", mode?.rawValue), ("sha256 = ?", sha256),
    ]
    let given = parts.filter { $0.1 != nil }
    let clause = given.isEmpty ? "TRUE" : given.map(\.0).joined(separator: " AND ")
    return (clause, given.compactMap(\.1))
  }
}

/// Rows of exports that brought nothing.
public struct UnusedRows: Sendable {
  /// Rows that were rejected or set aside, of exports not older than the last accepted one.
  public let rejected: [(passport: Passport, rejection: Rejection)]
  /// Rows that changed nothing because what stands was changed later.
  public let stale: [(passport: Passport, row: StaleRow)]
}

extension String {
  /// Only the hexadecimal digits of a digest: safe inside a statement.
  fileprivate var hexOnly: String { filter(\.isHexDigit) }
}
