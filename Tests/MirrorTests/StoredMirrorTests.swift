import Effects
import Engine
import Formats
import MirrorKit
import Reconciliation
import SQLite
import TestKit
import Testing

@testable import Mirror

/// Mirrors as programs before this one wrote them.
struct StoredMirrorTests {
  /// "RSY1", the mark of the tables of version 1.
  private static let mark: Int32 = 0x5253_5931

  /// A mirror of version 1 in which something of everything stands, as SQL.
  private static func write(_ folder: TemporaryFolder) throws -> String {
    let stored = FilePath.resolve("Stored/mirror-v1.sql", in: FilePath.folder(of: #filePath))
    let sql = String(decoding: try Files().read(stored, bytesMax: 1 << 20), as: UTF8.self)
    let path = folder.path + "/mirror.sqlite"
    var options = Connection.Options()
    options.applicationID = mark
    try Connection(path: path, options: options).execute(sql + "PRAGMA user_version = 1;")
    return path
  }

  @Test func `a mirror of version 1 opens, is sound, and goes on where it stood`() async throws {
    let folder = try TemporaryFolder()
    let mirror = try Mirror.open(path: try Self.write(folder))
    #expect(try await mirror.verify().isEmpty)
    let before = Situation.totals(of: try await mirror.situations()).filter { $0.value > 0 }
    #expect(before == [.update: 1, .conflict: 2, .remoteOnly: 1, .sourceOnly: 1])
    let bench = try MirrorBench()
    let request = ReconcileRequest(
      run: "next", now: bench.now.adding(seconds: 86_400), book: bench.book, walksAll: true)
    let outcome = try await Reconciler(
      request, rails: Rails(settings: .off, sends: true, now: request.now)
    ).run(in: mirror)
    #expect(outcome.situations.filter { $0.value > 0 } == before)
    #expect(outcome.queued == 1)
    #expect((outcome.opened, outcome.closed) == (0, 0))
    #expect(try await mirror.verify().isEmpty)
  }

  @Test func `a mirror of version 1 has, once it is open, the tables of a new one`() async throws {
    let folder = try TemporaryFolder()
    let stored = try Self.write(folder)
    _ = try Mirror.open(path: stored)
    let new = folder.path + "/new.sqlite"
    _ = try Mirror.open(path: new)
    let (old, fresh) = (try Self.schema(of: stored), try Self.schema(of: new))
    #expect(fresh.subtracting(old) == [])
    #expect(old.subtracting(fresh) == [])
  }

  /// Its columns with their types, its indexes and its triggers.
  private static func schema(of path: String) throws -> Set<String> {
    let database = try Connection(path: path)
    let columns = try database.all(
      """
      SELECT t.name, c.name, c.type, c."notnull" FROM sqlite_schema t, pragma_table_info(t.name) c
      WHERE t.type = 'table'
      """
    ) { "\($0.text(0)).\($0.text(1)) \($0.text(2)) \($0.int(3))" }
    let others = try database.all(
      "SELECT type, name FROM sqlite_schema WHERE type <> 'table'"
    ) { "\($0.text(0)) \($0.text(1))" }
    return Set(columns + others)
  }

  @Test func `a mirror from before the first version is refused in words`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/mirror.sqlite"
    var options = Connection.Options()
    options.applicationID = 0x5253_594E
    try Connection(path: path, options: options).execute("PRAGMA user_version = 15")
    let error = #expect(throws: MirrorError.self) { try Mirror.open(path: path) }
    #expect(error?.kind == .corrupt)
    #expect(error?.message == "mirror \(path) was written by a program before the first version")
    #expect(error?.hint?.contains("let the next run make a new mirror") ?? false)
  }

  @Test(arguments: [
    "UPDATE links SET state = 'loose'", "UPDATE links SET situation = 'fine'",
    "UPDATE resets SET assignment = 'guessed'", "UPDATE conflicts SET state = 'odd'",
    "UPDATE conflicts SET substate = 'old'", "UPDATE outbox SET state = 'gone'",
    "UPDATE conflicts SET kind = 'quarrel'", "UPDATE receipts SET state = 'maybe'",
    "UPDATE receipts SET mode = 'half'", "UPDATE conflicts SET severity = 9",
    "UPDATE conflicts SET source = '{'", "UPDATE conflicts SET base = '['",
    "UPDATE resets SET field_times = '[1'", "DELETE FROM origins",
    "UPDATE column_sets SET names = 'ID'",
  ])
  func `a word that this version does not know is corrupt, with its table and row`(
    damage: String
  ) async throws {
    let folder = try TemporaryFolder()
    let path = try Self.write(folder)
    // Opened once, it has the columns of today.
    do { _ = try Mirror.open(path: path) }
    try Connection(path: path).execute(damage)
    let mirror = try Mirror.open(path: path)
    let table = String(damage.split(separator: " ").first { $0.first?.isLowercase ?? false } ?? "")
    let error = await #expect(throws: MirrorError.self) {
      if table == "outbox" {
        _ = try await mirror.updateCounts(ofRun: "r5")
      } else if table == "receipts" {
        _ = try await mirror.receipts(ReceiptFilter(mapping: "erp"), limit: 10)
      } else if ["kind", "severity", "source", "base"].contains(where: damage.contains) {
        _ = try await mirror.conflict(id: try Self.conflictID(path))
      } else {
        let bench = try MirrorBench()
        let request = ReconcileRequest(
          run: "next", now: bench.now, book: bench.book, walksAll: true)
        _ = try await Reconciler(
          request, rails: Rails(settings: .off, sends: true, now: request.now)
        ).run(in: mirror)
      }
    }
    #expect(error?.kind == .corrupt)
    #expect(error?.message.contains("table \(table)") ?? false, "\(error?.message ?? "")")
  }

  private static func conflictID(_ path: String) throws -> String {
    try Connection(path: path).first("SELECT id FROM conflicts") { $0.text(0) } ?? ""
  }
}
