import Foundation
import TestKit
import Testing

/// Exports through the real program: every format, every shipped mapping, what is rejected.
@Suite(.serialized) struct ExportTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  private static func format(of name: String) -> String {
    ["tsv", "json", "ndjson", "xml", "xlsx"].first { name.contains(".\($0)") } ?? "csv"
  }

  @Test func `every format carries the nasty table into metadata and back`() async throws {
    let names = NastyTable.formats
    let values = NastyTable.values
    let resets = names.flatMap { name in
      values.indices.map { number in
        Shop.Reset(
          id: "n\(names.firstIndex(of: name) ?? 0)x\(number)", email: "a\(number)@example.com",
          reference: "k\(number)", origin: name)
      }
    }
    let shop = try await Shop(resets: resets)
    try FileManager.default.removeItem(atPath: shop.folder + "/Mappings/erp.json")
    try shop.writeConfiguration(mappings: "../Mappings/*.json")
    for (place, name) in names.enumerated() {
      let bytes = Data(NastyTable.bytes(name))
      try bytes.write(to: URL(filePath: "\(shop.folder)/exports/\(place)-\(name)"))
      let mapping = """
        {"name": "m\(place)", "origins": [\(quoted(name))],
         "export": {"path": "../exports/\(place)-*", "format": "\(Self.format(of: name))",
           "settle": "0s", "nulls": [""]},
         "reference": {"column": "id"}, "fields": [{"column": "value", "metadata": "value"}]}
        """
      try shop.write(mapping, to: "Mappings/m\(place).json")
    }
    let run = try await shop.reconcile()
    #expect(run.exit == 0, "\(run.errors) \(run.text("messages"))")
    #expect(run.number("push.applied") == resets.count)

    let held = try await shop.control("resets") as? [[String: Any]] ?? []
    var seen = 0
    for reset in held {
      let reference = reset["reference"] as? String ?? ""
      let value = (reset["metadata"] as? [String: Any])?["value"] as? String
      guard let number = Int(reference.dropFirst()) else { continue }
      let origin = reset["reference_origin"] as? String ?? ""
      #expect(
        value.map { Array($0.unicodeScalars) } == Array(values[number].unicodeScalars),
        "\(origin): \(values[number].debugDescription)")
      seen += 1
    }
    #expect(seen == resets.count)
    let again = try await shop.reconcile()
    #expect(again.situations == ["in_sync": resets.count])
    #expect(again.number("push.requests") == 0)
  }

  @Test(arguments: ["sap", "salesforce", "hubspot", "odoo", "dynamics365"])
  func `a shipped mapping works against the simulator`(_ name: String) async throws {
    let mappings = Self.root.appending(path: "Mappings")
    let seed = try JSONSerialization.jsonObject(
      with: Data(contentsOf: mappings.appending(path: "samples/demo-seed.json")))
    let resets = (seed as? [String: Any])?["resets"] ?? []
    let text = String(
      decoding: try JSONSerialization.data(withJSONObject: resets), as: UTF8.self)
    let shop = try await Shop(resets: [], seededResets: text)
    let target = URL(filePath: "\(shop.folder)/Mappings")
    for part in ["\(name).json", "samples"] {
      try FileManager.default.copyItem(
        at: mappings.appending(path: part), to: target.appending(path: part))
    }
    try shop.writeConfiguration(mappings: "../Mappings/\(name).json")
    let checked = try await shop.program.run(["check"])
    #expect(checked.exit == 0, "\(checked.errors)")

    let folder = mappings.appending(path: "samples/\(name)").path
    for file in try FileManager.default.contentsOfDirectory(atPath: folder).sorted() {
      let (exit, document, errors) = try await shop.json(
        ["import", name, "--file", "\(folder)/\(file)"])
      #expect(exit == 0, "\(errors)")
      let summary = try #require(document as? [String: Any])
      let export = try #require((summary["imports"] as? [[String: Any]])?.first)
      #expect(export["state"] as? String == "accepted", "\(export["reason"] ?? "")")
      let rejections = try #require(export["rejections"] as? [[String: Any]])
      #expect(rejections.count == export["rejected"] as? Int)
    }
    let first = try await shop.reconcile(["--no-import"])
    #expect(first.exit == 0, "\(first.errors)")
    #expect(first.number("push.applied") > 0)
    #expect(first.number("push.applied") == first.number("plan.updates"))
    #expect(first.number("push.failed") == 0)
    let second = try await shop.reconcile(["--no-import"])
    #expect(second.number("plan.updates") == 0)
    #expect(second.number("push.requests") == 0)
  }

  @Test func `rejected rows are listed with line, column and reason, and explained`() async throws {
    let shop = try await Shop(resets: [
      Shop.Reset(id: "one", email: "one@example.com", reference: "K1")
    ])
    try shop.deliver("20261120.csv", ["K1;retail;abc;n", "K2;a;1;n", ";b;1;n", "K4;c", "K5;d;1;n"])
    let (exit, document, errors) = try await shop.json(["import"])
    #expect(exit == 0, "\(errors)")
    let export = try #require(
      ((document as? [String: Any])?["imports"] as? [[String: Any]])?.first)
    #expect(export["accepted"] as? Int == 2)
    let rows = try #require(export["rejections"] as? [[String: Any]])
    #expect(rows.map { $0["line"] as? Int } == [2, 4, 5])
    #expect(rows.map { $0["column"] as? String } == ["LIMIT", "ID", nil])
    #expect(rows.compactMap { $0["reason"] as? String }.allSatisfy { !$0.isEmpty })

    let explained = try await shop.program.run(["explain", "K1"])
    #expect(explained.exit == 0, "\(explained.errors)")
    #expect(explained.output.contains("20261120.csv, line 2, LIMIT"), "\(explained.output)")
    let report = try await shop.program.run(["report", "--format", "text"])
    #expect(report.output.contains("abc"), "\(report.output)")
  }

  @Test func `an export that may not be whole is left for later, and told`() async throws {
    let shop = try await Shop(resets: [])
    try shop.write(
      Shop.mapping.replacing(#""settle": "0s""#, with: #""settle": "1h""#), to: "Mappings/erp.json")
    try shop.deliver("20261120.csv", ["K1;retail;1;n"])
    let resting = try await shop.program.run(["import"])
    #expect(resting.exit == 0 && resting.output.contains("left for later"), "\(resting.output)")
    try shop.write(
      Shop.mapping.replacing(#""settle": "0s""#, with: #""done_marker": "{file}.done""#),
      to: "Mappings/erp.json")
    let (_, document, _) = try await shop.json(["import"])
    let waiting = (document as? [String: Any])?["waiting"] as? [[String: Any]]
    #expect(
      (waiting?.first?["reason"] as? String)?.hasPrefix("20261120.csv.done") == true, "\(document)")
    try shop.write("", to: "exports/20261120.csv.done")
    let taken = try await shop.program.run(["import"])
    #expect(taken.output.contains("1 row, full: 1 new, 0 changed"), "\(taken.output)")
    #expect(!taken.output.contains("SITUATION") && !taken.output.contains("Push"))
  }

  /// What `init` proposes from odd files and names goes through `check` and `import`.
  @Test func `init proposes mappings that check takes and import reads`() async throws {
    let numbers = (1...30).map { "00\($0 * 7);g-\($0)x;n\($0);\($0),50" }
    let text = (["KUNNR;guid;name;limit"] + numbers).joined(separator: "\n") + "\n"
    let shop = try await Shop(
      resets: (1...20).map { number in
        Shop.Reset(
          id: "r\(number)", email: "a\(number)@example.com", reference: "00\(number % 19 * 7 + 7)",
          origin: "sap")
      })
    #expect(try await shop.program.run(["pull"]).exit == 0)
    let files = [
      "Müller & Söhne.csv": Data(text.utf8), "2026.csv": Data(text.utf8),
      "[x].csv": Data(text.utf8),
      "old.csv": try #require(
        "Nr;Straße\n11;Weg “€”\n12;Gasse\n13;A\n14;B\n17;C\n".data(using: .windowsCP1252)),
      "a.xlsx": Data(
        ExportFixtures.xlsx(
          [["Title", ""], ["ID", "V"]] + [11, 13, 15, 16, 19].map { ["\($0)", "\($0).5"] })),
      "packed.csv.gz": Data(ExportFixtures.gzip(Array(text.utf8))),
    ]
    for (place, file) in files.sorted(by: { $0.key < $1.key }).enumerated() {
      let path = "exports/\(file.key)"
      try file.value.write(to: URL(filePath: "\(shop.folder)/\(path)"))
      let folder = "site\(place)"
      let made = try await shop.program.run(["init", folder, "--from-export", path])
      #expect(made.exit == 0, "\(made.errors)")
      let config = "\(folder)/Config/resetsync.json"
      let checked = try await shop.program.run(["check", "--config", config])
      #expect(checked.exit == 0, "\(file.key): \(checked.output) \(checked.errors)")
      #expect(checked.output.contains("1 export at"), "\(checked.output)")
      let mappings = try FileManager.default.contentsOfDirectory(
        atPath: "\(shop.folder)/\(folder)/Mappings")
      let name = try #require(mappings.first).replacing(".json", with: "")
      let read = try await shop.program.run(["import", name, "--config", config, "--file", path])
      #expect(read.exit == 0 && !read.output.contains("rejected"), "\(read.output) \(read.errors)")
      let proposed = try String(
        contentsOfFile: "\(shop.folder)/\(folder)/Mappings/\(name).json", encoding: .utf8)
      guard file.value == Data(text.utf8) else { continue }
      #expect(proposed.contains(#""reference": {"column": "KUNNR""#), "\(proposed)")
      #expect(proposed.contains(#""origins": ["sap"]"#) && proposed.contains("many_to_one"))
    }
    let wrong = try await shop.program.run(
      ["init", "y", "--from-export", "exports/2026.csv", "--name", "../x"])
    #expect(wrong.exit == 64 && wrong.errors.contains("no name for a mapping"), "\(wrong.errors)")
  }

  /// Killed while it reads, and while it writes: the log of the mirror has so many bytes by then.
  @Test(arguments: [0, 65_536])
  func `a crash during an import leaves the mirror as it was`(_ logBytes: Int) async throws {
    let shop = try await Shop(resets: [])
    try shop.writeConfiguration(
      safety: #"{"growth": "off", "overlap": "off", "changed_column": "off"}"#)
    try shop.deliver("20261120.csv", (1...50).map { "K\($0);retail;\($0);n" })
    #expect(try await shop.program.run(["import"]).exit == 0)
    try shop.deliver("20261121.csv", (1...60_000).map { "K\($0);vip;\($0);changed" })
    let running = try shop.program.start(["import", "--format", "json"])
    // The lock names its holder once the run has it: from then on the file is read.
    let lock = shop.folder + "/var/mirror.sqlite.lock"
    while FileManager.default.contents(atPath: lock)?.isEmpty ?? true, !running.hasEnded {
      await Task.yield()
    }
    let log = shop.folder + "/var/mirror.sqlite-wal"
    var size: Int?
    repeat {
      let before = size
      size = try? FileManager.default.attributesOfItem(atPath: log)[.size] as? Int
      // The log goes when the mirror is closed: then it is too late to kill anything.
      if before != nil, size == nil { break }
      await Task.yield()
    } while (size ?? 0) < logBytes && !running.hasEnded
    running.signal(SIGKILL)
    let killed = await running.outcome()
    #expect(killed.exit == -SIGKILL)

    let verified = try await shop.program.run(["verify"])
    #expect(verified.exit == 0, "\(verified.output) \(verified.errors)")
    let (_, explained, _) = try await shop.json(["explain", "K7"])
    let record = (explained as? [String: Any])?["record"] as? [String: Any]
    #expect((record?["file"] as? String)?.hasSuffix("20261120.csv") == true, "\(explained)")
  }
}
