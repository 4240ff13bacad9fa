import Foundation
import SQLite
import Testing

struct UpkeepTests {
  let file = TemporaryFile()

  @Test func `a backup is one whole file of its own`() throws {
    let database = try Connection(path: file.path)
    try database.execute("CREATE TABLE t(x, filler)")
    for x in 1...500 { try database.run("INSERT INTO t VALUES(?, zeroblob(1000))", x) }
    let copy = file.folder + "/copy.sqlite"
    var steps = 0
    try database.backUp(to: copy, pagesPerStep: 10) { done, all in
      steps += 1
      #expect(done <= all)
    }
    #expect(steps > 5)
    let other = try Connection(path: copy)
    #expect(try other.integer("SELECT count(*) FROM t") == 500)
    #expect(try other.integrityProblems().isEmpty)
    #expect(try database.sizeBytes > 500_000)
  }

  @Test func `a dangling reference is found`() throws {
    let database = try Connection(path: file.path)
    try database.execute(
      "CREATE TABLE p(id INTEGER PRIMARY KEY); CREATE TABLE c(p INTEGER REFERENCES p(id))")
    #expect(throws: SQLiteError.self) { try database.run("INSERT INTO c VALUES(9)") }
    #expect(try database.foreignKeyProblems().isEmpty)
    try database.execute("PRAGMA foreign_keys = OFF")
    try database.run("INSERT INTO c VALUES(9)")
    #expect(try database.foreignKeyProblems() == ["c row 1 → p"])
  }

  @Test func `what is sorted goes to the database's folder, and leaves nothing there`() throws {
    var options = Connection.Options()
    options.cacheKibibytes = 4_321
    let database = try Connection(path: file.path, options: options)
    try database.execute("CREATE TABLE t(x INTEGER PRIMARY KEY, y TEXT)")
    try database.execute(
      """
      WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)
      INSERT INTO t SELECT i, hex(i * 7919 % 5000) || hex(zeroblob(200)) FROM n
      """)
    let before = try FileManager.default.contentsOfDirectory(atPath: file.folder).sorted()
    try database.sort(.inFiles)
    #expect(try database.integer("PRAGMA temp_store") == 1)
    let folder = try database.first("PRAGMA temp_store_directory") { $0.text(0) }
    #expect(folder == file.folder + "/")
    try database.execute("BEGIN")
    try database.withCache(kibibytes: 64) {
      #expect(try database.integer("PRAGMA cache_size") == -64)
      try database.execute("CREATE INDEX t_y ON t(y)")
    }
    try database.execute("COMMIT")
    try database.sort(.inMemory)
    #expect(try FileManager.default.contentsOfDirectory(atPath: file.folder).sorted() == before)
    #expect(try database.integer("PRAGMA cache_size") == -4_321)
    #expect(try database.integer("PRAGMA temp_store") == 2)
    #expect(try database.integrityProblems().isEmpty)
  }
}

private actor Owner {
  private let executor = DatabaseExecutor(label: "test")
  nonisolated var unownedExecutor: UnownedSerialExecutor {
    unsafe executor.asUnownedSerialExecutor()
  }
  private var count = 0

  func increment() -> Int {
    executor.checkIsolated()
    count += 1
    return count
  }
}

struct DatabaseExecutorTests {
  @Test func `jobs run one after the other`() async {
    let owner = Owner()
    let results = await withTaskGroup(of: Int.self) { group in
      for _ in 0..<100 { group.addTask { await owner.increment() } }
      return await group.reduce(into: Set<Int>()) { $0.insert($1) }
    }
    #expect(results == Set(1...100))
  }
}
