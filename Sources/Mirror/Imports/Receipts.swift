public import Formats
public import Reconciliation
internal import SQLite

extension Mirror {
  /// Rejected rows kept per file; their number is always exact in the receipt.
  static let rejectionsKeptMax = 50_000

  /// Notes an export that was refused before or while its rows were read.
  ///
  /// The same file refused again for the same reason keeps its first receipt.
  public func refuseExport(
    _ head: ExportHead, mapping: Mapping, reason: String, tally: ImportTally = ImportTally(),
    rejections: [Rejection] = [], verdicts: JSONValue = .object([:]), run: String,
    at now: Timestamp
  ) throws -> ImportReceipt {
    try write {
      let last = try lastReceipt(of: mapping.name, clause: "1")
      if let last, last.state == .refused, last.sha256 == head.sha256, last.reason == reason {
        try database.run("UPDATE receipts SET beside = ? WHERE id = ?", head.beside, last.id)
        return try receipt(last.id)
      }
      let id = try insertReceipt(
        head, mapping, .refused, reason, tally, verdicts, run: run, at: now)
      try insert(rejections, receipt: id)
      try append(
        JournalEntry(
          kind: "export.refused", mapping: mapping.name, subject: head.sha256,
          payload: ["file": .string(head.file), "reason": .string(reason)]),
        run: run, at: now)
      return try receipt(id)
    }
  }

  /// Notes an export with the bytes of one that was accepted before; the same file again only moves
  /// the time.
  public func noteReplay(
    _ head: ExportHead, mapping: Mapping, run: String, at now: Timestamp
  ) throws -> ImportReceipt {
    try write {
      let last = try lastReceipt(of: mapping.name, clause: "sha256 = '\(head.sha256.hexOnly)'")
      if let last, last.state == .replayed, last.path == head.path {
        try database.run(
          "UPDATE receipts SET imported_at = ?, generated_at = ? WHERE id = ?",
          now.microseconds, head.generatedAt?.microseconds, last.id)
        return try receipt(last.id)
      }
      let first = try lastReceipt(
        of: mapping.name, clause: "state = 'accepted' AND sha256 = '\(head.sha256.hexOnly)'")
      let words = first.map { "same data as \($0.file), accepted \($0.importedAt.rfc3339)" }
      let id = try insertReceipt(
        head, mapping, .replayed,
        (words ?? "same data as before") + "; delivered again, nothing to do", ImportTally(),
        .object([:]), run: run, at: now)
      return try receipt(id)
    }
  }

  /// Receipts that pass a filter, newest first.
  public func receipts(_ filter: ReceiptFilter, limit: Int) throws -> [ImportReceipt] {
    let (clause, values) = filter.clause
    return try read {
      try database.with(
        "\(Self.receiptColumns) WHERE \(clause) ORDER BY id DESC LIMIT ?", values + [limit]
      ) { row in
        var found: [ImportReceipt] = []
        while try row.step() { found.append(try Self.receipt(row)) }
        return found
      }
    }
  }

