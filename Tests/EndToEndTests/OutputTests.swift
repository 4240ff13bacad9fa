import Foundation
import Testing

/// Output that can't be written is told, and what is no regular file is written into.
@Suite(.serialized) struct OutputTests {
  private static func shop() async throws -> Shop {
    let shop = try await Shop(resets: [
      Shop.Reset(
        id: "reset1", email: "p1@example.com", reference: "K1", metadata: #"{"group": "theirs"}"#)
    ])
    try shop.deliver("20261101.csv", ["K1;ours;1;n"])
    #expect(try await shop.reconcile().exit == 0)
    return shop
  }

  /// Runs a line of a shell in which `$P` is the program.
  private static func sh(_ shop: Shop, _ line: String) async throws -> Program.Outcome {
    var shell = shop.program
    shell.executable = URL(filePath: "/bin/sh")
    shell.environment["P"] = Program.executable.path
    return try await shell.run(["-c", line])
  }

  @Test(arguments: [
    "report --format csv", "report --format html", "conflicts --format json", "status", "--help",
    "reconcile --format json", "preview exports/20261101.csv",
  ])
  func `a full disk behind standard output is told`(command: String) async throws {
    let shop = try await Self.shop()
    let full = try await Self.sh(shop, "\"$P\" \(command) > /dev/full")
    #expect(full.exit == 7 && full.errors.contains("No space left"), "\(full)")
    let closed = try await Self.sh(shop, "\"$P\" \(command) >&-")
    #expect(closed.exit == 7 && closed.errors.contains("standard output"), "\(closed)")
    // Where one of the three is closed, no file of the mirror takes its number.
    #expect(try await Self.sh(shop, "\"$P\" \(command) >&- 2>&- <&-").exit == 7)
    #expect(try await shop.program.run(["verify"]).exit == 0)
  }

  @Test func `a reader that leaves is no failure`() async throws {
    let shop = try await Self.shop()
    let outcome = try await Self.sh(
      shop, "{ \"$P\" report --format html; echo \"exit $?\" >&2; } | head -1")
    #expect(outcome.output.hasPrefix("<!DOCTYPE"), "\(outcome)")
    #expect(outcome.errors == "exit 0\n", "\(outcome)")
  }

  @Test(arguments: [
    ("report --format csv --out", "group"), ("reconcile --dry-run --plan-out", "resetsync-plan/1"),
  ])
  func `pipes, devices and links are written into`(command: String, word: String) async throws {
    let shop = try await Self.shop()
    let piped = try await Self.sh(
      shop, "mkfifo pipe; cat pipe > got & \"$P\" \(command) pipe > /dev/null; wait; test -p pipe")
    #expect(piped.exit == 0, "\(piped)")
    let got = try String(contentsOfFile: shop.folder + "/got", encoding: .utf8)
    #expect(got.contains(word), "\(got)")

    try shop.write("old, and longer than what comes now\n", to: "real")
    let linked = try await Self.sh(
      shop, "ln -s real link; \"$P\" \(command) link > /dev/null; test -L link")
    #expect(linked.exit == 0, "\(linked)")
    #expect(try String(contentsOfFile: shop.folder + "/real", encoding: .utf8).contains(word))

    let device = try await Self.sh(shop, "\"$P\" \(command) /dev/full")
    #expect(device.exit == 7 && device.errors.contains("/dev/full"), "\(device)")
    let nowhere = try await Self.sh(
      shop, "ln -s gone dead; \"$P\" \(command) dead > /dev/null; echo $?; test -L dead")
    #expect(nowhere.exit == 0 && nowhere.output == "7\n", "\(nowhere)")
  }

  @Test func `a backup takes the place of files alone`() async throws {
    let shop = try await Self.shop()
    let pipe = try await Self.sh(shop, "mkfifo pipe; \"$P\" backup pipe")
    #expect(pipe.exit == 64 && pipe.errors.contains("no regular file"), "\(pipe)")
    let link = try await Self.sh(
      shop, "touch real; ln -s real link; \"$P\" backup link && test -L link && test -s real")
    #expect(link.exit == 0, "\(link)")
  }

  @Test func `lists that are written one by one are whole documents`() async throws {
    let shop = try await Self.shop()
    let keys = (1...3).map { "K\($0)" }
    try shop.deliver("20261109.csv", keys.flatMap { ["\($0);one;1;n", "\($0);two;1;n"] })
    _ = try await shop.reconcile(["--no-push"])
    let list = try await shop.json(["conflicts"]).document as? [[String: Any]] ?? []
    #expect(list.count >= 3)
    let report = try await shop.json(["report"]).document as? [String: Any] ?? [:]
    #expect((report["conflicts"] as? [Any])?.count == list.count)
    #expect(report["open"] as? Int == list.count)
    for arguments in [["conflicts", "--format", "csv"], ["report", "--format", "csv"]] {
      let csv = try await shop.program.run(arguments).output
      #expect(csv.split(separator: "\r\n").count == list.count + 1)
    }
    let lines = try await shop.program.run(["report", "--format", "ndjson"]).output
    #expect(lines.split(separator: "\n").count == list.count)
    let first = try await shop.json(["conflicts", "--limit", "2"]).document as? [[String: Any]]
    #expect(
      first?.compactMap { $0["id"] as? String } == list.prefix(2).compactMap { $0["id"] as? String }
    )
    #expect(try await shop.json(["conflicts", "--kind", "write_fight"]).document as? [Int] == [])
    _ = try await shop.program.run(["report", "--format", "json", "--out", "r.json"])
    let kept = try String(contentsOfFile: shop.folder + "/r.json", encoding: .utf8)
    #expect(kept.hasSuffix("]}\n") && kept.contains("\"conflicts\":[{"))
  }

