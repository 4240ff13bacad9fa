import Foundation
import FoundationNetworking

/// A folder with configuration, mapping and exports, and a simulator to run against.
///
/// Everything is as an operator would have it: files on disk, two processes, loopback HTTP.
final class Shop: Sendable {
  /// A reset to seed the simulator with; `metadata` is JSON text, kept as spelled.
  struct Reset: Sendable {
    var id: String
    var email: String
    var reference: String?
    var origin: String? = "erp"
    var metadata = "{}"

    var json: String {
      let texts = [
        "\"id\": \(quoted(id))", "\"customer_email\": \(quoted(email))",
        "\"reference\": \(reference.map(quoted) ?? "null")",
        "\"reference_origin\": \(origin.map(quoted) ?? "null")", "\"metadata\": \(metadata)",
        "\"created_at\": \"2026-10-01T08:00:00.000Z\"",
        "\"updated_at\": \"2026-10-01T08:00:00.000Z\"",
      ]
      return "{\(texts.joined(separator: ", "))}"
    }
  }

  let folder: String
  let sandbox: RunningProgram
  /// What the simulator printed on start.
  let address: [String: String]

  /// The secrets of the simulator's credential, planted so that a leak can be found.
  static let clientSecret = "canary-client-secret-7Qm2"
  static let clientID = "canary-client-id-x81"

  /// Starts a simulator with these resets; `seedExtra` are more members of the seed file, and
  /// `seededResets` is a JSON array of resets that takes the place of `resets`.
  init(
    resets: [Reset], sandboxArguments: [String] = ["--no-limits"], seedExtra: String = "",
    seededResets: String? = nil
  ) async throws {
    folder = NSTemporaryDirectory() + "resetsync-e2e-" + UUID().uuidString
    for part in ["", "/Config", "/Mappings", "/exports", "/var"] {
      try FileManager.default.createDirectory(
        atPath: folder + part, withIntermediateDirectories: true)
    }
    let seed = """
      {"organization": "e2e", "mode": "test",
       "credentials": [{"client_id": \(quoted(Self.clientID)),
         "client_secret": \(quoted(Self.clientSecret)), "role": "admin", "mode": "test"}],
       "resets": \(seededResets ?? "[\(resets.map(\.json).joined(separator: ",\n"))]")\(seedExtra)}
      """
    try seed.write(toFile: folder + "/seed.json", atomically: true, encoding: .utf8)
    sandbox = try Program(directory: folder).start(
      ["sandbox", "--seed", folder + "/seed.json"] + sandboxArguments)
    let line = await sandbox.firstLine() ?? "{}"
    let parsed = try JSONSerialization.jsonObject(with: Data(line.utf8))
    address = parsed as? [String: String] ?? [:]
    try writeConfiguration()
    try write(Self.mapping, to: "Mappings/erp.json")
  }

  deinit {
    sandbox.signal(SIGKILL)
    try? FileManager.default.removeItem(atPath: folder)
  }

  /// A mapping with one field of each common policy.
  static let mapping = """
    {
      "name": "erp", "origins": ["erp"],
      "export": {"path": "../exports/*.csv", "format": "csv", "delimiter": ";", "settle": "0s"},
      "reference": {"column": "ID", "normalize": ["trim"]},
      "fields": [
        {"column": "GROUP", "metadata": "group"},
        {"column": "LIMIT", "metadata": "/erp/limit", "type": "decimal", "policy": "source"},
        {"column": "NOTE", "metadata": "note", "policy": "fill_blank"}
      ]
    }
    """

  /// Writes the configuration; `api` and `safety` members replace those of the same name.
  func writeConfiguration(
    api: [String: String] = [:], safety: String? = nil, mappings: String = "../Mappings/erp.json"
  ) throws {
    var members = [
      "base_url": quoted(address["base_url"] ?? ""),
      "token_url": quoted(address["token_url"] ?? ""),
      "client_id": #"{"env": "CL_CLIENT_ID"}"#, "client_secret": #"{"env": "CL_CLIENT_SECRET"}"#,
      "organization": quoted("e2e"), "mode": quoted("test"), "limits": quoted("none"),
    ]
    members.merge(api) { $1 }
    let lines = members.sorted { $0.key < $1.key }.map { "    \(quoted($0.key)): \($0.value)" }
    let text = """
      {
        "api": {
      \(lines.joined(separator: ",\n"))
        },
        "mirror": {"path": "../var/mirror.sqlite"},
        "mappings": [\(quoted(mappings))],
        "safety": \(safety ?? #"{"first_run": "push", "updates": "off", "same_field": "off", "same_value": "off", "mapping_changed": "off"}"#),
        "conflicts": {"log": "../var/conflicts.ndjson", "grace": "0s"},
        "report": {"path": "../var/report.html"}
      }
      """
    try write(text, to: "Config/resetsync.json")
  }

