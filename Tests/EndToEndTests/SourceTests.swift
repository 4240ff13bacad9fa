import Foundation
import Testing

/// Folders that are gone, sources that never delivered, files with odd names: through the program.
@Suite(.serialized) struct SourceTests {
  private static let resets = [
    Shop.Reset(id: "one", email: "one@example.com", reference: "K1"),
    Shop.Reset(id: "two", email: "two@example.com", reference: "K2"),
  ]

  private static func source(_ summary: Summary) -> [String: Any]? {
    (summary.members["sources"] as? [[String: Any]])?.first
  }

  @Test func `of a source that never delivered no absence is concluded`() async throws {
    let shop = try await Shop(resets: Self.resets)
    for _ in 1...2 {
      let run = try await shop.reconcile()
      #expect(run.exit == 5 && run.errors.contains("has never delivered"), "\(run.errors)")
      #expect(run.situations == ["remote_only": 2] && run.number("conflicts.open") == 0)
    }
    let status = try await shop.program.run(["status"]).output
    #expect(status.contains("▲ has never delivered"), "\(status)")
    // Its first export says what it lacks: all keys are looked at again.
    try shop.deliver("20261120.csv", ["K1;retail;1;n"])
    let first = try await shop.reconcile()
    #expect(first.situations == ["update": 1, "remote_only": 1], "\(first.members)")
    #expect(first.number("conflicts.open") == 1, "\(first.errors)")
  }

  @Test func `a folder that is gone is told everywhere until it is back`() async throws {
    let shop = try await Shop(resets: Self.resets)
    try shop.deliver("20261120.csv", ["K1;retail;1;n", "K2;retail;2;n"])
    #expect(try await shop.reconcile().exit == 0)
    let (folder, away) = (shop.folder + "/exports", shop.folder + "/unmounted")
    try FileManager.default.moveItem(atPath: folder, toPath: away)
    try await shop.edit("one", #"{"metadata": {"group": "somebody else"}}"#)

    let lost = try await shop.reconcile()
    #expect(lost.exit == 5 && lost.text("result") == "input_not_trusted")
    #expect(Self.source(lost)?["state"] as? String == "unreachable")
    #expect((Self.source(lost)?["reason"] as? String)?.hasPrefix("no folder") == true)
    // Pull and push go on, and what stands is not gone.
    #expect(lost.number("pull.requests") > 0 && lost.situations["source_deleted"] == nil)
    let imported = try await shop.program.run(["import"])
    #expect(imported.exit == 5 && imported.output.contains("source is unreachable: no folder"))
    let status = try await shop.program.run(["status"])
    #expect(status.output.contains("▲ unreachable"), "\(status.output)")
    let (_, document, _) = try await shop.json(["status"])
    let source = ((document as? [String: Any])?["sources"] as? [[String: Any]])?.first
    #expect(source?["state"] as? String == "unreachable")
    let report = try await shop.program.run(["report", "--format", "text"])
    #expect(report.output.contains("ERP is unreachable"), "\(report.output)")
    let page = try await shop.program.run(["report", "--format", "html", "--out", "report.html"])
    #expect(page.exit == 0)
    let html = try String(contentsOfFile: shop.folder + "/report.html", encoding: .utf8)
    #expect(html.contains("▲ unreachable"))

    try FileManager.default.moveItem(atPath: away, toPath: folder)
    let back = try await shop.reconcile()
    #expect(back.exit == 0 && Self.source(back)?["state"] as? String == "reachable")
    let calm = try await shop.program.run(["status"])
    #expect(!calm.output.contains("unreachable"), "\(calm.output)")
    let verified = try await shop.program.run(["verify"])
    #expect(verified.exit == 0, "\(verified.errors)")
  }

  @Test(arguments: ["../gone/*.csv", "../gone/*/x.csv", "../gone/x.csv", "../seed.json/*.csv"])
  func `a path whose folder is not there is unreachable`(_ path: String) async throws {
    let shop = try await Shop(resets: Self.resets)
    try shop.write(Shop.mapping.replacing("../exports/*.csv", with: path), to: "Mappings/erp.json")
    let run = try await shop.reconcile()
    #expect(run.exit == 5 && Self.source(run)?["state"] as? String == "unreachable")
  }

  @Test func `a source that never delivered is said, an empty folder later is normal`()
    async throws
  {
    let shop = try await Shop(resets: Self.resets)
    let never = try await shop.program.run(["import"])
    #expect(never.exit == 5 && never.output.contains("never delivered"), "\(never.output)")
    try shop.deliver("20261120.csv", ["K1;retail;1;n", "K2;retail;2;n"])
    #expect(try await shop.reconcile().exit == 0)
    try FileManager.default.removeItem(atPath: shop.folder + "/exports/20261120.csv")
    let empty = try await shop.program.run(["import"])
    #expect(empty.exit == 0 && empty.output.contains("no file lies at"), "\(empty.output)")
  }

  /// A shell writes the names, since they are no text.
  private static func make(_ script: String, in shop: Shop) throws {
    let shell = Process()
    shell.executableURL = URL(filePath: "/bin/bash")
    shell.arguments = ["-c", script]
    shell.currentDirectoryURL = URL(filePath: shop.folder + "/exports")
    try shell.run()
    shell.waitUntilExit()
    #expect(shell.terminationStatus == 0)
  }

  @Test(arguments: [#"K\xfcnden.csv"#, #"\xff\xfe.csv"#, #"\xe2\x82x\n.csv"#, #"-rf.csv"#])
  func `a name of any bytes is read`(_ name: String) async throws {
    let shop = try await Shop(resets: Self.resets)
    try Self.make(
      #"printf 'ID;GROUP;LIMIT;NOTE\nK1;gold;1;n\nK2;gold;2;n\n' > ./$'\#(name)'"#, in: shop)
    let run = try await shop.reconcile()
    #expect(run.exit == 0 && run.number("push.applied") == 2, "\(run.errors)")
    let again = try await shop.reconcile()
    #expect((again.members["imports"] as? [Any])?.isEmpty == true)
    let explained = try await shop.program.run(["explain", "K1"])
    #expect(explained.exit == 0, "\(explained.errors)")
  }

  @Test func `what is passed over is told once`() async throws {
    let shop = try await Shop(resets: Self.resets)
    try shop.deliver("20261120.csv", ["K1;retail;1;n", "K2;retail;2;n"])
    try Self.make(
      "ln -s a.csv b.csv; ln -s b.csv a.csv; ln -s none c.csv; mkfifo p.csv; mkdir d.csv;"
        + "touch .hidden.csv x.csv.filepart x.csv~ x.csv.tmp", in: shop)
    let first = try await shop.reconcile()
    #expect(first.exit == 0, "\(first.errors)")
    let told = (first.members["passed_over"] as? [[String: Any]] ?? [])
      .compactMap { ($0["file"] as? String)?.split(separator: "/").last.map(String.init) }
    #expect(told.sorted() == ["a.csv", "b.csv", "x.csv.filepart", "x.csv.tmp", "x.csv~"])
    let second = try await shop.reconcile()
    #expect((second.members["passed_over"] as? [Any])?.isEmpty == true)
    try Self.make("touch y.csv.part", in: shop)
    let third = try await shop.program.run(["import"])
    #expect(third.output.contains("y.csv.part passed over"), "\(third.output)")
    #expect(!third.output.contains("x.csv"))
  }
}
