internal import Formats
public import Reconciliation
internal import SQLite

/// One key group with the rows that it was read from.
public struct LoadedGroup: Sendable {
  /// A reset of the group, or one that a decision of the group names: its row, and where its
  /// situation stands.
  public struct Member: Sendable {
    let row: Int64
    /// The key that the reset carries.
    public let own: StoredKey
    var situation: Situation?
    /// The mapping under which the situation is counted.
    var counted: Int64
    /// Whether the situation stands in `resets` or in `links`.
    var isInLink = false
    /// Assessed in this group (its link is of this key, or it has none and carries this key).
    var belongs: Bool
    /// Whether it has a link that is not closed.
    public internal(set) var isLinked: Bool
  }

  /// The key under which its members are found.
  public let key: StoredKey
  /// What the core assesses: both sides, links and standing decisions.
  public var group: KeyGroup
  var members: [String: Member] = [:]
  /// Resets that are gone and were never linked: no items any more.
  var gone: [(id: String, member: Member)] = []
  var keySituation: Situation?
  /// Resets that decisions of the group name, and that stand elsewhere.
  var named: [String: Member] = [:]
  var conflicts: [StoredConflict] = []

  /// A reset of the group, or one that a decision of the group names.
  public func member(_ resetID: String) -> Member? {
    members[resetID] ?? named[resetID] ?? gone.first { $0.id == resetID }?.member
  }
}

/// Reads key groups from one snapshot.
final class GroupReader {
  let database: Connection
  let rows: RowReader
  let hasLinks: Bool
  private let hasConflicts: Bool
  private let recordsAtKey: Statement
  private let resetsAtKey: Statement
  private let linksAtKey: Statement
  private let conflictsAtKey: Statement
  private let linkOfReset: Statement
  private let resetByRow: Statement
  private var origins: [String: StoredConflict?] = [:]
  private let silences: [Int64: SourceSilence]
  /// Compares hashed e-mails with others; nil while none are hashed.
  let emails: EmailMatcher?

  init(_ database: Connection, hasher: EmailHasher?) throws {
    self.database = database
    rows = RowReader(database, keepsHashes: true)
    let hashed = try database.integer(
      "SELECT EXISTS(SELECT 1 FROM facts WHERE name = '\(Mirror.emailHashedFact)')")
    emails = hashed == 1 ? EmailMatcher(hasher: hasher) : nil
    hasLinks = try database.integer("SELECT EXISTS(SELECT 1 FROM links)") == 1
    hasConflicts = try database.integer("SELECT EXISTS(SELECT 1 FROM conflicts)") == 1
    silences = try SourceSilence.all(in: database)
    recordsAtKey = try database.statement(Self.recordsOfKey)
    resetsAtKey = try database.statement(Self.resetsOfKey)
    linksAtKey = try database.statement(Self.linksOfKey)
    conflictsAtKey = try database.statement(Self.conflictsOfKey)
    linkOfReset = try database.statement(
      "SELECT \(RowReader.linkColumns) FROM links l WHERE l.reset = ? AND l.state <> 'closed'")
    resetByRow = try database.statement(
      "SELECT \(RowReader.resetColumns) FROM resets r WHERE r.id = ?")
  }

  // MARK: Reading

  private static let recordsOfKey =
    "SELECT \(RowReader.recordColumns) FROM records "
    + "WHERE mapping = ? AND origin = ? AND key = ? ORDER BY variant"
  private static let resetsOfKey =
    "SELECT \(RowReader.resetColumns) FROM resets r "
    + "WHERE mapping = ? AND origin = ? AND key = ? ORDER BY id"
  private static let linksOfKey =
    "SELECT \(RowReader.linkColumns) FROM links l "
    + "WHERE state <> 'closed' AND mapping = ? AND origin = ? AND key = ? ORDER BY reset"
  private static let conflictsOfKey =
    "SELECT \(StoredConflict.columns) FROM conflicts "
    + "WHERE group_mapping = ? AND group_origin = ? AND group_key = ? ORDER BY number"

  /// One group.
  func load(_ key: StoredKey) throws -> LoadedGroup {
    var loaded = try empty(key)
    func each(_ statement: Statement, _ body: (Statement) throws -> Void) throws {
      statement.bind(1, key.mapping)
      statement.bind(2, key.origin)
      statement.bind(3, key.text)
      defer { statement.clear() }
      while try statement.step() { try body(statement) }
    }
    try each(recordsAtKey) { try add(record: $0, to: &loaded) }
    try each(resetsAtKey) { try add(reset: $0, to: &loaded) }
    var linkRows: [LinkRow] = []
    if hasLinks { try each(linksAtKey) { linkRows.append(try LinkRow($0)) } }
    if hasConflicts {
      try each(conflictsAtKey) { row in
        loaded.conflicts.append(try StoredConflict(row))
      }
    }
    try complete(&loaded, linkRows)
    return loaded
  }