  /// The program with the credential in its environment.
  var program: Program {
    Program(
      directory: folder,
      environment: ["CL_CLIENT_ID": Self.clientID, "CL_CLIENT_SECRET": Self.clientSecret])
  }

  /// Writes a file of the shop.
  func write(_ text: String, to path: String) throws {
    try text.write(toFile: folder + "/" + path, atomically: true, encoding: .utf8)
  }

  /// Delivers an export; later names are newer.
  func deliver(_ name: String, _ rows: [String]) throws {
    let text = (["ID;GROUP;LIMIT;NOTE"] + rows).joined(separator: "\n") + "\n"
    try write(text, to: "exports/" + name)
  }

  // MARK: The simulator's control endpoint

  /// Calls `/__sandbox/PATH` and parses the answer.
  func control(_ path: String, method: String = "GET", body: String? = nil) async throws -> Any {
    let base = (address["base_url"] ?? "").replacing("/api", with: "/__sandbox/")
    guard let url = URL(string: base + path) else { throw URLError(.badURL) }
    var request = URLRequest(url: url)
    request.httpMethod = method
    request.httpBody = body.map { Data($0.utf8) }
    let (data, _) = try await URLSession.shared.data(for: request)
    return try JSONSerialization.jsonObject(with: data, options: [.fragmentsAllowed])
  }

  /// The requests that were served, oldest first.
  func requests() async throws -> [[String: Any]] {
    try await control("requests") as? [[String: Any]] ?? []
  }

  /// How many PATCH requests took effect.
  func writes() async throws -> Int {
    try await requests().count {
      $0["method"] as? String == "PATCH" && $0["applied"] as? Bool == true
    }
  }

  /// Waits until so many PATCH requests took effect; false if they never do.
  func waitForWrites(atLeast count: Int) async throws -> Bool {
    for _ in 0..<2_000 {
      if try await writes() >= count { return true }
    }
    return false
  }

  /// Every secret that the simulator holds: reset tokens by reset.
  func secretsOfSandbox() async throws -> [String] {
    let resets = try await control("resets") as? [[String: Any]] ?? []
    return resets.compactMap { $0["reset_password_token"] as? String }
  }

  /// Edits a reset as somebody else would.
  func edit(_ id: String, _ members: String) async throws {
    _ = try await control("resets/" + id, method: "PATCH", body: members)
  }

  /// Runs a command that prints JSON and parses it.
  func json(_ arguments: [String]) async throws -> (exit: Int32, document: Any, errors: String) {
    let outcome = try await program.run(arguments + ["--format", "json"])
    let document = try JSONSerialization.jsonObject(
      with: Data(outcome.output.utf8), options: [.fragmentsAllowed])
    return (outcome.exit, document, outcome.errors)
  }

  /// Runs `reconcile` and gives its summary.
  func reconcile(_ options: [String] = []) async throws -> Summary {
    let (exit, document, errors) = try await json(["reconcile"] + options)
    return Summary(exit: exit, members: document as? [String: Any] ?? [:], errors: errors)
  }
}

/// A run summary, with paths such as `push.applied` to look at.
struct Summary: @unchecked Sendable {
  let exit: Int32
  let members: [String: Any]
  let errors: String

  /// The whole number at a path, or -1 where there is none.
  func number(_ path: String) -> Int {
    var value: Any? = members
    for part in path.split(separator: ".") {
      value = (value as? [String: Any])?[String(part)]
    }
    return (value as? NSNumber)?.intValue ?? -1
  }

  /// The text at a path of the top level.
  func text(_ name: String) -> String { members[name] as? String ?? "" }

  /// The situations that are not empty.
  var situations: [String: Int] {
    let all = members["situations"] as? [String: Any] ?? [:]
    return all.compactMapValues { ($0 as? NSNumber)?.intValue }.filter { $0.value != 0 }
  }
}

/// A text as a JSON string.
func quoted(_ text: String) -> String {
  var result = "\""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\"": result += "\\\""
    case "\\": result += "\\\\"
    case "\n": result += "\\n"
    default: result.unicodeScalars.append(scalar)
    }
  }
  return result + "\""
}
