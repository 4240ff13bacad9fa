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
    mappingNames[id] = name
    return id
  }

  /// The number of an origin, made on first use.
  func originID(_ name: String) throws -> Int64 {
    if let id = originIDs[name] { return id }
    let id = try interned(name, in: "origins")
    originIDs[name] = id
    originNames[id] = name
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

  func mappingName(_ id: Int64) throws -> String {
    if let name = mappingNames[id] { return name }
    let name = try database.first("SELECT name FROM mappings WHERE id = ?", id) { $0.text(0) } ?? ""
    mappingNames[id] = name
    return name
  }

  func originName(_ id: Int64) throws -> String {
    if let name = originNames[id] { return name }
    let name = try database.first("SELECT name FROM origins WHERE id = ?", id) { $0.text(0) } ?? ""
    originNames[id] = name
    return name
  }

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
    columnSets[id] = columns
    return id
  }

  /// The columns that a record's cells belong to.
  func columnSet(_ id: Int64) throws -> [String] {
    if let columns = columnSets[id] { return columns }
    let names = try database.first("SELECT names FROM column_sets WHERE id = ?", id) { $0.text(0) }
    let columns = try JSONValue(parsing: names ?? "[]").arrayValue?.compactMap(\.text) ?? []
    columnSets[id] = columns
    return columns
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

  /// By its bytes.
  public static func == (a: StoredKey, b: StoredKey) -> Bool {
    // Bytes again: Swift's == would take two spellings of one letter as the same key.
    a.mapping == b.mapping && a.origin == b.origin && a.text.utf8.elementsEqual(b.text.utf8)
  }

  /// The bytes.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(mapping)
    hasher.combine(origin)
    for byte in text.utf8 { hasher.combine(byte) }
  }

  private static func bytesPrecede(_ a: String, _ b: String) -> Bool {
    a.utf8.lexicographicallyPrecedes(b.utf8)
  }
}
