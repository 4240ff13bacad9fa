import Foundation
import Glibc
import SQLite
import Testing

struct ConnectionTests {
  let file = TemporaryFile()

  @Test func `values come back as they went in`() throws {
    let database = try Connection(path: file.path)
    try database.execute("CREATE TABLE t(i INTEGER, x REAL, s TEXT, b BLOB) STRICT")
    let text = "è\u{0}'\"; DROP TABLE t; 🧵"
    try database.run("INSERT INTO t VALUES(?, ?, ?, ?)", Int64.min, 0.5, text, [UInt8]([0, 255]))
    try database.run("INSERT INTO t VALUES(?, ?, ?, ?)", Int?.none, Double?.none, "", [UInt8]())
    let rows = try database.all("SELECT * FROM t") { row in (0..<4).map { row.value($0) } }
    #expect(rows[0] == [.integer(.min), .real(0.5), .text(text), .blob([0, 255])])
    #expect(rows[1] == [.null, .null, .text(""), .blob([])])
    let equal = try database.first("SELECT s FROM t") { row in
      (row.textEquals(0, text), row.textEquals(0, Array(text.utf8)), row.textEquals(0, "x"))
    }
    #expect(equal?.0 == true && equal?.1 == true && equal?.2 == false)
  }

  @Test func `is opened defensively`() throws {
    let database = try Connection(path: file.path)
    #expect(try database.integer("PRAGMA foreign_keys") == 1)
    #expect(try database.integer("PRAGMA trusted_schema") == 0)
    #expect(try database.integer("PRAGMA synchronous") == 2)
    let journal = try database.first("PRAGMA journal_mode") { $0.text(0) }
    #expect(journal == "wal")
    #expect(throws: SQLiteError.self) { try database.execute("SELECT \"no such column\"") }
  }

  @Test func `the file is closed when connection and statements are gone`() throws {
    func filesOpen() throws -> Int {
      let all = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")
      return all.count { number in
        let target = try? FileManager.default.destinationOfSymbolicLink(
          atPath: "/proc/self/fd/\(number)")
        return target?.hasPrefix(file.path) ?? false
      }
    }
    var kept: Statement?
    do {
      let database = try Connection(path: file.path)
      try database.execute("CREATE TABLE t(i INTEGER) STRICT")
      try database.run("INSERT INTO t VALUES(?)", 1)
      try database.each("SELECT i FROM t") { _ in _ = try database.first("SELECT 1") { _ in 0 } }
      kept = try database.statement("SELECT i FROM t")
    }
    #expect(try filesOpen() > 0)
    #expect(try kept?.step() == true)
    kept = nil
    #expect(try filesOpen() == 0)
  }

  @Test func `errors name the statement but no value`() throws {
    let database = try Connection(path: file.path)
    try database.execute("CREATE TABLE t(k TEXT PRIMARY KEY) STRICT")
    try database.run("INSERT INTO t VALUES(?)", "hush-hush")
    let error = #expect(throws: SQLiteError.self) {
      try database.run("INSERT INTO t VALUES(?)", "hush-hush")
    }
    #expect(error?.kind == .constraint)
    #expect(error?.statement == "INSERT INTO t VALUES(?)")
    #expect(error?.description.contains("hush") == false)
    #expect(error?.message == "UNIQUE constraint failed: t.k")
  }

  @Test func `a file of another program is refused`() throws {
    do {
      let other = try Connection(path: file.path)
      try other.execute("CREATE TABLE t(x)")
    }
    var options = Connection.Options()
    options.applicationID = 77
    let error = #expect(throws: SQLiteError.self) {
      _ = try Connection(path: file.path, options: options)
    }
    #expect(error?.kind == .notADatabase)
  }

  @Test func `a file that is no database is refused`() throws {
    let bytes = [UInt8](repeating: 0x41, count: 8192)
    let descriptor = unsafe open(file.path, O_CREAT | O_WRONLY, 0o600)
    _ = unsafe bytes.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
    close(descriptor)
    let error = #expect(throws: SQLiteError.self) { _ = try Connection(path: file.path) }
    #expect(error?.kind == .notADatabase)
  }

  @Test func `a missing file can't be opened for reading`() {
    var options = Connection.Options()
    options.access = .readOnly
    let error = #expect(throws: SQLiteError.self) {
      _ = try Connection(path: file.path, options: options)
    }
    #expect(error?.kind == .cannotOpen)
    #expect(error?.message.contains(file.path) == true)
  }

  @Test func `a cached statement can be used inside its own loop`() throws {
    let database = try Connection(path: file.path)
    try database.execute("CREATE TABLE t(x INTEGER)")
    for x in 1...3 { try database.run("INSERT INTO t VALUES(?)", x) }
    var pairs = 0
    try database.each("SELECT x FROM t") { _ in
      try database.each("SELECT x FROM t") { _ in pairs += 1 }
    }
    #expect(pairs == 9)
  }

  @Test func `an interrupted statement stops and the connection lives on`() throws {
    let database = try Connection(path: file.path)
    let interrupter = database.interrupter
    let endless = "WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i + 1 FROM n) SELECT i FROM n"
    let error = #expect(throws: SQLiteError.self) {
      try database.each(endless) { row in if row.int(0) == 1_000 { interrupter.interrupt() } }
    }
    #expect(error?.kind == .interrupted)
    #expect(try database.integer("SELECT 1") == 1)
  }

  @Test func `a second writer is told that the file is busy`() throws {
    var options = Connection.Options()
    options.busyTimeoutMilliseconds = 1
    let one = try Connection(path: file.path, options: options)
    let two = try Connection(path: file.path, options: options)
    try one.execute("CREATE TABLE t(x)")
    let error = #expect(throws: SQLiteError.self) {
      try one.transaction { try two.transaction {} }
    }
    #expect(error?.kind == .busy)
    #expect(!one.isInTransaction)
  }
}
