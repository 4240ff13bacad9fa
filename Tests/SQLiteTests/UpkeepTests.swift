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
