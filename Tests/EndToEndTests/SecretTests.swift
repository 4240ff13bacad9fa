import Foundation
import FoundationNetworking
import Testing

/// Canaries in every secret, then a search through everything written, printed and requested.
@Suite(.serialized) struct SecretTests {
  static let resetToken = "canary-reset-token-Zk93"

  @Test func `no secret is stored, printed, logged, reported or requested`() async throws {
    let shop = try await Shop(
      resets: (1...30).map {
        Shop.Reset(id: "reset\($0)", email: "p\($0)@example.com", reference: "K\($0)")
      },
      seedExtra: #", "faults": [{"action": "leak_token", "count": null}]"#)
    try shop.deliver("20261120.csv", (1...30).map { "K\($0);retail;1;n" })

    var printed = ""
    for arguments in Self.commands {
      let outcome = try await shop.program.run(arguments)
      printed += outcome.output + outcome.errors
    }
    let tokens = try await shop.secretsOfSandbox()
    #expect(tokens.count == 30)
    let canaries = tokens + [Shop.clientSecret] + Self.shapes
    for canary in canaries {
      #expect(!printed.contains(canary))
    }
    try search(shop, for: canaries, besides: ["seed.json"])
    shop.sandbox.signal(SIGTERM)
    let sandbox = await shop.sandbox.outcome()
    for canary in tokens + Self.shapes { #expect(!sandbox.errors.contains(canary)) }
  }

  @Test func `no request asks for a secret`() async throws {
    let shop = try await Shop(
      resets: [Shop.Reset(id: "reset1", email: "p@example.com", reference: "K1")])
    try shop.deliver("20261120.csv", ["K1;retail;1;n"])
    for arguments in Self.commands { _ = try await shop.program.run(arguments) }
    for target in try await shop.requests().compactMap({ $0["target"] as? String }) {
      #expect(!target.contains("reset_password_token"), "\(target)")
    }
  }

  /// Every access token of the simulator starts so, and so does a header that carries one.
  private static let shapes = ["eyJhbGciOiJSUzUxMiI", "Bearer "]

  /// Every command that ends by itself.
  private static let commands = [
    ["check", "--connect"], ["preview", "exports/20261120.csv"], ["import"], ["pull", "--full"],
    ["reconcile", "--dry-run"], ["reconcile", "--plan-out", "var/plan.json"], ["reconcile"],
    ["reconcile", "--full"], ["status"], ["status", "--format", "json"], ["conflicts"],
    ["conflicts", "--format", "csv"], ["runs"], ["runs", "--format", "json"], ["explain", "K1"],
    ["explain", "K1", "--remote"], ["explain", "reset1", "--remote", "--format", "json"],
    ["report", "--format", "html", "--out", "var/r.html"], ["report", "--format", "ndjson"],
    ["report", "--format", "json"], ["report", "--format", "csv"], ["report", "--format", "text"],
    ["undo", "last", "--dry-run"], ["backup", "var/backup.sqlite"], ["verify"],
    ["pause", "--reason", "x"], ["resume"], ["restore", "var/backup.sqlite"],
    ["generate", "bash"], ["generate", "man"], ["init", "fresh"], ["help"],
    // Wrong in ways that might tempt an error to quote what it was given.
    ["reconcile", "--config", "seed.json"], ["check", "--config", "exports/20261120.csv"],
  ]

  /// No file of the shop holds any of these.
  private func search(_ shop: Shop, for canaries: [String], besides known: Set<String>) throws {
    for path in try FileManager.default.subpathsOfDirectory(atPath: shop.folder)
    where !known.contains(path) {
      let bytes = FileManager.default.contents(atPath: shop.folder + "/" + path) ?? Data()
      for canary in canaries {
        #expect(bytes.range(of: Data(canary.utf8)) == nil, "\(path) holds a secret")
      }
    }
  }

  @Test func `the daemon tells no secret, to its log or to who asks`() async throws {
    let shop = try await Shop(
      resets: (1...3).map {
        Shop.Reset(id: "reset\($0)", email: "p\($0)@example.com", reference: "K\($0)")
      },
      seedExtra: #", "faults": [{"action": "leak_token", "count": null}]"#)
    try shop.deliver("20261120.csv", (1...3).map { "K\($0);retail;1;n" })
    let (webhook, key, typed) = (
      "canary-webhook-Hq71", "Y2FuYXJ5LXBhc3N3b3JkLWZpbGUta2V5LTAwMDEyMzQ=", "canary-typed-Pw55"
    )
    try shop.write("anna:pbkdf2-sha256$10000$c2FsdHNhbHRzYWx0c2E=$\(key)\n", to: "desk.txt")
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o600], ofItemAtPath: shop.folder + "/desk.txt")
    try shop.writeConfiguration()
    let path = shop.folder + "/Config/resetsync.json"
    let text = try String(contentsOfFile: path, encoding: .utf8)
    let more = """
      {"schedule": {"jitter": "0s", "reconcile": "@every 1s", "report": "@every 1s"},
       "listen": "127.0.0.1:0", "log": {"level": "debug"},
       "alerts": {"webhook": "\(shop.address["base_url"] ?? "")/hook/\(webhook)?key=\(webhook)"},
       "review": {"password_file": "../desk.txt"},
      """
    try shop.write(more + text.dropFirst(), to: "Config/resetsync.json")
    let daemon = try shop.program.start(["daemon"])
    #expect(await daemon.waitForError(containing: "applied=3"))
    #expect(await daemon.waitForError(containing: "report written"))
    // A refused export raises an alert, which the webhook refuses in its turn.
    try shop.write("ID;OTHER\nK1;x\n", to: "exports/20261121.csv")
    #expect(await daemon.waitForError(containing: "alert raised"))
    #expect(await daemon.waitForError(containing: "webhook"))
    let match = try #require(daemon.errorText.firstMatch(of: #/address=(http:\S+)/#))
    var told = ""
    for part in [
      "/healthz", "/readyz", "/metrics", "/status", "/report", "/review", "/review/login",
    ] {
      told += try await Self.answer(String(match.1) + part)
    }
    told += try await Self.answer(
      String(match.1) + "/review/login", posting: "name=anna&password=\(typed)")
    daemon.signal(SIGTERM)
    let outcome = await daemon.outcome()
    #expect(outcome.exit == 143)
    told += outcome.output + outcome.errors
    let tokens = try await shop.secretsOfSandbox()
    #expect(tokens.count == 3)
    for canary in tokens + [Shop.clientSecret, webhook, key, typed] + Self.shapes {
      #expect(!told.contains(canary), "the daemon tells \(canary)")
    }
    try search(
      shop, for: tokens + [Shop.clientSecret, typed] + Self.shapes, besides: ["seed.json"])
    try search(
      shop, for: [webhook, key], besides: ["seed.json", "Config/resetsync.json", "desk.txt"])
  }

  /// The body of an answer, whatever its status.
  private static func answer(_ address: String, posting body: String? = nil) async throws -> String
  {
    guard let url = URL(string: address) else { throw URLError(.badURL) }
    var request = URLRequest(url: url)
    request.httpMethod = body == nil ? "GET" : "POST"
    request.httpBody = body.map { Data($0.utf8) }
    let (data, _) = try await URLSession.shared.data(for: request)
    return String(decoding: data, as: UTF8.self)
  }
}
