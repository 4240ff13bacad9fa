import Foundation
import Testing

/// The conflict log beside the store: complete whatever happens to the file, and without e-mails.
@Suite(.serialized) struct ConflictLogTests {
  /// A shop with contested groups, and one pair of different customers whose e-mails differ.
  private func shop() async throws -> Shop {
    let shop = try await Shop(
      resets: (1...12).map {
        Shop.Reset(
          id: "reset\($0)", email: "anna\($0)@example.com", reference: "K\($0)",
          metadata: #"{"group":"vip bob@example.org"}"#)
      })
    let mapping = Shop.mapping.replacing(
      "\"fields\":",
      with: #""verify": [{"column": "NOTE", "attribute": "customer_email"}], "fields":"#)
    try shop.write(mapping, to: "Mappings/erp.json")
    try shop.deliver(
      "20261120.csv",
      (1...11).map { "K\($0);retail;1;anna\($0)@example.com" } + ["K12;retail;1;eve@example.net"])
    return shop
  }

  private func log(_ shop: Shop, _ name: String = "") throws -> Data {
    try Data(contentsOf: URL(filePath: shop.folder + "/var/conflicts.ndjson" + name))
  }

  private func replace(_ shop: Shop, with data: Data?) throws {
    let url = URL(filePath: shop.folder + "/var/conflicts.ndjson")
    if let data { try data.write(to: url) } else { try FileManager.default.removeItem(at: url) }
  }

  @Test func `a log that lost its end, its last line's half or itself is repaired`() async throws {
    let shop = try await shop()
    for _ in 1...3 { _ = try await shop.reconcile() }
    let whole = try log(shop)
    let lines = whole.split(separator: 10, omittingEmptySubsequences: false)
    #expect(lines.count > 12)
    let halves = whole.prefix(whole.count - 40)
    let short = Data(lines.prefix(5).joined(separator: [10])) + [10]
    for damaged in [halves, short, Data(), nil] {
      try replace(shop, with: damaged)
      _ = try await shop.reconcile()
      #expect(try log(shop) == whole, "\(damaged?.count ?? -1) bytes were left")
    }
  }

  @Test func `lines lost, changed, doubled or torn in the middle are mended from the store`()
    async throws
  {
    let shop = try await shop()
    for _ in 1...3 { _ = try await shop.reconcile() }
    let whole = try log(shop)
    let lines = whole.split(separator: 10).map { Data($0) }
    var gap = lines
    gap.removeSubrange(4...6)
    var changed = lines
    changed[5] = Data(
      String(decoding: lines[5], as: UTF8.self)
        .replacing("\"severity\":\"high\"", with: "\"severity\":\"low\"").utf8)
    #expect(changed[5] != lines[5])
    var torn = lines
    torn[7] = lines[7].prefix(20)
    let doubled = Array(lines[..<3]) + [lines[2]] + Array(lines[3...])
    for damaged in [gap, changed, torn, doubled, Array(lines.dropFirst()), lines.reversed()] {
      try replace(shop, with: Data(damaged.joined(separator: [10])) + [10])
      let run = try await shop.reconcile()
      #expect(try log(shop) == whole, "\(damaged.count) of \(lines.count) lines were left")
      #expect(run.errors.contains("conflict log"), "\(run.errors)")
    }
    let quiet = try await shop.reconcile()
    #expect(try log(shop) == whole && !quiet.errors.contains("conflict log"))
    #expect(try await shop.program.run(["verify"]).exit == 0)
  }

  @Test func `what a person does stands in the log at once`() async throws {
    let shop = try await shop()
    _ = try await shop.reconcile()
    let listed = try await shop.json(["conflicts", "--kind", "conflict"]).document
    let ids = try #require(listed as? [[String: Any]]).compactMap { $0["id"] as? String }
    let steps: [(words: [String], says: String)] = [
      (["comment", ids[0], "--text", "a question"], "a question"),
      (["snooze", ids[0], "--for", "2d"], "\"snoozed\""),
      (["reopen", ids[0]], "\"previous_state\":\"snoozed\""),
      (["assign", ids[0], ids[1], "--to", "ann"], "to ann"),
      (
        ["resolve", ids[0], ids[1], "--current", "--take", "source", "--reason", "so be it"],
        "so be it"
      ),
    ]
    for step in steps {
      let before = try log(shop)
      // The second time the file was damaged before.
      try replace(shop, with: before.prefix(before.count / 2))
      let outcome = try await shop.program.run(["conflicts"] + step.words)
      #expect(outcome.exit == 0, "\(outcome.errors)")
      let after = try log(shop)
      #expect(after.starts(with: before) && after.count > before.count)
      let added = String(decoding: after.dropFirst(before.count), as: UTF8.self)
      #expect(added.contains(step.says), "\(added)")
      #expect(added.count { $0 == "\n" } == step.words.count { ids.contains($0) })
    }
  }

  @Test func `killed while it writes the log, the next command completes it`() async throws {
    let count = 400
    let shop = try await Shop(
      resets: (1...count).map {
        Shop.Reset(
          id: "reset\($0)", email: "a\($0)@example.com", reference: "K\($0)",
          metadata: #"{"group":"vip"}"#)
      })
    try shop.deliver("20261120.csv", (1...count).map { "K\($0);retail;1;n" })
    _ = try await shop.reconcile()
    let before = try log(shop)
    #expect(before.count { $0 == 10 } >= count)
    for round in 1...4 {
      let size = try log(shop).count
      let running = try shop.program.start(
        ["conflicts", "comment", "--all", "--text", "r\(round)", "--yes"])
      // It is killed when its lines begin to stand there; of the last one a piece is lost.
      while try log(shop).count == size, !running.hasEnded { await Task.yield() }
      running.signal(SIGKILL)
      _ = await running.outcome()
      try replace(shop, with: try log(shop).dropLast(7 * round))
      let next = try await shop.program.run([
        "conflicts", "comment", "--all", "--text", "s", "--yes",
      ])
      #expect(next.exit == 0, "\(next.errors)")
      let lines = try log(shop).dropFirst(before.count).split(separator: 10)
      #expect(lines.count == 2 * count * round)
      for text in ["r\(round)", "s"] {
        let said = Data("\"reason\":\"\(text)\"".utf8)
        let found = lines.filter { $0.range(of: said) != nil }
        #expect(found.count == (text == "s" ? count * round : count))
      }
      #expect(lines.allSatisfy { (try? JSONSerialization.jsonObject(with: $0)) != nil })
    }
    let after = try log(shop)
    #expect(after.starts(with: before))
  }

  @Test func `lines that were written but not noted before a crash are not written twice`()
    async throws
  {
    let shop = try await shop()
    for _ in 1...3 { _ = try await shop.reconcile() }
    let before = try log(shop)
    let listed = try await shop.json(["conflicts"]).document as? [[String: Any]]
    let id = try #require(listed?.first?["id"] as? String)
    _ = try await shop.program.run(["conflicts", "comment", id, "--text", "ask bob@example.org"])
    _ = try await shop.program.run(["backup", "var/before.sqlite"])
    _ = try await shop.reconcile()
    let after = try log(shop)
    #expect(after.count > before.count)
    // The mirror as it was before the run noted the lines; the file has them.
    let restored = try await shop.program.run(["restore", "var/before.sqlite"])
    #expect(restored.exit == 0, "\(restored.errors)")
    _ = try await shop.reconcile()
    let last = try log(shop)
    #expect(last.starts(with: after))
    let lines = last.split(separator: 10)
    #expect(Set(lines).count == lines.count)
  }

  @Test func `no e-mail stands in the log, unless the configuration asks for it`() async throws {
    let shop = try await shop()
    _ = try await shop.reconcile()
    let listed = try await shop.json(["conflicts"]).document as? [[String: Any]]
    let id = try #require(listed?.first?["id"] as? String)
    _ = try await shop.program.run(
      ["conflicts", "comment", id, "--text", "ask bob@example.org", "--by", "ann@example.org"])
    let run = try await shop.reconcile()
    let text = String(decoding: try log(shop), as: UTF8.self)
    #expect(text.contains("b•••@example.org") && text.contains("identity_mismatch"))
    for mail in ["anna", "bob@", "eve@", "ann@"] {
      #expect(!text.contains(mail), "\(mail)")
      #expect(!run.errors.contains(mail), "\(run.errors)")
    }
  }

  @Test func `the log rotates by size and no line is lost`() async throws {
    let shop = try await shop()
    let settings = try String(
      contentsOfFile: shop.folder + "/Config/resetsync.json", encoding: .utf8)
    try shop.write(
      settings.replacing("\"grace\":", with: #""log_bytes_max": 4096, "grace":"#),
      to: "Config/resetsync.json")
    for _ in 1...3 { _ = try await shop.reconcile() }
    var count = 0
    for number in 0...8 {
      guard let part = try? log(shop, number == 0 ? "" : ".\(number)") else { continue }
      #expect(part.count <= 4_096)
      count += part.count { $0 == 10 }
    }
    let listed = try await shop.json(["conflicts"]).document as? [Any]
    #expect(count >= listed?.count ?? .max && count >= 12)
    let names = try FileManager.default.contentsOfDirectory(atPath: shop.folder + "/var")
    #expect(names.contains("conflicts.ndjson.1"))
    _ = try await shop.reconcile()
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: shop.folder + "/var").count
        == names.count)
  }

  @Test func `the report of an earlier run shows what was open then`() async throws {
    let shop = try await shop()
    let first = try await shop.reconcile()
    let open = first.number("conflicts.open")
    #expect(open > 11)
    _ = try await shop.program.run(
      ["conflicts", "resolve", "--all", "--field", "group", "--take", "remote", "--yes"])
    let listed = try await shop.json(["conflicts", "--kind", "identity_mismatch"]).document
    let kept = try #require((listed as? [[String: Any]])?.first?["id"] as? String)
    _ = try await shop.program.run(["conflicts", "assign", kept, "--to", "ann"])
    let second = try await shop.reconcile()
    #expect(second.number("conflicts.open") < open)
    _ = try await shop.program.run(["conflicts", "assign", kept, "--to", "bea"])

    let (_, then, _) = try await shop.json(["report", "--run", first.text("run")])
    let past = try #require(then as? [String: Any])
    #expect(past["as_of_run"] as? String == first.text("run"))
    #expect(past["open"] as? Int == open)
    let shown = try #require(past["conflicts"] as? [[String: Any]])
    #expect(shown.count == open && shown.allSatisfy { $0["state"] as? String == "open" })
    let (_, now, _) = try await shop.json(["report", "--run", second.text("run")])
    let names = try [past, #require(now as? [String: Any])].map { report in
      let all = report["conflicts"] as? [[String: Any]]
      return all?.first { $0["id"] as? String == kept }?["assignee"] as? String
    }
    #expect(names == [nil, "ann"])
    let delta = (now as? [String: Any])?["since_last_report"] as? [String: Any]
    #expect(delta?["gone_count"] as? Int == open - second.number("conflicts.open"))
    #expect(delta?["new_count"] as? Int == 0)
  }
}