  @Test func `no name of a type and no escaped quote reaches anybody`() async throws {
    let shop = try await Self.shop()
    let address = try #require(shop.address["base_url"])
      .replacing("http://", with: "").replacing("/api", with: "")
    let taken = try await shop.program.run(["sandbox", "--generate", "1", "--listen", address])
    #expect(
      taken.errors.hasPrefix("resetsync: can't listen on \(address): Address already in use"),
      "\(taken.errors)")
    let odd = try await shop.program.run(["sandbox", "--generate", "1", "--listen", "nowhere"])
    #expect(odd.errors.hasPrefix("resetsync: “nowhere” is no address"), "\(odd.errors)")
    let open = try await shop.program.run(["sandbox", "--generate", "1", "--listen", "0.0.0.0:0"])
    #expect(open.exit == 64 && open.errors.contains("loopback only"), "\(open.errors)")
  }

  @Test func `an address that is not the API's is told as an address`() async throws {
    let shop = try await Self.shop()
    let base = (shop.address["base_url"] ?? "").replacing("/api", with: "")
    try shop.writeConfiguration(api: ["base_url": quoted(base)])
    for (command, exit) in [(["check", "--connect"], 78), (["pull", "--full"], 6)] {
      let outcome = try await shop.program.run(command)
      #expect(outcome.exit == Int32(exit), "\(outcome.errors)")
      #expect(outcome.errors.contains("api.base_url"), "\(outcome.errors)")
      #expect(!outcome.errors.contains("deleted"), "\(outcome.errors)")
    }
  }

  @Test func `without a command nothing was asked`() async throws {
    let outcome = try await Program(directory: "/tmp").run([])
    #expect(outcome.exit == 64 && outcome.output.isEmpty)
    #expect(outcome.errors.contains("usage: resetsync COMMAND"), "\(outcome.errors)")
    for help in [["--help"], ["help"]] {
      #expect(try await Program(directory: "/tmp").run(help).exit == 0)
    }
  }

  @Test(arguments: [
    (["reconcile", "--bogus"], 64, "usage"), (["recon"], 64, "usage"),
    (["runs", "show", "none"], 64, "usage"), (["conflicts", "show", "c0"], 64, "usage"),
    (["status", "--config", "none"], 78, "configuration"),
    (["preview", "none.csv"], 5, "unreadable"),
  ])
  func `a failure is one document where JSON was asked for`(
    arguments: [String], exit: Int32, code: String
  ) async throws {
    let shop = try await Self.shop()
    let (ended, document, errors) = try await shop.json(arguments)
    let error = (document as? [String: Any])?["error"] as? [String: Any]
    #expect(ended == exit && error?["exit"] as? Int == Int(exit), "\(document)")
    #expect(error?["code"] as? String == code, "\(document)")
    #expect(errors.contains(error?["message"] as? String ?? "-"), "\(errors)")
  }
}