  /// The rejected rows of a file, in the order of the file.
  public func rejections(
    of receipt: Int64, limit: Int = 1_000, offset: Int = 0
  ) throws -> [Rejection] {
    try read {
      try database.all(
        "SELECT line, column_name, reason, origin, reference, set_aside FROM rejections "
          + "WHERE receipt = ? AND set_aside = 0 ORDER BY line, rowid LIMIT ? OFFSET ?", receipt,
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
  ) throws -> [(receipt: ImportReceipt, rejection: Rejection)] {
    let found = try database.all(
      """
      SELECT r.line, r.column_name, r.reason, r.origin, r.reference, r.set_aside, r.receipt
      FROM rejections r JOIN receipts p ON p.id = r.receipt
      WHERE r.reference = ? AND p.id >= coalesce(
        (SELECT max(id) FROM receipts WHERE mapping = p.mapping AND state = 'accepted'), 0)
      ORDER BY p.id DESC, r.line LIMIT ?
      """, reference, limit
    ) { (Self.rejection($0), $0.int64(6)) }
    return try found.map { (try receipt($0.1), $0.0) }
  }

  private func staleRows(
    _ reference: String, _ limit: Int
  ) throws -> [(receipt: ImportReceipt, row: StaleRow)] {
    let found = try database.all(
      """
      SELECT receipt, line, origin, reference, changed_us FROM stale_rows WHERE reference = ?
      ORDER BY receipt DESC, line LIMIT ?
      """, reference, limit
    ) { row in
      let key = Key(origin: row.text(2), reference: row.text(3))
      let changedAt = row.optionalInt64(4).map { Timestamp($0) }
      return (row.int64(0), StaleRow(line: row.int(1), key: key, changedAt: changedAt))
    }
    return try found.map { (try receipt($0.0), $0.1) }
  }

  private static func rejection(_ row: Statement) -> Rejection {
    let key = row.optionalText(4).map { Key(origin: row.optionalText(3) ?? "", reference: $0) }
    return Rejection(
      line: row.int(0), column: row.optionalText(1), reason: row.text(2), key: key,
      isSetAside: row.bool(5))
  }

  // MARK: Rows

  func insertReceipt(
    _ head: ExportHead, _ mapping: Mapping, _ state: ReceiptState, _ reason: String?,
    _ tally: ImportTally, _ verdicts: JSONValue, run: String, at now: Timestamp
  ) throws -> Int64 {
    let columns = JSONValue.array(head.columns.map { .string($0) }).written()
    try database.run(
      """
      INSERT INTO receipts(
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

  func insert(_ rejections: [Rejection], receipt: Int64) throws {
    for rejection in rejections {
      try database.run(
        "INSERT INTO rejections(receipt, line, column_name, reason, origin, reference, "
          + "set_aside) VALUES(?, ?, ?, ?, ?, ?, ?)",
        receipt, rejection.line, rejection.column, rejection.reason, rejection.key?.origin,
        rejection.key?.reference, rejection.isSetAside ? 1 : 0)
    }
  }

  func receipt(_ id: Int64) throws -> ImportReceipt {
    let found = try database.first(
      "\(Self.receiptColumns) WHERE id = ?", id, row: Self.receipt)
    guard let found else { throw MirrorError(.notFound, "there is no receipt \(id)") }
    return found
  }

  private func lastReceipt(of mapping: String, clause: String) throws -> ImportReceipt? {
    try database.first(
      "\(Self.receiptColumns) WHERE mapping = ? AND \(clause) ORDER BY id DESC LIMIT 1",
      mapping, row: Self.receipt)
  }

  static let receiptColumns = """
    SELECT id, mapping, file, path, sha256, size, mode, state, reason, rows, accepted, rejected,
      added, changed, removed, unchanged, columns, generated_at, imported_at, verdicts,
      columns_digest, set_aside, stale, parts, ends_line, sequence_first, sequence_last, beside
    FROM receipts
    """

  static func receipt(_ row: Statement) throws -> ImportReceipt {
    let id = row.int64(0)
    return ImportReceipt(
      id: id, mapping: row.text(1), file: row.text(2), path: row.text(3),
      sha256: row.text(4), size: row.int64(5),
      mode: try Stored.word(row.text(6), in: "receipts", id),
      state: try Stored.word(row.text(7), in: "receipts", id), reason: row.optionalText(8),
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

/// Which receipts are asked for; nil asks for any.
public struct ReceiptFilter: Sendable, Hashable {
  /// The one with this number.
  public var id: Int64?
  /// Those with a smaller number.
  public var before: Int64?
  /// Those of this mapping.
  public var mapping: String?
  /// Those in this state.
  public var state: ReceiptState?
  /// Those of full exports, or of changes.
  public var mode: ExportMode?
  /// Those of files with these bytes, by their SHA-256 as hex.
  public var sha256: String?

  /// All receipts, but for what is given.
  public init(
    mapping: String? = nil, state: ReceiptState? = nil, mode: ExportMode? = nil,
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
  public let rejected: [(receipt: ImportReceipt, rejection: Rejection)]
  /// Rows that changed nothing because what stands was changed later.
  public let stale: [(receipt: ImportReceipt, row: StaleRow)]
}

extension String {
  /// Only the hexadecimal digits of a digest: safe inside a statement.
  fileprivate var hexOnly: String { filter(\.isHexDigit) }
}
