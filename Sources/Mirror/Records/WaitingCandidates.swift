internal import Formats
internal import Reconciliation
internal import SQLite

/// Which records a reset could belong to, by its correlate pairs; and which resets wait for some.
///
/// The table `watched` holds, for each waiting reset, what a record must have to be offered to it.
/// A dry run keeps it up to date too: it says nothing that the resets don't.
public final class WaitingCandidates {
  private let file: MirrorDatabase
  private var database: Connection { file.database }
  private let book: RuleBook
  /// Makes values of the rows that the writing connection reads.
  private let rows: RowReader
  /// Compares hashed e-mails with others; nil while none are hashed.
  private let emails: EmailMatcher?
  /// Whether any reset waits.
  private(set) var isAny: Bool
  /// Reads the state that the run started from; nil until somebody asks for it.
  private var before: Connection?

  /// `before` reads the state that the run started from, unless another thread has it.
  init(
    _ file: MirrorDatabase, _ book: RuleBook, emails: EmailMatcher?
  ) throws {
    self.file = file
    self.book = book
    self.emails = emails
    rows = RowReader(file.database, keepsHashes: true)
    isAny = try file.database.integer("SELECT EXISTS(SELECT 1 FROM watched)") == 1
  }

  /// Reads the state before the run over this connection from now on.
  func readBefore(over connection: Connection) { before = connection }

  /// Records offered for one reset; more are noise to a person.
  public static let candidatesMax = 20

  /// Adds what correlates with resets that have no record, and notes that they wait.
  ///
  /// Who has those records is looked up in the state that the run started from, so that the order
  /// of the keys decides nothing.
  public func addCandidates(to loaded: inout LoadedGroup) throws {
    let pairs = book.mappings.filter { !$0.correlate.isEmpty }
    guard !pairs.isEmpty else { return }
    let hasRecord = loaded.group.records.contains { !$0.isDeleted }
    for reset in loaded.group.resets + loaded.group.linkedResets {
      guard let member = loaded.members[reset.id], member.belongs else { continue }
      guard !hasRecord, !reset.isDeleted else {
        try endWaiting(member.row)
        continue
      }
      // A linked reset, or one of a known origin, belongs to one mapping; an orphan to any.
      let mappings = loaded.group.mapping.map { name in pairs.filter { $0.name == name } } ?? pairs
      try wait(reset, member.row, mappings)
      for mapping in mappings {
        loaded.group.candidates += try candidates(for: reset, member.row, mapping)
      }
    }
  }

  /// Before orphans are assessed, all of them wait: each is a rival of the others.
  public func addOrphans() throws {
    let mappings = book.mappings.filter { !$0.correlate.isEmpty }
    guard !mappings.isEmpty else { return }
    try database.each(
      """
      SELECT \(RowReader.resetColumns) FROM resets r
      WHERE r.mapping = 0 AND r.deleted_at IS NULL
        AND NOT EXISTS (SELECT 1 FROM links l WHERE l.reset = r.id AND l.state <> 'closed')
      """
    ) { row in
      try wait(try rows.reset(row), row.int64(0), mappings)
    }
  }

  private func wait(_ reset: RemoteReset, _ row: Int64, _ mappings: [Mapping]) throws {
    try database.run("DELETE FROM watched WHERE reset = ?", row)
    isAny = true
    for mapping in mappings {
      for (place, pair) in mapping.correlate.enumerated() {
        guard let value = pair.remoteValue(reset) else { continue }
        for spelling in try spellings(value) {
          try database.run(
            "INSERT INTO watched(mapping, pair, value, reset) VALUES(?, ?, ?, ?) "
              + "ON CONFLICT DO NOTHING", try file.mappingID(mapping.name), place, spelling, row)
        }
      }
    }
  }

  /// A value as it stands, and as it would stand if it was hashed.
  private func spellings(_ value: String) throws -> [String] {
    guard value.contains("@"), try file.hasHashes(), let hasher = try file.activeHasher() else {
      return [value]
    }
    return [value, hasher.token(value)]
  }

  private func endWaiting(_ row: Int64) throws {
    guard isAny else { return }
    try database.run("DELETE FROM watched WHERE reset = ?", row)
  }

  /// A link was made or ended: its records are offered to who waits for them in another way.
  public func markWaiting(_ loaded: LoadedGroup) throws {
    guard isAny, let name = loaded.group.mapping,
      let mapping = book.mapping(name)
    else { return }
    let neighbours = loaded.group.neighbours.filter { $0.mapping == mapping.name }
    for record in loaded.group.records + neighbours.flatMap(\.records) {
      for (place, pair) in mapping.correlate.enumerated() {
        guard let value = pair.sourceValue(record) else { continue }
        try markWaiting(loaded.key.mapping, place, value)
      }
    }
  }

