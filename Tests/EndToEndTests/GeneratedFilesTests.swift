import Foundation
import Testing

/// Files under Config that are made from the program's own tables, and must not fall behind.
///
/// With RESETSYNC_ACCEPT_GOLDEN=1 they are written instead of compared.
struct GeneratedFilesTests {
  static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  private func text(of path: String) throws -> String {
    try String(contentsOf: Self.root.appending(path: path), encoding: .utf8)
  }

  @Test(arguments: [
    ("bash", "completions/resetsync.bash"), ("zsh", "completions/resetsync.zsh"),
    ("fish", "completions/resetsync.fish"), ("man", "resetsync.1"),
  ])
  func `completions and manual page are those of the command table`(
    kind: String, path: String
  ) async throws {
    let made = try await Program(directory: "/tmp").run(["generate", kind])
    #expect(made.exit == 0)
    let file = Self.root.appending(path: "Config/" + path)
    if ProcessInfo.processInfo.environment["RESETSYNC_ACCEPT_GOLDEN"] == "1" {
      try made.output.write(to: file, atomically: true, encoding: .utf8)
    }
    let kept = try String(contentsOf: file, encoding: .utf8)
    #expect(kept == made.output, "Config/\(path) is not what `resetsync generate \(kind)` prints")
  }

  // MARK: The schema of the configuration

  private func schema() throws -> [String: Any] {
    let data = try Data(contentsOf: Self.root.appending(path: "Config/resetsync.schema.json"))
    return try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
  }

  /// Every key of the schema by its path, `schedule.pull` for example.
  private static func keys(_ node: [String: Any], below path: String = "") -> [String] {
    let members = node["properties"] as? [String: Any] ?? [:]
    return members.flatMap { name, value -> [String] in
      let here = path.isEmpty ? name : "\(path).\(name)"
      let child = value as? [String: Any] ?? [:]
      let item = child["items"] as? [String: Any] ?? [:]
      return [here] + keys(child, below: here) + keys(item, below: here)
    }
  }

  /// The keys that the decoder asks for, by the calls in its source.
  private func decoderKeys() throws -> Set<String> {
    let source = try text(of: "Sources/resetsync/Configuration/ConfigurationDecoder.swift")
    let call = #/\.(?:string|int|double|duration|choice|section|bool|optional)\w*\(\s*"([a-z_]+)"/#
    let secrets = #/\.init\(settings, "([a-z_]+)"/#
    return Set(source.matches(of: call).map { String($0.1) })
      .union(source.matches(of: secrets).map { String($0.1) })
  }

  @Test func `the schema names every key that the decoder asks for`() throws {
    let root = try schema()
    let definitions = root["$defs"] as? [String: Any] ?? [:]
    let shared = definitions.values.flatMap { Self.keys(Self.first(of: $0)) }
    let known = Set(
      (Self.keys(root) + shared).map { String($0.split(separator: ".").last ?? "") })
    let asked = try decoderKeys()
    #expect(asked.count > 40)
    #expect(asked.subtracting(known) == [])
  }

  /// A definition, or the object among its alternatives.
  private static func first(of definition: Any) -> [String: Any] {
    let node = definition as? [String: Any] ?? [:]
    let options = (node["oneOf"] ?? node["anyOf"]) as? [[String: Any]] ?? []
    var merged: [String: Any] = node["properties"] as? [String: Any] ?? [:]
    for option in options {
      merged.merge(option["properties"] as? [String: Any] ?? [:]) { $1 }
    }
    return ["properties": merged]
  }

  @Test func `the decoder knows every key of the schema`() async throws {
    let folder = NSTemporaryDirectory() + "resetsync-schema-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    // Values of the wrong kind are problems too, but other ones: only unknown keys count here.
    var document: [String: Any] = [:]
    for path in try Self.keys(schema()).sorted() {
      let parts = path.split(separator: ".").map(String.init)
      guard parts.count > 1 else { continue }
      var section = document[parts[0]] as? [String: Any] ?? [:]
      if parts.count == 2, parts[1] != "windows" { section[parts[1]] = "x" }
      if parts.count == 3 {
        var window = (section[parts[1]] as? [[String: Any]])?.first ?? [:]
        window[parts[2]] = "x"
        section[parts[1]] = [window]
      }
      document[parts[0]] = section
    }
    let data = try JSONSerialization.data(withJSONObject: document)
    try data.write(to: URL(filePath: folder + "/c.json"))
    let outcome = try await Program(directory: folder).run(["check", "--config", "c.json"])
    #expect(outcome.exit == 78)
    #expect(outcome.errors.contains("c.json:1:"), "\(outcome.errors)")
    #expect(!outcome.errors.contains("unknown key"), "\(outcome.errors)")
  }

  @Test func `the shipped configuration shows every key of the schema`() throws {
    // Rare keys stand as comments that hold nothing but the key.
    let shown = try text(of: "Config/resetsync.json")
      .replacing(#/(?m)^( *)\/\/ *(?=["}])/#) { $0.output.1 }
    let document = try #require(CommentedJSON.parse(shown) as? [String: Any])
    let known = Set(try Self.keys(schema()))
    let present = Set(Self.paths(document)).intersection(known)
    // Of several forms of a window one is shown.
    let missing = known.subtracting(present).subtracting(["schedule.windows.allow"])
    #expect(missing.isEmpty, "\(missing.sorted())")
  }

  /// Every key of a document by its path; lists by what their first element has.
  private static func paths(_ node: [String: Any], below path: String = "") -> [String] {
    node.flatMap { name, value -> [String] in
      let here = path.isEmpty ? name : "\(path).\(name)"
      let inside = (value as? [Any])?.first ?? value
      return [here] + paths(inside as? [String: Any] ?? [:], below: here)
    }
  }
}
