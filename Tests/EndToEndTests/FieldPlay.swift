import Foundation
import Testing

/// One case of the field: files as somebody had them, what happens to them, and what is right.
///
/// A folder under `Tests/Field` holds the files and a `case.json`:
///
///     title    what goes wrong where this is done wrongly
///     plays    a list; each play starts with an empty mirror and a simulator of its own
///       name     what is tried
///       each     words: the play is tried for each, in place of `{each}` in all of its texts
///       mapping  a merge patch (RFC 7396) on `mapping.json`
///       seed     resets in place of those of `seed.json`
///       steps    one verb each, see `FieldStep`
struct FieldCase: Sendable, CustomTestStringConvertible {
  let folder: URL

  var testDescription: String { folder.lastPathComponent }

  static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Field")

  /// All cases, by name.
  static let all: [FieldCase] = {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: root.path)) ?? []
    return names.sorted().map { FieldCase(folder: root.appending(path: $0)) }
      .filter { FileManager.default.fileExists(atPath: $0.folder.path + "/case.json") }
  }()

  /// The plays, one for each word where a play has several.
  func plays() throws -> [FieldPlay] {
    let document = try JSONSerialization.jsonObject(
      with: Data(contentsOf: folder.appending(path: "case.json")))
    let plays = (document as? [String: Any])?["plays"] as? [[String: Any]] ?? []
    return plays.flatMap { play -> [FieldPlay] in
      guard let words = play["each"] as? [String] else { return [FieldPlay(self, play)] }
      return words.map { FieldPlay(self, Self.fill(play, "{each}", $0) as? [String: Any] ?? [:]) }
    }
  }

  /// The value with a word in place of a mark in all of its texts.
  static func fill(_ value: Any, _ mark: String, _ word: String) -> Any {
    switch value {
    case let text as String: text.replacing(mark, with: word)
    case let list as [Any]: list.map { fill($0, mark, word) }
    case let members as [String: Any]: members.mapValues { fill($0, mark, word) }
    default: value
    }
  }
}

/// One play of a case: a folder with a configuration, a mirror and a simulator of its own.
final class FieldPlay {
  let name: String
  private let field: FieldCase
  private let members: [String: Any]
  private let folder = NSTemporaryDirectory() + "resetsync-field-" + UUID().uuidString
  private var sandbox: RunningProgram?
  private var address: [String: String] = [:]
  /// Deliveries so far: each is dated a minute after the one before.
  private var deliveries = 0
  /// What steps remembered, by the name under which commands say it.
  var words: [String: String] = [:]
  /// The resets as the simulator had them when a step said `keep`.
  var kept: [[String: Any]] = []

  init(_ field: FieldCase, _ members: [String: Any]) {
    self.field = field
    self.members = members
    let word = members["each"] as? String ?? ""
    name = [members["name"] as? String ?? "", word].filter { !$0.isEmpty }.joined(separator: ": ")
  }

  deinit {
    sandbox?.signal(SIGKILL)
    try? FileManager.default.removeItem(atPath: folder)
  }

  /// Plays all steps; the faults found, in words.
  func faults() async throws -> [String] {
    try await begin()
    var faults: [String] = []
    for (number, step) in (members["steps"] as? [[String: Any]] ?? []).enumerated() {
      let found = try await play(step)
      faults += found.map { "\(name), step \(number + 1): \($0)" }
    }
    return faults
  }

