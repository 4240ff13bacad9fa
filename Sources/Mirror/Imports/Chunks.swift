internal import Formats
internal import Reconciliation
internal import SQLite

/// An import took a shortcut that this export doesn't allow: it is to be imported without any.
///
/// A known chunk has rows of records that the export has named already, or the first export of a
/// mirror says a key twice.
public struct ShortcutFailed: Error {}

/// The chunks of the exports of one mapping, and the records that their rows became.
final class ChunkStore {
  /// Those of the export before; none unless its records are still as it left them.
  let known: KnownStretches
  private let database: Connection
  private let mapping: Int64
  /// By which rules and decimal marks the rows of the chunks were read.
  private let rules: String
  private let insert: Statement
  private let recordsOf: Statement
  /// Those that this export has as well, and new ones.
  private var kept: Set<Int64> = []

  init(_ database: Connection, mapping: Int64, rules: Mapping, isKnown: Bool) throws {
    self.database = database
    self.mapping = mapping
    self.rules = Self.digest(rules)
    insert = try database.statement(
      "INSERT INTO chunks(mapping, digest, beginning, length, lines, rows, records) "
        + "VALUES(?, ?, ?, ?, ?, ?, ?)")
    recordsOf = try database.statement("SELECT records FROM chunks WHERE id = ?")
    let reading = try database.first(
      "SELECT reading FROM chunk_readings WHERE mapping = ? AND rules = ?", mapping, self.rules
    ) { $0.text(0) }
    guard isKnown, let reading else {
      known = .none
      return
    }
    var stretches: [Int64: RowStretch] = [:]
    try database.each(
      "SELECT id, digest, beginning, length, lines, rows FROM chunks WHERE mapping = ?", mapping
    ) { row in
      let text = CSVStretch(
        digest: row.blob(1), beginning: UInt64(bitPattern: row.int64(2)), length: row.int(3),
        lines: row.int(4))
      stretches[row.int64(0)] = RowStretch(text: text, rows: row.int(5))
    }
    known = KnownStretches(reading: reading, stretches: stretches)
  }

  private static func digest(_ rules: Mapping) -> String {
    rules.rulesDigest + rules.recordsDigest + rules.marksDigest
  }

  /// The records of a known chunk.
  func records(of number: Int64) throws -> RecordRuns {
    recordsOf.bind(1, number)
    defer { recordsOf.reset() }
    guard try recordsOf.step() else { return RecordRuns() }
    return RecordRuns(recordsOf.blob(0))
  }

  /// Whether rows of this export were taken without being read.
  private(set) var hasPassed = false

  /// The rows of a known chunk were taken: it is good for the next export too.
  func keep(_ number: Int64) {
    kept.insert(number)
    hasPassed = true
  }

  func add(_ chunk: RowStretch, _ records: RecordRuns) throws {
    insert.bind(1, mapping)
    insert.bind(2, blob: chunk.text.digest)
    insert.bind(3, Int64(bitPattern: chunk.text.beginning))
    insert.bind(4, chunk.text.length)
    insert.bind(5, chunk.text.lines)
    insert.bind(6, chunk.rows)
    insert.bind(7, blob: records.bytes)
    try insert.run()
    kept.insert(database.lastInsertID)
  }

  /// Drops the chunks that this export did not have; with `reading` the others are good for the
  /// next one, if it is read by these rules.
  func finish(reading: String?, rules: Mapping) throws {
    try database.run("DELETE FROM chunk_readings WHERE mapping = ?", mapping)
    guard let reading else {
      try database.run("DELETE FROM chunks WHERE mapping = ?", mapping)
      return
    }
    let stored = try database.all("SELECT id FROM chunks WHERE mapping = ?", mapping) {
      $0.int64(0)
    }
    for number in stored where !kept.contains(number) {
      try database.run("DELETE FROM chunks WHERE id = ?", number)
    }
    try database.run(
      "INSERT INTO chunk_readings(mapping, reading, rules) VALUES(?, ?, ?)", mapping, reading,
      Self.digest(rules))
  }
}

extension Mirror {
  /// Must be called by whatever changes records other than an import.
  func forgetChunks(_ mapping: Int64) throws {
    try database.run("DELETE FROM chunk_readings WHERE mapping = ?", mapping)
  }
}

/// Rows of `records` in the order of a file, as runs of numbers that follow each other.
///
/// Each run is the distance of its first number from the end of the run before, then its length,
/// both as base-128 numbers of seven bits a byte (the distance with its sign as lowest bit).
struct RecordRuns: Equatable {
  private(set) var bytes: [UInt8] = []
  private(set) var count = 0
  private var end: Int64 = 0
  private var run: (first: Int64, count: Int64)?

  init() {}

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    each { first, count in self.count += Int(count) }
  }

  static func == (one: RecordRuns, two: RecordRuns) -> Bool {
    var (one, two) = (one, two)
    one.flush()
    two.flush()
    return one.bytes == two.bytes
  }

  mutating func append(_ id: Int64) {
    count += 1
    if let run, run.first + run.count == id {
      self.run = (run.first, run.count + 1)
      return
    }
    flush()
    run = (id, 1)
  }

  /// Writes the last run.
  mutating func flush() {
    guard let run else { return }
    let distance = run.first - end
    write(UInt64(bitPattern: distance << 1 ^ distance >> 63))
    write(UInt64(run.count))
    end = run.first + run.count
    self.run = nil
  }

  /// Calls `body` with the first number and the length of each run that was written.
  func each(_ body: (Int64, Int64) throws -> Void) rethrows {
    var at = 0
    var end: Int64 = 0
    func number() -> UInt64 {
      var value: UInt64 = 0
      var shift: UInt64 = 0
      while at < bytes.count, shift < 64 {
        let byte = bytes[at]
        at += 1
        value |= UInt64(byte & 0x7F) << shift
        if byte < 0x80 { break }
        shift += 7
      }
      return value
    }
    while at < bytes.count {
      let sign = number()
      let first = end + (Int64(sign >> 1) ^ -Int64(sign & 1))
      let count = Int64(clamping: number())
      end = first + count
      try body(first, count)
    }
  }

  private mutating func write(_ number: UInt64) {
    var rest = number
    while rest >= 0x80 {
      bytes.append(UInt8(rest & 0x7F) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }
}
