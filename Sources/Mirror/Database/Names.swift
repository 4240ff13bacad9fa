internal import Formats
internal import Reconciliation
internal import SQLite

/// Small numbers for names that millions of rows share.
extension MirrorDatabase {
  /// The number of a mapping, made on first use; 0 stands for "no mapping".
  func mappingID(_ name: String) throws -> Int64 {
    if let id = mappingIDs[name] { return id }
    let id = try interned(name, in: "mappings")
    mappingIDs[name] = id
    names.note(mapping: name, id)
    return id
  }

  /// The number of an origin, made on first use.
  func originID(_ name: String) throws -> Int64 {
    if let id = originIDs[name] { return id }
    let id = try interned(name, in: "origins")
    originIDs[name] = id
    names.note(origin: name, id)
    return id
  }

  /// The number of a mapping that exists already.
  func knownMappingID(_ name: String) throws -> Int64? {
    if let id = mappingIDs[name] { return id }
    return try database.first("SELECT id FROM mappings WHERE name = ?", name) { $0.int64(0) }
  }

  /// The number of an origin that exists already.
  func knownOriginID(_ name: String) throws -> Int64? {
    if let id = originIDs[name] { return id }
    return try database.first("SELECT id FROM origins WHERE name = ?", name) { $0.int64(0) }
  }

  func mappingName(_ id: Int64) throws -> String { try names.mapping(id, in: database) }
  func originName(_ id: Int64) throws -> String { try names.origin(id, in: database) }

  private func interned(_ name: String, in table: String) throws -> Int64 {
    let found = try database.first("SELECT id FROM \(table) WHERE name = ?", name) { $0.int64(0) }
    if let found { return found }
    try database.run("INSERT INTO \(table)(name) VALUES(?)", name)
    return database.lastInsertID
  }

  /// The number of a list of columns, made on first use.
  func columnSetID(_ columns: [String]) throws -> Int64 {
    if let id = columnSetIDs[columns] { return id }
    let names = JSONValue.array(columns.map { .string($0) }).written()
    let found = try database.first("SELECT id FROM column_sets WHERE names = ?", names) {
      $0.int64(0)
    }
    let id: Int64
    if let found {
      id = found
    } else {
      try database.run("INSERT INTO column_sets(names) VALUES(?)", names)
      id = database.lastInsertID
    }
    columnSetIDs[columns] = id
    self.names.note(columns: columns, id)
    return id
  }

  /// The columns that a record's cells belong to.
  func columnSet(_ id: Int64) throws -> [String] { try names.columns(id, in: database) }
}

/// Names by the numbers that stand for them, as far as they were read; rows are only ever added.
///
/// A number without its row is `MirrorError.corrupt`.
struct StoredNames {
  private var mappings: [Int64: String] = [:]
  private var origins: [Int64: String] = [:]
  private var columnSets: [Int64: [String]] = [:]

  mutating func note(mapping name: String, _ id: Int64) { mappings[id] = name }
  mutating func note(origin name: String, _ id: Int64) { origins[id] = name }
  mutating func note(columns names: [String], _ id: Int64) { columnSets[id] = names }

  mutating func mapping(_ id: Int64, in database: Connection) throws -> String {
    if let name = mappings[id] { return name }
    let name = try Self.text("name", of: "mappings", id, in: database)
    mappings[id] = name
    return name
  }

  mutating func origin(_ id: Int64, in database: Connection) throws -> String {
    if let name = origins[id] { return name }
    let name = try Self.text("name", of: "origins", id, in: database)
    origins[id] = name
    return name
  }

  mutating func columns(_ id: Int64, in database: Connection) throws -> [String] {
    if let names = columnSets[id] { return names }
    let text = try Self.text("names", of: "column_sets", id, in: database)
    guard let names = (try? JSONValue(parsing: text))?.arrayValue else {
      throw Stored.unreadable(in: "column_sets", id)
    }
    columnSets[id] = names.compactMap(\.text)
    return names.compactMap(\.text)
  }

  private static func text(
    _ column: String, of table: String, _ id: Int64, in database: Connection
  ) throws -> String {
    let found = try database.first("SELECT \(column) FROM \(table) WHERE id = ?", id) { $0.text(0) }
    // Resets of no mapping have no origin either.
    if let text = found ?? (id == 0 ? "" : nil) { return text }
    throw Stored.unreadable(in: table, id)
  }
}

/// A key as the tables hold it: three columns, the same in every table that has keys.
public struct StoredKey: Sendable, Hashable, Comparable {
  /// The number of the mapping; 0 for a reset of no mapping.
  public var mapping: Int64
  var origin: Int64
  /// The normal form of the reference; for a reset of no mapping its id.
  var text: String

  /// In the order of the columns, texts by their bytes.
  public static func < (a: StoredKey, b: StoredKey) -> Bool {
    if a.mapping != b.mapping { return a.mapping < b.mapping }
    if a.origin != b.origin { return a.origin < b.origin }
    // SQLite's BINARY order is the order of the bytes, not of Swift's characters.
    return bytesPrecede(a.text, b.text)
  }

  /// Texts are compared byte by byte, as SQLite orders them.
  public static func == (a: StoredKey, b: StoredKey) -> Bool {
    // Bytes again: Swift's == would take two spellings of one letter as the same key.
    a.mapping == b.mapping && a.origin == b.origin && a.text.utf8.elementsEqual(b.text.utf8)
  }

  /// Hashes the bytes of the text, as they are compared.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(mapping)
    hasher.combine(origin)
    for byte in text.utf8 { hasher.combine(byte) }
  }

  private static func bytesPrecede(_ a: String, _ b: String) -> Bool {
    a.utf8.lexicographicallyPrecedes(b.utf8)
  }
}
