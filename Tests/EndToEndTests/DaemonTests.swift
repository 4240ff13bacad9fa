import Foundation
import FoundationNetworking
import Testing

/// The daemon as a process of its own, beside a simulator: its life by signals, and its endpoints.
@Suite(.serialized) struct DaemonTests {
  private static let rows = (1...30).map { "K\($0);retail;\($0).50;note \($0)" }

  private func shop(schedule: String, slow: Bool = false) async throws -> Shop {
    let resets = (1...30).map {
      Shop.Reset(id: "reset\($0)", email: "p\($0)@example.com", reference: "K\($0)")
    }
    let faults =
      #", "faults": [{"method": "PATCH", "action": "delay", "seconds": 0.3, "count": null}]"#
    let shop = try await Shop(resets: resets, seedExtra: slow ? faults : "")
    try configure(shop, schedule: schedule)
    try shop.deliver("20261120.csv", Self.rows)
    return shop
  }

  private func configure(
    _ shop: Shop, schedule: String, more: String = "", mappings: String = "../Mappings/erp.json"
  ) throws {
    try shop.writeConfiguration(mappings: mappings)
    let path = shop.folder + "/Config/resetsync.json"
    let text = try String(contentsOfFile: path, encoding: .utf8)
    let extra = """
      {
        "schedule": {"jitter": "0s", \(schedule)}, "listen": "127.0.0.1:0",\(more)
      """
    try shop.write(extra + text.dropFirst(), to: "Config/resetsync.json")
  }

