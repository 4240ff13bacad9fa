import SQLite
import Testing

struct MigratorTests {
  let file = TemporaryFile()
  let one = SchemaStep(version: 1, sql: "CREATE TABLE a(x)")
  let two = SchemaStep(version: 2, sql: "CREATE TABLE b(x); INSERT INTO b SELECT x FROM a")

  @Test func `steps run once and in order`() throws {
    let database = try Connection(path: file.path)
    let first = try Migrator([one]).migrate(database) { _ in Issue.record("nothing to save yet") }
    #expect(first == (0, 1))
    try database.run("INSERT INTO a VALUES(7)")
    var saved: [Int] = []
    let second = try Migrator([one, two]).migrate(database) { saved.append($0) }
    #expect(second == (1, 2))
    #expect(saved == [1])
    #expect(try Migrator([one, two]).migrate(database) == (2, 2))
    #expect(try database.integer("SELECT x FROM b") == 7)
  }

  @Test func `a newer database is refused and left alone`() throws {
    let database = try Connection(path: file.path)
    try Migrator([one, two]).migrate(database)
    let error = #expect(throws: SQLiteError.self) { try Migrator([one]).migrate(database) }
    #expect(error?.kind == .newerSchema)
    #expect(try Migrator([one]).version(of: database) == 2)
  }

  @Test func `a failing step undoes all of them`() throws {
    let database = try Connection(path: file.path)
    let broken = SchemaStep(version: 2, sql: "CREATE TABLE b(x); CREATE TABLE a(x)")
    #expect(throws: SQLiteError.self) { try Migrator([one, broken]).migrate(database) }
    #expect(try database.integer("SELECT count(*) FROM sqlite_schema") == 0)
    #expect(try Migrator([one]).version(of: database) == 0)
  }
}
