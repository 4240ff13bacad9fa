import SQLite
import Testing

private struct Refusal: Error {}

struct TransactionsTests {
  let file = TemporaryFile()

  private func open() throws -> Connection {
    let database = try Connection(path: file.path)
    try database.execute("CREATE TABLE t(x INTEGER, filler BLOB)")
    return database
  }

  @Test func `an error rolls everything back and is passed on`() throws {
    let database = try open()
    #expect(throws: Refusal.self) {
      try database.transaction {
        try database.run("INSERT INTO t(x) VALUES(1)")
        throw Refusal()
      }
    }
    #expect(try database.integer("SELECT count(*) FROM t") == 0)
    #expect(!database.isInTransaction)
  }

  @Test func `a savepoint undoes only its own work`() throws {
    let database = try open()
    try database.transaction {
      try database.run("INSERT INTO t(x) VALUES(1)")
      #expect(throws: Refusal.self) {
        try database.savepoint {
          try database.run("INSERT INTO t(x) VALUES(2)")
          throw Refusal()
        }
      }
      try database.savepoint { _ = try database.run("INSERT INTO t(x) VALUES(3)") }
    }
    #expect(try database.all("SELECT x FROM t ORDER BY x") { $0.int(0) } == [1, 3])
  }

  @Test func `a full disk leaves the state as it was`() throws {
    let database = try open()
    try database.run("INSERT INTO t(x) VALUES(1)")
    let pages = try database.integer("PRAGMA page_count") ?? 0
    try database.execute("PRAGMA max_page_count = \(pages + 5)")
    let error = #expect(throws: SQLiteError.self) {
      try database.transaction {
        for x in 2...1_000 { try database.run("INSERT INTO t VALUES(?, zeroblob(4000))", x) }
      }
    }
    #expect(error?.kind == .full)
    #expect(!database.isInTransaction)
    #expect(try database.all("SELECT x FROM t") { $0.int(0) } == [1])
    #expect(try database.integrityProblems().isEmpty)
  }
}