  /// A reset may have come to a key, or left it.
  func markWaiting(at key: StoredKey) throws {
    guard key.mapping != 0, let mapping = book.mapping(try file.mappingName(key.mapping)),
      !mapping.correlate.isEmpty
    else { return }
    let records = try database.all(
      "SELECT \(RowReader.recordColumns) FROM records WHERE mapping = ? AND origin = ? AND key = ?",
      key.mapping, key.origin, key.text, row: rows.record)
    for record in records {
      for (place, pair) in mapping.correlate.enumerated() {
        guard let value = pair.sourceValue(record) else { continue }
        try markWaiting(key.mapping, place, value)
      }
    }
  }

  /// The same for an agreed pair that was linked.
  public func markWaiting(_ pair: AgreedPair) throws {
    guard isAny, let record = pair.record,
      let mapping = book.mapping(try file.mappingName(pair.key.mapping))
    else { return }
    let columns = try rows.columns(record.columns)
    let cells = try CellText(bytes: record.cells[...]).cells()
    for (place, correlate) in mapping.correlate.enumerated() {
      guard let column = columns.firstIndex(ofExactly: correlate.column), column < cells.count,
        let value = correlate.normal(cells[column].text)
      else { continue }
      try markWaiting(pair.key.mapping, place, value)
    }
  }

  private func markWaiting(_ mapping: Int64, _ pair: Int, _ value: String) throws {
    for spelling in try spellings(value) {
      let waiting = try database.all(
        "SELECT reset FROM watched WHERE mapping = ? AND pair = ? AND value = ?",
        mapping, pair, spelling
      ) { $0.int64(0) }
      for reset in waiting { try file.markGroups(ofReset: reset) }
    }
  }

  private func candidates(
    for reset: RemoteReset, _ row: Int64, _ mapping: Mapping
  ) throws -> [CorrelationCandidate] {
    let id = try file.mappingID(mapping.name)
    var found: [Int64: [Int64]] = [:]
    for (place, pair) in mapping.correlate.enumerated() {
      guard let value = pair.remoteValue(reset) else { continue }
      let rivals = try database.all(
        "SELECT reset FROM watched WHERE mapping = ? AND pair = ? AND value = ? AND reset <> ?",
        id, place, value, row
      ) { $0.int64(0) }
      for spelling in try spellings(value) {
        try database.each(
          "SELECT record FROM correlates WHERE mapping = ? AND pair = ? AND value = ? LIMIT ?",
          id, place, spelling, Self.candidatesMax
        ) { found[$0.int64(0), default: []] += rivals }
      }
    }
    return try found.sorted { $0.key < $1.key }.compactMap { record, rivals in
      guard var record = try recordRow(record) else { return nil }
      if let emails { record = emails.matched(record, with: [reset]) }
      guard agrees(record, reset, mapping) else { return nil }
      let before = try stateBefore()
      return CorrelationCandidate(
        resetID: reset.id, record: record, linkedTo: try linkedResets(record, id, before),
        carriedBy: try carriers(record, id, before),
        otherResets: try Set(rivals).sorted().compactMap { try resetID($0) })
    }
  }

  /// No pair says otherwise.
  private func agrees(_ record: SourceRecord, _ reset: RemoteReset, _ mapping: Mapping) -> Bool {
    mapping.correlate.allSatisfy { pair in
      guard let source = pair.sourceValue(record), let remote = pair.remoteValue(reset) else {
        return true
      }
      return source == remote
    }
  }

  private func recordRow(_ id: Int64) throws -> SourceRecord? {
    try database.first(
      "SELECT \(RowReader.recordColumns) FROM records WHERE id = ?", id, row: rows.record)
  }

  /// What the run started from: while it writes, other connections see nothing of it.
  private func stateBefore() throws -> Connection {
    if let before { return before }
    let connection = try Connection(path: file.path, options: Mirror.options(.readOnly))
    try connection.begin(.deferred)
    before = connection
    return connection
  }

  private func linkedResets(
    _ record: SourceRecord, _ mapping: Int64, _ before: Connection
  ) throws -> [String] {
    guard let origin = try file.knownOriginID(record.key.origin) else { return [] }
    return try before.all(
      """
      SELECT r.reset_id FROM links l JOIN resets r ON r.id = l.reset
      WHERE l.state = 'active' AND l.mapping = ? AND l.origin = ? AND l.key = ?
      ORDER BY r.reset_id
      """, mapping, origin, record.key.reference
    ) { $0.text(0) }
  }

  /// Resets that carry the key of the record and have no link yet: this run matches them with it.
  private func carriers(
    _ record: SourceRecord, _ mapping: Int64, _ before: Connection
  ) throws -> [String] {
    guard let origin = try file.knownOriginID(record.key.origin) else { return [] }
    return try before.all(
      """
      SELECT reset_id FROM resets r
      WHERE mapping = ? AND origin = ? AND key = ? AND deleted_at IS NULL
        AND NOT EXISTS (SELECT 1 FROM links l WHERE l.reset = r.id AND l.state <> 'closed')
      ORDER BY reset_id
      """, mapping, origin, record.key.reference
    ) { $0.text(0) }
  }

  private func resetID(_ row: Int64) throws -> String? {
    try database.first("SELECT reset_id FROM resets WHERE id = ?", row) { $0.text(0) }
  }
}
