import Formats
import MirrorKit
import SQLite
import Testing

@testable import Mirror

struct JournalTests {
  private func filled(_ count: Int) async throws -> MirrorBench {
    let bench = try MirrorBench()
    let entries = (1...count).map { number in
      JournalEntry(
        kind: number.isMultiple(of: 2) ? "even" : "odd", mapping: "erp",
        subject: "s\(number % 3)", payload: ["n": .int(number)])
    }
    for (number, entry) in entries.enumerated() {
      try await bench.mirror.journal([entry], run: "r\(number % 4)", at: bench.now)
    }
    return bench
  }

  private func numbers(_ lines: [JournalLine]) -> [Int] {
    lines.compactMap { $0.entry.payload["n"]?.int }
  }

  @Test func `lines are told by subject, run and kind, the newest ones in order`() async throws {
    let bench = try await filled(12)
    let mirror = bench.mirror
    #expect(numbers(try await mirror.journalLines()) == Array(1...12))
    #expect(numbers(try await mirror.journalLines(limit: 3)) == [10, 11, 12])
    #expect(numbers(try await mirror.journalLines(subject: "s1")) == [1, 4, 7, 10])
    #expect(numbers(try await mirror.journalLines(run: "r0")) == [1, 5, 9])
    #expect(numbers(try await mirror.journalLines(kind: "even", limit: 2)) == [10, 12])
    #expect(numbers(try await mirror.journalLines(subject: "s1", run: "r0", kind: "odd")) == [1])
    #expect(try await mirror.journalLines(subject: "s1' OR 1").isEmpty)
  }

  @Test func `a transaction that fails leaves no line and no gap`() async throws {
    let bench = try await filled(2)
    try Connection(path: bench.path).execute(
      """
      CREATE TRIGGER no BEFORE INSERT ON journal WHEN new.kind = 'no'
      BEGIN SELECT RAISE(ABORT, 'no'); END
      """)
    await #expect(throws: MirrorError.self) {
      try await bench.mirror.journal(
        [JournalEntry(kind: "yes"), JournalEntry(kind: "no")], run: "r", at: bench.now)
    }
    try await bench.mirror.journal([JournalEntry(kind: "after")], run: "r", at: bench.now)
    let lines = try await bench.mirror.journalLines()
    #expect(lines.map(\.entry.kind) == ["odd", "even", "after"])
    #expect(lines.map(\.sequence) == [1, 2, 3])
    #expect(try await bench.mirror.verify().isEmpty)
  }

  @Test func `the chain goes on in the next process`() async throws {
    let bench = try await filled(3)
    let next = try Mirror.open(path: bench.path)
    try await next.journal([JournalEntry(kind: "next")], run: "r", at: bench.now)
    #expect(try await next.journalLines().map(\.sequence) == [1, 2, 3, 4])
    #expect(try await next.verify().isEmpty)
  }

  /// Every member of every line is under the seal: whichever is changed, it shows.
  @Test(
    arguments: [
      "time = time + 1", "run = 'x'", "kind = kind || 'x'", "mapping = ''", "subject = 'x'",
      "payload = '{\"n\":2.0}'", "seal = zeroblob(32)", "seq = seq + 100",
    ])
  func `a changed member shows`(change: String) async throws {
    let bench = try await filled(5)
    try Connection(path: bench.path).execute(
      "DROP TRIGGER journal_stays; UPDATE journal SET \(change) WHERE seq = 2")
    let flaws = try await bench.mirror.verify()
    #expect(flaws.map(\.check) == ["journal"], "\(flaws)")
  }

  @Test func `what would run together is told apart`() async throws {
    func seal(_ run: String, _ kind: String) -> [UInt8] {
      Mirror.seal(after: [], 1, 0, run, kind, "", "", "{}")
    }
    #expect(seal("ab", "c") != seal("a", "bc"))
    #expect(seal("1:a", "") != seal("", "1:a"))
    #expect(seal("", "") == seal("", ""))
  }

  @Test func `retention may take everything but the last line, twice`() async throws {
    let bench = try await filled(4)
    var retention = Retention()
    retention.journalBefore = bench.now.adding(seconds: 86_400)
    for _ in 0..<2 {
      bench.now = bench.now.adding(seconds: 2 * 86_400)
      retention.journalBefore = bench.now
      _ = try await bench.mirror.retain(retention, at: bench.now)
      #expect(try await bench.mirror.verify().isEmpty)
    }
    let lines = try await bench.mirror.journalLines()
    #expect(lines.map(\.entry.kind) == ["retention", "retention"])
    // Numbers go on: what was dropped is not told of as what came later.
    #expect(try #require(lines.first).sequence > 4)
  }

  @Test func `a payload comes back as it was put`() async throws {
    let bench = try MirrorBench()
    let payload = try JSONValue(
      parsing: #"{"z":1.0,"a":[null,"\u0001é"],"big":12345678901234567890}"#)
    try await bench.mirror.journal(
      [JournalEntry(kind: "k", payload: payload)], run: "", at: bench.now)
    let line = try #require(try await bench.mirror.journalLines().first)
    #expect(line.entry.payload.written() == payload.written())
    #expect(line.run.isEmpty && line.entry.mapping.isEmpty && line.time == bench.now)
  }
}