  // MARK: Putting a group together

  private func empty(_ key: StoredKey) throws -> LoadedGroup {
    guard key.mapping != 0 else {
      return LoadedGroup(key: key, group: KeyGroup(mapping: nil, key: nil))
    }
    var group = KeyGroup(
      mapping: try rows.mapping(key.mapping),
      key: Key(origin: try rows.origin(key.origin), reference: key.text))
    if let silence = silences[key.mapping] {
      (group.lacksFullExport, group.silentSince) = (silence.lacksFullExport, silence.since)
    }
    return LoadedGroup(key: key, group: group)
  }

  private func add(record row: Statement, to loaded: inout LoadedGroup) throws {
    loaded.group.records.append(try rows.record(row))
    if let situation = try RowReader.recordSituation(row) { loaded.keySituation = situation }
  }

  private func add(reset row: Statement, to loaded: inout LoadedGroup) throws {
    let reset = try rows.reset(row)
    let member = LoadedGroup.Member(
      row: row.int64(0), own: loaded.key, situation: try RowReader.resetSituation(row),
      counted: row.int64(16), belongs: true, isLinked: false)
    guard !reset.isDeleted else {
      loaded.gone.append((reset.id, member))
      return
    }
    loaded.group.resets.append(reset)
    loaded.members[reset.id] = member
  }

  /// A link before its reset is known.
  private struct LinkRow {
    let reset: Int64
    let make: (RowReader, String) throws -> Link
    let situation: Situation?
    let key: StoredKey

    init(_ row: Statement) throws {
      reset = row.int64(0)
      situation = try RowReader.linkSituation(row)
      key = StoredKey(mapping: row.int64(1), origin: row.int64(2), text: row.text(3))
      // The row is gone after the next step: its texts are read now, the reset's id comes later.
      let state = try LinkText.state(
        row.text(4), kind: row.optionalText(7), facts: row.optionalText(8), row: reset)
      let maker = LinkText.maker(row.text(5))
      let base = try Base(decoding: row.text(6))
      let accepted = row.optionalText(9)
      let writes = try LinkText.writes(row.optionalText(10))
      let own = RowReader.ownUpdate(row)
      let (id, key) = (reset, key)
      make = { rows, resetID in
        Link(
          id: id, mapping: try rows.mapping(key.mapping), resetID: resetID,
          key: Key(origin: try rows.origin(key.origin), reference: key.text), base: base,
          madeBy: maker, state: state, acceptedIdentity: accepted, writes: writes,
          ownUpdate: own)
      }
    }
  }

  private func complete(_ loaded: inout LoadedGroup, _ linkRows: [LinkRow]) throws {
    var linked: Set<Int64> = []
    for row in linkRows {
      linked.insert(row.reset)
      try add(row, to: &loaded)
    }
    if hasLinks {
      for (id, member) in loaded.members where !linked.contains(member.row) {
        guard let row = try link(ofReset: member.row) else { continue }
        try add(row, to: &loaded, resetID: id)
      }
      loaded.gone.removeAll { linked.contains($0.member.row) }
      try loaded.gone.removeAll { gone in
        guard let other = try link(ofReset: gone.member.row) else { return false }
        return other.key != loaded.key
      }
    }
    emails?.match(&loaded.group)
    try addNeighbours(to: &loaded)
    try addOriginConflict(to: &loaded)
    loaded.group.known = loaded.conflicts.map(\.known)
    loaded.group.decisions = loaded.conflicts.compactMap(\.standing)
    try addNamedResets(to: &loaded)
    for (id, member) in loaded.members.map({ ($0, $1) }) + loaded.gone.map({ ($0, $1) }) {
      guard let situation = member.situation else { continue }
      loaded.group.previous[.reset(id)] = situation
      loaded.group.countedUnder[id] = try rows.mapping(member.counted)
    }
    if let situation = loaded.keySituation, let mapping = loaded.group.mapping,
      let key = loaded.group.key
    {
      loaded.group.previous[.key(mapping: mapping, key)] = situation
    }
  }

  private func link(ofReset row: Int64) throws -> LinkRow? {
    linkOfReset.bind(1, row)
    defer { linkOfReset.reset() }
    return try linkOfReset.step() ? LinkRow(linkOfReset) : nil
  }

  private func add(_ row: LinkRow, to loaded: inout LoadedGroup, resetID: String? = nil) throws {
    let resetID = try resetID ?? find(row.reset, &loaded)
    guard let resetID, var member = loaded.members[resetID] else { return }
    let link = try row.make(rows, resetID)
    loaded.group.links.append(link)
    member.belongs = row.key == loaded.key
    if let situation = row.situation {
      (member.situation, member.counted, member.isInLink) = (situation, row.key.mapping, true)
    }
    member.isLinked = true
    loaded.members[resetID] = member
  }

