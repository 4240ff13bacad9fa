import Engine
import Formats
import Foundation
import Glibc
import MirrorKit
import Reconciliation
import SQLite
import TestKit
import Testing

@testable import Mirror

struct MirrorUpkeepTests {
  private func filled() async throws -> MirrorBench {
    let bench = try MirrorBench()
    try await bench.pull([bench.reset("a", "1", email: "ann@x.org", metadata: #"{"group":"vip"}"#)])
    try await bench.load([["1", "retail", ""], ["2", "x", ""]])
    try await bench.reconcile()
    return bench
  }

  @Test func `file and folder are private`() async throws {
    let bench = try MirrorBench()
    let path = bench.folder.path + "/deep/er/m.sqlite"
    let mirror = try Mirror.open(path: path)
    try await mirror.bind(organization: "a", mode: "test")
    for (name, mode) in [
      ("/deep", 0o700), ("/deep/er", 0o700), ("/deep/er/m.sqlite", 0o600),
      ("/deep/er/m.sqlite-wal", 0o600),
    ] {
      var facts = stat()
      unsafe stat(bench.folder.path + name, &facts)
      #expect(Int(facts.st_mode & 0o777) == mode, "\(name)")
    }
  }

  @Test func `a newer schema is refused and left alone`() throws {
    let bench = try MirrorBench()
    try Connection(path: bench.path).execute("PRAGMA user_version = 99")
    let error = #expect(throws: MirrorError.self) { try Mirror.open(path: bench.path) }
    #expect(error?.kind == .newerSchema)
    #expect(try Connection(path: bench.path).integer("PRAGMA user_version") == 99)
  }

  @Test func `a foreign or damaged file is refused`() throws {
    let bench = try MirrorBench()
    let other = bench.folder.path + "/other.sqlite"
    try Connection(path: other).execute("CREATE TABLE t(x)")
    let broken = try bench.folder.write(String(repeating: "junk ", count: 2_000), to: "broken")
    for path in [other, broken] {
      let error = #expect(throws: MirrorError.self) { try Mirror.open(path: path) }
      #expect(error?.kind == .corrupt)
    }
  }

  @Test func `a changed, removed or cut off journal entry is found`() async throws {
    let attacks = [
      "UPDATE journal SET payload = '{}' WHERE seq = 2",
      "DELETE FROM journal WHERE seq = 2",
      "DELETE FROM journal WHERE seq = (SELECT max(seq) FROM journal)",
      "DELETE FROM journal WHERE seq > 1",
      "DELETE FROM journal WHERE seq = (SELECT min(seq) FROM journal)",
      "DELETE FROM journal",
      "UPDATE journal SET seq = -seq WHERE seq IN (2, 3); "
        + "UPDATE journal SET seq = CASE seq WHEN -2 THEN 3 ELSE 2 END WHERE seq < 0",
      "UPDATE journal SET time = time + 1 WHERE seq = 3",
      "UPDATE journal SET run = 'r9', kind = kind WHERE seq = 3",
      "UPDATE journal SET seal = zeroblob(32) WHERE seq = (SELECT max(seq) FROM journal)",
      "INSERT INTO journal SELECT seq + 1, time, run, kind, mapping, subject, payload, seal "
        + "FROM journal ORDER BY seq DESC LIMIT 1",
      "UPDATE journal_anchor SET seq = 1; DELETE FROM journal WHERE seq = 1",
    ]
    for attack in attacks {
      let bench = try await filled()
      for step in 1...3 {
        try await bench.mirror.journal(
          [JournalEntry(kind: "k\(step)", payload: ["n": .int(step)])], run: "r", at: bench.now)
      }
      #expect(try await bench.mirror.verify().isEmpty)
      let raw = try Connection(path: bench.path)
      // Triggers refuse what changes or deletes entries; whoever removes them is found out.
      if attack.hasPrefix("UPDATE journal SET") || attack.hasPrefix("DELETE") {
        #expect(throws: SQLiteError.self, "\(attack)") { try raw.execute(attack) }
      }
      try raw.execute("DROP TRIGGER journal_stays; DROP TRIGGER journal_keeps")
      try raw.execute(attack)
      #expect(try await bench.mirror.verify().map(\.check) == ["journal"], "\(attack)")
    }
  }

  @Test func `counts that don't add up are found`() async throws {
    let bench = try await filled()
    try Connection(path: bench.path).execute("UPDATE situation_counts SET items = items + 1")
    #expect(Set(try await bench.mirror.verify().map(\.check)) == ["items"])
  }

  @Test func `a link without its reset is found`() async throws {
    let bench = try await filled()
    try Connection(path: bench.path).execute(
      """
      INSERT INTO links(reset, mapping, origin, key, state, made_by, made_at, base)
      VALUES(77, 1, 1, 'x', 'closed', 'match', 0, '{}')
      """)
    #expect(Set(try await bench.mirror.verify().map(\.check)) == ["references"])
  }

  @Test func `a backup can be restored, and asks for approval`() async throws {
    let bench = try await filled()
    let file = bench.folder.path + "/copy.sqlite"
    try await bench.mirror.backUp(to: file)
    #expect(try await Mirror.check(backup: file).isEmpty)
    try await bench.pull([bench.reset("later", "7")])
    let path = bench.folder.path + "/restored.sqlite"
    try await Mirror.restore(from: file, to: path, by: "ann", at: bench.now)
    let restored = try Mirror.open(path: path)
    #expect(try await restored.remoteState().resets == 1)
    #expect(try await restored.conflicts().count == 1)
    #expect(try await restored.verify().isEmpty)
    #expect(try await restored.mappingFacts(book: bench.book)["erp"]?.wasRestored == true)
    #expect(try await restored.remoteState().watermark == nil)
  }

  @Test func `a restore forgets what was under way, and holds until a full pull ended`()
    async throws
  {
    let bench = try MirrorBench()
    try await bench.pull([bench.reset("a", "1")])
    try await bench.load([["1", "retail", ""]])
    try await bench.mirror.approve(digest: "d", by: "ann", at: bench.now)
    try await bench.reconcile()
    #expect(try await bench.mirror.updateCounts()[.pending] == 1)
    let file = bench.folder.path + "/copy.sqlite"
    try await bench.mirror.backUp(to: file)
    bench.mirror = try await {
      let path = bench.folder.path + "/restored.sqlite"
      try await Mirror.restore(from: file, to: path, by: "ann", at: bench.now)
      return try Mirror.open(path: path)
    }()
    #expect(try await bench.mirror.updateCounts().values.allSatisfy { $0 == 0 })
    #expect(try await bench.mirror.approvals(at: bench.now).plans.isEmpty)
    #expect(try await bench.mirror.remoteState().fullyPulledAt == nil)
    func isHeld() async throws -> Bool? {
      try await bench.mirror.mappingFacts(book: bench.book)["erp"]?.wasRestored
    }
    try await bench.reconcile(sends: false)
    #expect(try await isHeld() == true)
    // Free to go, but made from the resets of the past.
    try await bench.reconcile()
    #expect(try await isHeld() == true)
    try await bench.mirror.notePull(full: true, recordCount: 1, at: bench.now)
    try await bench.reconcile()
    #expect(try await isHeld() == false)
  }

  @Test func `a first run stays the first until both sides were seen`() async throws {
    let bench = try MirrorBench()
    func isFirst() async throws -> Bool? {
      try await bench.mirror.mappingFacts(book: bench.book)["erp"]?.isFirstRun
    }
    try await bench.reconcile()
    #expect(try await isFirst() == true)
    try await bench.load([["1", "retail", ""]])
    try await bench.reconcile()
    #expect(try await isFirst() == true)
    try await bench.mirror.notePull(full: true, recordCount: 0, at: bench.now)
    try await bench.reconcile()
    #expect(try await isFirst() == false)
  }

  @Test func `an unsound backup is not restored`() async throws {
    let bench = try await filled()
    let file = bench.folder.path + "/copy.sqlite"
    try await bench.mirror.backUp(to: file)
    let raw = try Connection(path: file)
    try raw.execute("UPDATE link_counts SET links = 5; PRAGMA wal_checkpoint(TRUNCATE)")
    await #expect(throws: MirrorError.self) {
      try await Mirror.restore(from: file, to: bench.path, by: "ann", at: bench.now)
    }
    #expect(try await bench.mirror.remoteState().resets == 1)
  }

  @Test func `retention keeps the journal provable`() async throws {
    let bench = try await filled()
    let old = bench.now
    for step in 1...5 {
      bench.now = bench.now.adding(seconds: 86_400)
      try await bench.mirror.journal([JournalEntry(kind: "k\(step)")], run: "r", at: bench.now)
    }
    var retention = Retention()
    retention.journalBefore = old.adding(seconds: 3 * 86_400)
    let tally = try await bench.mirror.retain(retention, at: bench.now)
    #expect(tally.journalEntries > 2)
    #expect(try await bench.mirror.verify().isEmpty)
    #expect(
      try await bench.mirror.journalLines().map(\.entry.kind) == ["k3", "k4", "k5", "retention"])
  }

  @Test func `e-mails of finished resets become keyed hashes and don't come back`() async throws {
    let bench = try MirrorBench()
    var done = bench.reset("a", "1", email: "Ann@x.org", updatedAt: "2026-01-01T00:00:00Z")
    done.resetPasswordAt = "2026-01-01T00:00:00Z"
    let waiting = bench.reset("b", "2", email: "bob@x.org", updatedAt: "2026-01-01T00:00:00Z")
    try await bench.pull([done, waiting])
    var retention = Retention()
    retention.emailBefore = bench.now
    #expect(
      try await bench.mirror.retain(retention, emailKey: [1, 2], at: bench.now).emails == 1)
    #expect(try await bench.pull([done, waiting]).changed == 0)
    #expect(try await bench.mirror.reset("a").customerEmail == nil)
    #expect(try await bench.mirror.reset("b").customerEmail == "bob@x.org")
    let hash = try bench.look {
      try $0.first("SELECT email_hash FROM resets WHERE reset_id = 'a'") { $0.text(0) }
    }
    #expect(hash == Hex.encode(HMACSHA256.code(of: Array("ann@x.org".utf8), key: [1, 2])))
  }

