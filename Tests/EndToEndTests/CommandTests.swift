import Foundation
import Testing

/// Commands that other scenarios only pass by: schedule, init, runs, and where secrets come from.
@Suite(.serialized) struct CommandTests {
  private func shop() async throws -> Shop {
    try await Shop(resets: [
      Shop.Reset(id: "reset1", email: "p1@example.com", reference: "K1"),
      Shop.Reset(id: "reset2", email: "p2@example.com", reference: "K2"),
    ])
  }

  @Test func `schedule tells the next times, and which part of an expression is wrong`()
    async throws
  {
    let program = Program(directory: NSTemporaryDirectory())
    // The night in which Rome's clocks go forward: 02:30 comes as the first instant after the gap.
    let options = ["--time-zone", "Europe/Rome", "--from", "2026-03-28T12:00:00Z", "--count", "2"]
    let text = try await program.run(["schedule", "30 2 * * *"] + options)
    #expect(text.exit == 0)
    #expect(text.output == "2026-03-29T03:00:00+02:00\n2026-03-30T02:30:00+02:00\n")
    let json = try await program.run(["schedule", "@every 90s", "--format", "json"] + options)
    #expect(json.output == #"["2026-03-28T13:01:30+01:00","2026-03-28T13:03:00+01:00"]"# + "\n")
    let never = try await program.run(["schedule", "0 0 30 2 *"] + options)
    #expect(never.exit == 0 && never.output.hasPrefix("never"))
    for (expression, part) in [
      ("61 * * * *", "field 1 (minute)"), ("* * *", "5 expected"), ("@dayly", "@daily"),
    ] {
      let wrong = try await program.run(["schedule", expression])
      #expect(wrong.exit == 64 && wrong.errors.contains(part), "\(wrong.errors)")
    }
    let zone = try await program.run(["schedule", "@daily", "--time-zone", "Rome"])
    #expect(zone.exit == 64 && zone.errors.contains("Europe/Rome"), "\(zone.errors)")
    #expect(try await program.run(["schedule", "@daily", "--from", "tomorrow"]).exit == 64)
  }

  @Test func `init infers a mapping that check accepts and import reads`() async throws {
    let shop = try await shop()
    let rows = (1...40).map { "K\($0);g\($0 % 3);\($0).50;\($0)@example.com" }
    try shop.write(
      (["ID;GROUP;LIMIT;MAIL"] + rows).joined(separator: "\n") + "\n", to: "customers.csv")
    let made = try await shop.program.run(["init", "fresh", "--from-export", "customers.csv"])
    #expect(made.exit == 0, "\(made.errors)")
    #expect(made.output.contains("key column ID"), "\(made.output)")
    let again = try await shop.program.run(["init", "fresh", "--from-export", "customers.csv"])
    #expect(again.exit == 64 && again.errors.contains("--force"), "\(again.errors)")
    let forced = try await shop.program.run(
      ["init", "fresh", "--from-export", "customers.csv", "--force"])
    #expect(forced.exit == 0)

    let path = "fresh/Config/resetsync.json"
    let text = try String(contentsOfFile: shop.folder + "/" + path, encoding: .utf8)
    let filled = text.replacing("https://yourdomain.commercelayer.io/api", with: shop.base)
      .replacing("\"yourdomain\"", with: "\"e2e\"")
      .replacing("https://auth.commercelayer.io/oauth/token", with: shop.address["token_url"] ?? "")
    try shop.write(filled, to: path)
    let check = try await shop.program.run(["check", "--config", path])
    #expect(check.exit == 0, "\(check.output) \(check.errors)")
    let read = try await shop.program.run(
      ["import", "--config", path, "--file", "customers.csv", "customers"])
    #expect(read.exit == 0, "\(read.output) \(read.errors)")
  }

  @Test func `runs tell what each wrote, and undo takes it back`() async throws {
    let shop = try await shop()
    try shop.deliver("20261120.csv", ["K1;retail;1;n", "K2;retail;2;n"])
    let run = try await shop.reconcile()
    #expect(run.number("push.applied") == 2)
    let id = run.text("run")
    let list = try await shop.json(["runs", "--limit", "5"]).document as? [[String: Any]] ?? []
    #expect(list.count == 1)
    #expect(try await shop.program.run(["runs", "list"]).output.contains("reconcile"))
    let shown = try await shop.json(["runs", "show", id]).document as? [String: Any]
    #expect(shown?["run"] as? String == id)
    #expect((shown?["push"] as? [String: Any])?["applied"] as? Int == 2)
    let text = try await shop.program.run(["runs", "show", id]).output
    #expect(text.contains(#"push.applied  reset1"#), "\(text)")
    #expect(text.contains(#"group: not set → "retail""#), "\(text)")
    #expect(try await shop.program.run(["runs", "show", "no-such-run"]).exit != 0)

    let undone = try await shop.program.run(["undo", id])
    #expect(undone.exit == 0, "\(undone.output) \(undone.errors)")
    let reset = try await shop.control("resets/reset1") as? [String: Any]
    #expect((reset?["metadata"] as? [String: Any])?["group"] == nil)
  }

  @Test func `a secret comes from a file of one's own or from a command`() async throws {
    let shop = try await shop()
    var program = shop.program
    program.environment["CL_CLIENT_SECRET"] = nil
    try shop.write("  \(Shop.clientSecret)\n", to: "secret")
    let files = FileManager.default
    func check(_ source: String, mode: Int = 0o600) async throws -> Program.Outcome {
      try files.setAttributes([.posixPermissions: mode], ofItemAtPath: shop.folder + "/secret")
      try shop.writeConfiguration(api: ["client_secret": source])
      return try await program.run(["check", "--connect"])
    }
    let file = try await check(#"{"file": "../secret"}"#)
    #expect(file.exit == 0, "\(file.output) \(file.errors)")
    let command = try await check(#"{"command": ["cat", "secret"]}"#)
    #expect(command.exit == 0, "\(command.output) \(command.errors)")
    for (source, mode, word) in [
      (#"{"file": "../secret"}"#, 0o644, "chmod 600"),
      (#"{"file": "../none"}"#, 0o600, "none"),
      (#"{"command": ["false"]}"#, 0o600, "ended with 1"),
      (#"{"command": ["true"]}"#, 0o600, "nothing came"),
      (#"{"command": ["/no/such/program"]}"#, 0o600, "/no/such/program"),
      (#"{"env": "NO_SUCH_SECRET"}"#, 0o600, "NO_SUCH_SECRET"),
    ] {
      let wrong = try await check(source, mode: mode)
      #expect(wrong.exit == 78, "\(source): \(wrong.exit)")
      #expect((wrong.output + wrong.errors).contains(word), "\(source): \(wrong.errors)")
      #expect(!(wrong.output + wrong.errors).contains(Shop.clientSecret))
    }
  }
}

extension Shop {
  /// The address of the simulated API.
  fileprivate var base: String { address["base_url"] ?? "" }
}