  private func begin() async throws {
    for part in ["in", "var"] {
      try FileManager.default.createDirectory(
        atPath: "\(folder)/\(part)", withIntermediateDirectories: true)
    }
    if let resets = members["seed"] {
      try write(["organization": "cases", "mode": "test", "resets": resets], to: "seed.json")
    } else if FileManager.default.fileExists(atPath: source("seed.json")) {
      try FileManager.default.copyItem(atPath: source("seed.json"), toPath: path("seed.json"))
    } else {
      try write(["organization": "cases", "mode": "test", "resets": [Any]()], to: "seed.json")
    }
    let started = try Program(directory: folder).start(
      ["sandbox", "--no-limits", "--seed", path("seed.json")])
    sandbox = started
    let line = await started.firstLine() ?? "{}"
    address = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: String] ?? [:]
    try write(configuration, to: "resetsync.json")
    guard FileManager.default.fileExists(atPath: source("mapping.json")) else { return }
    try map(members["mapping"] ?? [String: Any]())
  }

  private var configuration: [String: Any] {
    [
      "api": [
        "base_url": address["base_url"] ?? "", "token_url": address["token_url"] ?? "",
        "client_id": ["env": "CL_CLIENT_ID"], "client_secret": ["env": "CL_CLIENT_SECRET"],
        "organization": address["organization"] ?? "", "mode": "test", "limits": "none",
      ],
      "mirror": ["path": "var/mirror.sqlite"], "mappings": ["mapping*.json"],
      "safety": ["first_run": "push", "mapping_changed": "off"],
      "conflicts": ["log": "var/conflicts.ndjson", "grace": "0s"],
      "report": ["path": "var/report.html"],
    ]
  }

  var program: Program {
    Program(
      directory: folder,
      environment: [
        "RESETSYNC_CONFIG": path("resetsync.json"),
        "CL_CLIENT_ID": address["client_id"] ?? "",
        "CL_CLIENT_SECRET": address["client_secret"] ?? "",
      ])
  }

  // MARK: Files

  /// A file of the play's folder.
  func path(_ name: String) -> String { "\(folder)/\(name)" }

  /// A file of the case.
  func source(_ name: String) -> String { field.folder.path + "/" + name }

  /// A value, or what a file of the case holds at a pointer, where the step names one.
  func told(_ value: Any?, _ step: [String: Any]) throws -> Any? {
    guard let file = value as? String, file.hasSuffix(".json") else { return value }
    var found: Any? = try JSONSerialization.jsonObject(
      with: Data(contentsOf: URL(filePath: source(file))))
    for token in (step["at"] as? String ?? "").split(separator: "/") {
      found = (found as? [String: Any])?[String(token)]
    }
    return found
  }

  /// Writes `mapping.json` with a merge patch on it.
  func map(_ patch: Any) throws {
    let given = try JSONSerialization.jsonObject(
      with: Data(contentsOf: URL(filePath: source("mapping.json"))))
    let existing = try? JSONSerialization.jsonObject(
      with: Data(contentsOf: URL(filePath: path("mapping.json"))))
    try write(Self.merged(existing ?? given, patch), to: "mapping.json")
  }

  /// Sets a member of the mapping as it is now, null included.
  func set(_ names: [String], to value: Any) throws {
    let now = try JSONSerialization.jsonObject(
      with: Data(contentsOf: URL(filePath: path("mapping.json"))))
    try write(Self.setting(now, names[...], value), to: "mapping.json")
  }

  private static func setting(_ target: Any, _ names: ArraySlice<String>, _ value: Any) -> Any {
    guard let name = names.first else { return value }
    var members = target as? [String: Any] ?? [:]
    members[name] = setting(members[name] ?? [String: Any](), names.dropFirst(), value)
    return members
  }

  func write(_ value: Any, to name: String) throws {
    try JSONSerialization.data(withJSONObject: value).write(to: URL(filePath: path(name)))
  }

  /// Delivers a file of the case under `in/`, a minute after the one before, or so many hours from
  /// now.
  func drop(_ name: String, as target: String?, hours: Double?) throws {
    let target = path("in/" + Self.dated(target ?? URL(filePath: name).lastPathComponent))
    try? FileManager.default.removeItem(atPath: target)
    try FileManager.default.copyItem(atPath: source(name), toPath: target)
    deliveries += 1
    let seconds = hours.map { $0 * 3_600 } ?? Double(deliveries - 120) * 60
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSinceNow: seconds)], ofItemAtPath: target)
  }

  /// `{day}`, `{day+4}`, `{day-1}` become that day as `yyyyMMdd`.
  static func dated(_ text: String) -> String {
    text.replacing(#/\{day([+-]\d+)?\}/#) { match in
      let days = match.output.1.flatMap { Double($0) } ?? 0
      let day = Date(timeIntervalSinceNow: days * 86_400)
      return day.formatted(.iso8601.year().month().day().dateSeparator(.omitted))
    }
  }

  /// RFC 7396.
  static func merged(_ target: Any, _ patch: Any) -> Any {
    guard let patch = patch as? [String: Any] else { return patch }
    var result = target as? [String: Any] ?? [:]
    for (key, value) in patch {
      result[key] = value is NSNull ? nil : merged(result[key] ?? [String: Any](), value)
    }
    return result
  }

  // MARK: The simulator's control endpoint

  func control(_ path: String, method: String = "GET", body: Any? = nil) async throws -> Any {
    let base = (address["base_url"] ?? "").replacing("/api", with: "/__sandbox/")
    guard let url = URL(string: base + path) else { throw URLError(.badURL) }
    return try await SandboxControl.call(url, method, body)
  }

  /// The metadata in the shop, by reference.
  func shop() async throws -> [String: [String: Any]] {
    let resets = try await control("resets") as? [[String: Any]] ?? []
    let pairs = resets.compactMap { reset in
      (reset["reference"] as? String).map { ($0, reset["metadata"] as? [String: Any] ?? [:]) }
    }
    return Dictionary(pairs) { first, _ in first }
  }
}