  private static let verifying = MirrorBench.rules.replacing(
    "\"correlate\":",
    with: """
      "verify": [{"column": "MAIL", "attribute": "customer_email", "compare": "case_insensitive"}],
      "correlate":
      """)

  private func finished(
    _ bench: MirrorBench, _ id: String, _ reference: String, email: String
  ) -> ResetRow {
    var row = bench.reset(
      id, reference, email: email, metadata: #"{"group":"g","limit":"\#(reference)"}"#,
      updatedAt: "2026-01-01T00:00:00Z")
    row.resetPasswordAt = "2026-01-01T00:00:00Z"
    return row
  }

  private func retain(_ bench: MirrorBench, key: [UInt8] = [1, 2]) async throws -> RetentionTally {
    var retention = Retention()
    retention.emailBefore = bench.now
    return try await bench.mirror.retain(
      retention, emailKey: key, mappings: bench.book.mappings, at: bench.now)
  }

  /// Whether the bytes of the mirror's files hold a text.
  private func holds(_ bench: MirrorBench, _ text: String) throws -> Bool {
    try ["", "-wal"].contains { suffix in
      try bench.folder.read("mirror.sqlite\(suffix)").contains(text)
    }
  }

  @Test func `an e-mail goes from all places, and identity is still checked by its hash`()
    async throws
  {
    let bench = try MirrorBench(rules: Self.verifying)
    let rows = [
      ["1", "g", "1", "Ann@x.org"], ["2", "g", "2", "bob@x.org"], ["3", "g", "3", "cat@x.org"],
    ]
    let waiting = bench.reset(
      "b", "2", email: "bob@x.org", metadata: #"{"group":"g","limit":"2"}"#)
    let resets = [
      finished(bench, "a", "1", email: "ann@x.org"), waiting,
      finished(bench, "c", "3", email: "eve@y.org"),
    ]
    try await bench.pull(resets)
    try await bench.load(rows)
    try await bench.reconcile()
    _ = try await bench.push()
    // While a person is asked about it, the e-mails of the third stay.
    #expect(try await retain(bench).emails == 1)
    #expect(try !holds(bench, "ann@x.org") && !holds(bench, "Ann@x.org"))
    #expect(try holds(bench, "bob@x.org") && holds(bench, "cat@x.org") && holds(bench, "eve@y.org"))
    let open = try #require(try await bench.mirror.conflicts().first)
    #expect(open.kind == .identityMismatch)
    let act = Act(by: "p", at: bench.now, reason: "eve@y.org married")
    #expect(try await bench.mirror.decide(open.id, take: .link(resetID: "c"), act: act) == .decided)
    try await bench.reconcile()
    _ = try await bench.push()
    #expect(try await bench.mirror.conflict(id: open.id).state == .closed)
    #expect(try await retain(bench).emails == 1)
    for text in ["cat@x.org", "ann@x.org"] { #expect(try !holds(bench, text), "\(text)") }

    // The same export and the same pull bring nothing back and move nothing.
    #expect(try await bench.load(rows).tally.unchanged == 3)
    #expect(try await bench.pull(resets).changed == 0)
    #expect(try await bench.reconcile(all: true).tally.updates == 0)
    #expect(try await bench.mirror.conflicts().isEmpty)
    #expect(try !holds(bench, "ann@x.org") && !holds(bench, "cat@x.org"))
    // A change of another column doesn't either.
    var changed = rows
    changed[0][1] = "h"
    let tally = try await bench.load(changed).tally
    #expect(tally.changed == 1 && tally.changedByColumn == ["GROUP": 1])
    #expect(try !holds(bench, "Ann@x.org"))
    try await bench.reconcile()
    #expect(try await bench.mirror.conflicts().isEmpty)
    #expect(try await bench.push() == 1)
    // Another customer under the same number is still noticed.
    changed[0][3] = "dan@x.org"
    try await bench.load(changed)
    try await bench.reconcile()
    #expect(try await bench.mirror.conflicts().map(\.kind) == [.identityMismatch])
    #expect(try !holds(bench, "dan@x.org"))
    #expect(try await bench.mirror.verify().isEmpty)
    await #expect(throws: MirrorError.self) { try await retain(bench, key: [9]) }
  }

  @Test func `a new reset finds the record of a hashed e-mail`() async throws {
    let bench = try MirrorBench()
    try await bench.pull([finished(bench, "a", "1", email: "ann@x.org")])
    try await bench.load([["1", "g", "1", "ann@x.org"]])
    try await bench.reconcile()
    #expect(try await retain(bench).emails == 1)
    #expect(try !holds(bench, "ann@x.org"))
    try await bench.pull([bench.reset("n", nil, origin: nil, email: "Ann@x.org")])
    try await bench.reconcile()
    let found = try await bench.mirror.conflicts()
    #expect(found.map(\.kind) == [.unreferenced], "\(found)")
  }

  @Test func `a full disk leaves the state as it was and recovers`() async throws {
    let bench = try await filled()
    let before = try bench.count("SELECT count(*) FROM records")
    let pages = try bench.count("PRAGMA page_count")
    try await bench.mirror.limitPages(pages + 3)
    let big = String(repeating: "x", count: 900)
    let rows = (1...2_000).map { ["\($0)", big, ""] }
    let error = await #expect(throws: MirrorError.self) { try await bench.load(rows) }
    #expect(error?.kind == .diskFull)
    #expect(try bench.count("SELECT count(*) FROM records") == before)
    #expect(try await bench.mirror.verify().isEmpty)
    try await bench.mirror.limitPages(1_000_000)
    #expect(try await bench.load(rows).tally.added == 1_998)
  }

  @Test func `a copy taken in the middle of work opens sound`() async throws {
    let bench = try await filled()
    for round in 1...5 {
      try await bench.pull([bench.reset("n\(round)", "n\(round)")])
      // What a crash leaves: the file and its log as they are on the disk at this moment.
      let path = bench.folder.path + "/crash\(round).sqlite"
      for suffix in ["", "-wal"] {
        try bench.folder.copy("mirror.sqlite\(suffix)", to: "crash\(round).sqlite\(suffix)")
      }
      let copy = try Mirror.open(path: path)
      #expect(try await copy.remoteState().resets == 1 + round)
      #expect(try await copy.verify().isEmpty)
    }
  }

  /// Closing any descriptor of a file drops all locks that the process holds on it (fcntl(2)).
  @Test func `a mirror that is opened twice keeps its locks against other processes`() async throws
  {
    let bench = try await filled()
    func holdsLock() throws -> Bool {
      var facts = stat()
      try #require(unsafe stat(bench.path, &facts) == 0)
      let locks = try String(contentsOfFile: "/proc/locks", encoding: .utf8)
      return locks.split(separator: "\n").contains {
        $0.contains("POSIX") && $0.contains(" \(getpid()) ") && $0.contains(":\(facts.st_ino) ")
      }
    }
    #expect(try holdsLock())
    let second = try Mirror.open(path: bench.path)
    #expect(try holdsLock())
    #expect(try await second.remoteState().resets == 1)
    _ = try Mirror.open(path: bench.path, access: .readOnly)
    #expect(try holdsLock())
  }

  @Test func `a reader stands beside the writer and can't write`() async throws {
    let bench = try await filled()
    let reader = try Mirror.open(path: bench.path, access: .readOnly)
    #expect(try await reader.conflicts().count == 1)
    try await bench.pull([bench.reset("z", "9")])
    #expect(try await reader.remoteState().resets == 2)
    let error = await #expect(throws: MirrorError.self) {
      try await reader.bind(organization: "x", mode: "test")
    }
    #expect(error?.kind == .cannotOpen)
  }
}