  private func address(_ daemon: RunningProgram) async throws -> String {
    #expect(await daemon.waitForError(containing: "review desk: "))
    let match = daemon.errorText.firstMatch(of: #/address=(http:\S+)/#)
    return String(try #require(match).1)
  }

  /// Asks the simulator until so many writes were seen; it delays each of them.
  private func waitForWrites(_ count: Int, _ shop: Shop) async throws {
    for _ in 0..<50 {
      if try await shop.waitForWrites(atLeast: count) { return }
    }
    Issue.record("\(count) writes never came")
  }

  private func get(_ address: String) async throws -> (status: Int, text: String) {
    let url = try #require(URL(string: address))
    let (data, response) = try await URLSession.shared.data(from: url)
    return ((response as? HTTPURLResponse)?.statusCode ?? 0, String(decoding: data, as: UTF8.self))
  }

  @Test func `is ready after the checks, serves, reloads, and ends with 143`() async throws {
    let shop = try await shop(schedule: #""reconcile": "@every 1s", "report": "@every 1s""#)
    let listener = try NotifyListener(in: shop.folder)
    defer { listener.close() }
    var program = shop.program
    program.environment["NOTIFY_SOCKET"] = listener.path
    let daemon = try program.start(["daemon"])
    #expect(await listener.wait(for: "READY=1"))
    let limits = try String(contentsOfFile: "/proc/\(daemon.id)/limits", encoding: .utf8)
    #expect(limits.contains(#/Max core file size +0 +0 +bytes/#), "\(limits)")
    let address = try await address(daemon)
    for stray in [SIGUSR1, SIGUSR2, SIGPIPE] { daemon.signal(stray) }
    #expect(try await get(address + "/healthz") == (200, "ok\n"))
    #expect(await daemon.waitForError(containing: "applied=30"))
    #expect(await daemon.waitForError(containing: "report written"))

    #expect(try await get(address + "/readyz").status == 200)
    #expect(try await get(address + "/review").status == 401)
    let metrics = try await get(address + "/metrics").text
    for line in [
      "resetsync_up 1\n", #"resetsync_api_requests_total{class="write",status="200"} 30"#,
      #"resetsync_rows_imported_total{mapping="erp"} 30"#,
      #"resetsync_runs_total{command="reconcile",result="ok"}"#,
    ] {
      #expect(metrics.contains(line), "\(line) is not in \(metrics)")
    }
    for file in ["grafana-dashboard.json", "prometheus-rules.yml"] {
      let text = try String(
        contentsOf: GeneratedFilesTests.root.appending(path: "Config/\(file)"), encoding: .utf8)
      for name in Set(text.matches(of: /resetsync_[a-z_]+/).map { String($0.0) }) {
        #expect(metrics.contains("\n\(name)") || metrics.contains("# TYPE \(name) "), "\(name)")
      }
    }
    #expect(try await get(address + "/status").text.contains(#""next":{"reconcile":"#))

    let second = try await shop.program.run(["daemon"])
    #expect(second.exit == 8)
    #expect(second.errors.contains("process \(daemon.id)"), "\(second.errors)")
    let restore = try await shop.program.run(["restore", "none.sqlite"])
    #expect(restore.exit == 8)
    let oneShot = try await shop.program.run(["reconcile", "--wait", "20s"])
    #expect(oneShot.exit == 0, "\(oneShot.errors)")
    // What ends beside the daemon leaves the log of the mirror to it.
    #expect(try await shop.program.run(["status"]).exit == 0)
    #expect(FileManager.default.fileExists(atPath: shop.folder + "/var/mirror.sqlite-wal"))

    let entry = try #require(daemon.errorText.firstMatch(of: #/review desk: (\S+)/#)).1
    #expect(try await !get(String(entry)).text.contains("crm"))
    try shop.write("{ broken", to: "Config/resetsync.json")
    daemon.signal(SIGHUP)
    #expect(await daemon.waitForError(containing: "the old configuration stays in force"))
    try shop.write(Shop.mapping.replacing("\"erp\"", with: "\"crm\""), to: "Mappings/crm.json")
    try configure(shop, schedule: #""report": "@hourly""#, mappings: "../Mappings/*.json")
    daemon.signal(SIGHUP)
    #expect(await daemon.waitForError(containing: "configuration read again"))
    // The desk offers the sources of the new configuration to who is in already.
    #expect(try await get(address + "/review").text.contains("crm"))
    #expect(!(try await get(address + "/status").text.contains(#""next":{"reconcile":"#)))

    daemon.signal(SIGTERM)
    #expect(await listener.wait(for: "STOPPING=1"))
    let outcome = await daemon.outcome()
    #expect(outcome.exit == 143)
    for secret in [Shop.clientSecret, "@example.com"] {
      #expect(!outcome.errors.contains(secret))
    }
  }

  @Test func `SIGTERM in the middle of a push waits for the request in flight and stores`()
    async throws
  {
    let shop = try await shop(schedule: #""reconcile": "@every 1s""#, slow: true)
    let daemon = try shop.program.start(["daemon"])
    try await waitForWrites(2, shop)
    daemon.signal(SIGTERM)
    let outcome = await daemon.outcome()
    #expect(outcome.exit == 143)
    #expect(outcome.errors.contains("result=stopped"), "\(outcome.errors)")
    let (_, document, _) = try await shop.json(["status"])
    let queue = try #require((document as? [String: Any])?["queue"] as? [String: Any])
    #expect((queue["sent"] as? NSNumber)?.intValue == 0)
    let pending = (queue["pending"] as? NSNumber)?.intValue ?? -1
    #expect(try await shop.writes() == 30 - pending)
    #expect(try await shop.program.run(["verify"]).exit == 0)
  }

  @Test(arguments: [(SIGINT, Int32(130)), (SIGTERM, Int32(143))])
  func `a command ends with the code of its signal, a second signal ends it at once`(
    signal: Int32, code: Int32
  ) async throws {
    let shop = try await shop(schedule: #""report": "@hourly""#, slow: true)
    let running = try shop.program.start(["reconcile", "--format", "json"])
    try await waitForWrites(1, shop)
    running.signal(signal)
    let outcome = await running.outcome()
    #expect(outcome.exit == code)
    #expect(outcome.output.contains(#""result":"stopped","exit":\#(code)"#), "\(outcome.output)")

    let daemon = try shop.program.start(["daemon"])
    _ = try await address(daemon)
    daemon.signal(signal)
    daemon.signal(signal)
    let ended = await daemon.outcome()
    #expect(ended.exit == code, "\(ended.errors)")
  }

  @Test func `wrong credentials end it before it is ready`() async throws {
    let shop = try await shop(schedule: #""report": "@hourly""#)
    var program = shop.program
    program.environment["CL_CLIENT_SECRET"] = "wrong-canary-5501"
    let outcome = try await program.run(["daemon"])
    #expect(outcome.exit == 6)
    #expect(outcome.errors.contains("check client id"), "\(outcome.errors)")
    #expect(!outcome.errors.contains("wrong-canary-5501"))
  }

  @Test func `an alert is told once when it begins and once when it ends`() async throws {
    let shop = try await shop(schedule: #""import": "@every 1s""#)
    let told = shop.folder + "/told.ndjson"
    try shop.write("#!/bin/sh\nenv >> '\(told).env'\nexec cat >> '\(told)'\n", to: "tell.sh")
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o755], ofItemAtPath: shop.folder + "/tell.sh")
    try configure(
      shop, schedule: #""import": "@every 1s""#,
      more: #""alerts": {"command": ["\#(shop.folder)/tell.sh"]},"#)
    try shop.write("ID;OTHER\nK1;x\n", to: "exports/20261121.csv")
    let daemon = try shop.program.start(["daemon"])
    #expect(await daemon.waitForError(containing: "alert raised"))
    try FileManager.default.removeItem(atPath: shop.folder + "/exports/20261121.csv")
    try shop.deliver("20261122.csv", Self.rows + ["K31;retail;1;n"])
    #expect(await daemon.waitForError(containing: "alert cleared"))
    daemon.signal(SIGTERM)
    #expect(await daemon.outcome().exit == 143)
    let lines = try String(contentsOfFile: told, encoding: .utf8).split(separator: "\n")
    #expect(lines.count { $0.contains(#""event":"raised""#) } == 1, "\(lines)")
    // The command gets the environment, without the credential that stands in it.
    let environment = try String(contentsOfFile: told + ".env", encoding: .utf8)
    #expect(environment.contains("PATH=") && !environment.contains("CL_CLIENT"), "\(environment)")
  }
}
