import Foundation
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
    for arguments in [
      ["check", "--connect"], ["reconcile"], ["reconcile", "--full"], ["status"], ["conflicts"],
      ["runs"], ["explain", "K1"], ["report", "--format", "html", "--out", "var/r.html"],
      ["backup", "var/backup.sqlite"], ["verify"],
    ] {
      let outcome = try await shop.program.run(arguments)
      printed += outcome.output + outcome.errors
    }
    let tokens = try await shop.secretsOfSandbox()
    #expect(tokens.count == 30)
    let canaries = tokens + [Shop.clientSecret]
    for canary in canaries {
      #expect(!printed.contains(canary))
    }
    for path in try FileManager.default.subpathsOfDirectory(atPath: shop.folder)
    where path != "seed.json" {
      let bytes = FileManager.default.contents(atPath: shop.folder + "/" + path) ?? Data()
      for canary in canaries {
        #expect(bytes.range(of: Data(canary.utf8)) == nil, "\(path) holds a secret")
      }
    }
    for target in try await shop.requests().compactMap({ $0["target"] as? String }) {
      #expect(!target.contains("reset_password_token"), "\(target)")
    }
  }
}
