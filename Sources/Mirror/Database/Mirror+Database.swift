internal import Formats
internal import Reconciliation
internal import SQLite

/// The mirror's own way to its database, for the methods that are one transaction each.
extension Mirror {
  var database: Connection { file.database }
  var dirtyKeys: DirtyKeys {
    get { file.dirtyKeys }
    set { file.dirtyKeys = newValue }
  }
  var emailHasher: EmailHasher? {
    get { file.emailHasher }
    set { file.emailHasher = newValue }
  }
  var conflictStore: ConflictStore { ConflictStore(file: file) }

  func translated(_ error: any Error) -> any Error { file.translated(error) }
  func fact(_ name: String) throws -> String? { try file.fact(name) }
  func setFact(_ name: String, _ value: String?) throws { try file.setFact(name, value) }
  func factTime(_ name: String) throws -> Timestamp? { try file.factTime(name) }
  func append(_ entry: JournalEntry, run: String, at now: Timestamp) throws {
    try file.append(entry, run: run, at: now)
  }
  func journalAnchor() throws -> JournalEnd { try file.journalAnchor() }
  func activeHasher() throws -> EmailHasher? { try file.activeHasher() }
  func hasHashes() throws -> Bool { try file.hasHashes() }

  func moveConflicts(of resetID: String, from old: StoredKey, to new: StoredKey) throws {
    try conflictStore.move(of: resetID, from: old, to: new)
  }
  func conflict(_ id: String) throws -> StoredConflict? { try conflictStore.conflict(id) }

  // MARK: Names

  func mappingID(_ name: String) throws -> Int64 { try file.mappingID(name) }
  func originID(_ name: String) throws -> Int64 { try file.originID(name) }
  func knownMappingID(_ name: String) throws -> Int64? { try file.knownMappingID(name) }
  func knownOriginID(_ name: String) throws -> Int64? { try file.knownOriginID(name) }
  func mappingName(_ id: Int64) throws -> String { try file.mappingName(id) }
  func originName(_ id: Int64) throws -> String { try file.originName(id) }
  func columnSetID(_ columns: [String]) throws -> Int64 { try file.columnSetID(columns) }
  func columnSet(_ id: Int64) throws -> [String] { try file.columnSet(id) }

  // MARK: Dirty keys

  func mark(_ key: StoredKey) throws { try file.mark(key) }
  func walkAll(_ mapping: Int64) throws { try file.walkAll(mapping) }
  func walksAll(_ mapping: Int64) throws -> Bool { try file.walksAll(mapping) }
  func groupKey(ofReset id: Int64) throws -> StoredKey? { try file.groupKey(ofReset: id) }
  func markGroups(ofReset id: Int64) throws { try file.markGroups(ofReset: id) }
  func setDue(_ key: StoredKey, notLaterThan time: Timestamp) throws {
    try file.setDue(key, notLaterThan: time)
  }
}