  /// The id of a linked reset, which is fetched unless the group has it.
  private func find(_ row: Int64, _ loaded: inout LoadedGroup) throws -> String? {
    if let known = loaded.members.first(where: { $0.value.row == row }) { return known.key }
    guard let (reset, member) = try reset(row) else { return nil }
    loaded.group.linkedResets.append(reset)
    loaded.members[reset.id] = member
    return reset.id
  }

  private func reset(_ row: Int64) throws -> (RemoteReset, LoadedGroup.Member)? {
    resetByRow.bind(1, row)
    defer { resetByRow.reset() }
    guard try resetByRow.step() else { return nil }
    let own = StoredKey(
      mapping: resetByRow.int64(1), origin: resetByRow.int64(2), text: resetByRow.text(3))
    let member = LoadedGroup.Member(
      row: row, own: own, situation: try RowReader.resetSituation(resetByRow),
      counted: resetByRow.int64(16), belongs: true, isLinked: false)
    return (try rows.reset(resetByRow), member)
  }

  private func addNamedResets(to loaded: inout LoadedGroup) throws {
    for decision in loaded.group.decisions {
      guard case .link(let id) = decision.take, loaded.members[id] == nil,
        let row = try database.first(
          "SELECT id FROM resets WHERE reset_id = ?", id,
          row: {
            $0.int64(0)
          }), let (reset, member) = try reset(row)
      else { continue }
      loaded.group.decisionResets.append(reset)
      loaded.named[id] = member
      if hasLinks, let row = try link(ofReset: member.row) {
        loaded.group.decisionLinks.append(try row.make(rows, id))
      }
      if try isOrdered(reset: id, before: decision) { loaded.group.orderedElsewhere.insert(id) }
      guard !reset.isDeleted, case .known(let mapping, let key) = reset.key else { continue }
      loaded.group.neighbours.append(try neighbourhood(mapping, key, at: member.own))
    }
  }

  /// Whether a decision about the reset itself, or an older one about another key, links it.
  private func isOrdered(reset id: String, before decision: StandingDecision) throws -> Bool {
    let rival = try database.first(
      """
      SELECT 1 FROM conflicts WHERE state = 'decided' AND decision = ?1 AND id <> ?2
        AND (kind IN ('unreferenced', 'remote_only') OR kind = 'source_only' AND number <
          (SELECT number FROM conflicts WHERE id = ?2))
      LIMIT 1
      """, decision.take.text, decision.identity.id
    ) { _ in true }
    return rival ?? false
  }

  private func neighbourhood(
    _ mapping: String, _ key: Key, at own: StoredKey
  ) throws -> KeyNeighbourhood {
    KeyNeighbourhood(
      mapping: mapping, key: key, records: try records(at: own), resets: try resets(at: own))
  }

  private func addNeighbours(to loaded: inout LoadedGroup) throws {
    var done: Set<StoredKey> = [loaded.key]
    for reset in loaded.group.linkedResets where !reset.isDeleted {
      guard case .known(let mapping, let key) = reset.key,
        let own = loaded.members[reset.id]?.own, done.insert(own).inserted
      else { continue }
      loaded.group.neighbours.append(try neighbourhood(mapping, key, at: own))
      guard hasConflicts else { continue }
      try database.each(Self.conflictsOfKey, own.mapping, own.origin, own.text) { row in
        let conflict = try StoredConflict(row)
        guard case .key = conflict.identity.subject else { return }
        loaded.conflicts.append(conflict)
      }
    }
  }

  func records(at key: StoredKey) throws -> [SourceRecord] {
    try database.all(
      Self.recordsOfKey, key.mapping, key.origin, key.text, row: rows.record)
  }

  private func resets(at key: StoredKey) throws -> [RemoteReset] {
    try database.all(Self.resetsOfKey, key.mapping, key.origin, key.text, row: rows.reset)
      .filter { !$0.isDeleted }
  }

  /// All resets of one unknown origin share one conflict.
  private func addOriginConflict(to loaded: inout LoadedGroup) throws {
    guard hasConflicts else { return }
    for reset in loaded.group.resets + loaded.group.linkedResets {
      guard case .unknownOrigin(let origin) = reset.key else { continue }
      let id = ConflictIdentity(kind: .unknownOrigin, mapping: nil, subject: .origin(origin)).id
      if origins[id] == nil {
        origins[id] = .some(
          try database.first("SELECT \(StoredConflict.columns) FROM conflicts WHERE id = ?", id) {
            try StoredConflict($0)
          })
      }
      if let conflict = origins[id] ?? nil { loaded.conflicts.append(conflict) }
    }
  }
}

extension StoredKey {
  /// Begins the group key of a conflict about an origin; no reset id begins so.
  static let originPrefix = "\u{1}origin:"
}
