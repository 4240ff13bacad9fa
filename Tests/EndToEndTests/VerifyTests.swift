import Foundation
import Testing

/// `verify` beside somebody who writes into the mirror with another program.
@Suite(.serialized) struct VerifyTests {
  /// What somebody does to the journal behind our back, with another program.
  private static let tampering = [
    "UPDATE journal SET payload = replace(payload, 'retail', 'wholesale') WHERE seq = "
      + "(SELECT min(seq) FROM journal WHERE payload LIKE '%retail%')",
    "UPDATE journal SET time = time + 1 WHERE seq = 2",
    "DELETE FROM journal WHERE seq = 3",
    "DELETE FROM journal WHERE seq = (SELECT max(seq) FROM journal)",
    "UPDATE journal SET seq = -seq WHERE seq IN (3, 4); "
      + "UPDATE journal SET seq = CASE seq WHEN -3 THEN 4 ELSE 3 END WHERE seq < 0",
    "INSERT INTO journal SELECT (SELECT max(seq) FROM journal) + 1, time, run, kind, mapping, "
      + "subject, payload, seal FROM journal WHERE seq = 2",
  ]

  @Test(
    .enabled(
      if: FileManager.default.isExecutableFile(atPath: "/usr/bin/python3"), "needs python3"))
  func `verify finds an entry of the journal that was changed, removed, moved or added`()
    async throws
  {
    let shop = try await Shop(resets: [
      Shop.Reset(id: "one", email: "one@example.com", reference: "K1")
    ])
    try shop.deliver("20261120.csv", ["K1;retail;1;n"])
    _ = try await shop.reconcile()
    #expect(try await shop.program.run(["verify"]).exit == 0)
    let path = shop.folder + "/var/mirror.sqlite"
    let whole = try Data(contentsOf: URL(filePath: path))
    let python = Program(directory: shop.folder, executable: URL(filePath: "/usr/bin/python3"))
    for statement in Self.tampering {
      let outcome = try await python.run([
        "-c",
        """
        import sqlite3, sys
        base = sqlite3.connect(sys.argv[1])
        for name in ("journal_stays", "journal_keeps"): base.execute("DROP TRIGGER " + name)
        base.executescript(sys.argv[2])
        assert base.total_changes > 0
        base.close()
        """, path, statement,
      ])
      #expect(outcome.exit == 0, "\(outcome.errors)")
      let verified = try await shop.program.run(["verify"])
      #expect(verified.exit == 7 && verified.output.contains("journal"), "\(statement)")
      #expect(verified.errors.contains("restore"))
      for suffix in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) }
      try whole.write(to: URL(filePath: path))
    }
    #expect(try await shop.program.run(["verify"]).exit == 0)
  }
}
