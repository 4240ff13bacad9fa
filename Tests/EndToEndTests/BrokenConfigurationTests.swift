import Foundation
import Testing

/// `check` on broken configurations: exit 78, and a message that names place, problem and remedy.
@Suite(.serialized) struct BrokenConfigurationTests {
  /// What is replaced in a good configuration, and what the message has to say.
  struct Case: Sendable, CustomTestStringConvertible {
    let good: String
    let bad: String
    let words: [String]
    var testDescription: String { bad }
  }

  private static let configuration = """
    {
      "api": {
        "base_url": "https://shop.commercelayer.io/api",
        "client_id": {"env": "ID"}, "client_secret": {"env": "SECRET"},
        "organization": "shop", "mode": "test", "rate_share": 0.5, "timeout": "15s"
      },
      "mirror": {"path": "var/mirror.sqlite"},
      "mappings": ["erp.json"],
      "schedule": {"time_zone": "Europe/Rome", "pull": "*/5 * * * *",
        "windows": [{"deny": "0 20 * * * for 2h"}]},
      "safety": {"first_run": "approve", "updates": {"rows": 10, "share": 0.1}},
      "report": {"pii": "masked"},
      "listen": "127.0.0.1:8780",
      "log": {"level": "info"}
    }
    """

  private static let mapping = """
    {"name": "erp", "origins": ["erp"], "export": {"path": "*.csv", "format": "csv"},
     "reference": {"column": "ID"}, "fields": [{"column": "A", "metadata": "a"}]}
    """

  private static func bad(_ good: String, _ bad: String, _ words: String...) -> Case {
    Case(good: good, bad: bad, words: words)
  }

  static let cases = [
    bad(#""mode": "test","#, #""mode": "test" "#, ":5:", "c.json"),
    bad(#""rate_share": 0.5"#, #""rate_share": 0.5, "rate_share": 1"#, "c.json:5:", "occurs twice"),
    bad(#""rate_share": 0.5"#, #""rate_share": 3"#, "c.json:5:", "api.rate_share", "0.01"),
    bad(#""rate_share": 0.5"#, #""rate_shore": 3"#, "unknown key", "rate_share"),
    bad(#""timeout": "15s""#, #""timeout": 15"#, "api.timeout", "duration", "unit"),
    bad(#""timeout": "15s""#, #""timeout": "15 parsecs""#, "api.timeout", "15 parsecs"),
    bad(#""mode": "test""#, #""mode": "prod""#, "api.mode", "test", "live"),
    bad(#""organization": "shop","#, "", "api.organization", "missing"),
    bad("https://shop", "http://shop", "api.base_url", "https://"),
    bad(#"{"env": "SECRET"}"#, #""s3cret-canary""#, "api.client_secret", "\"env\""),
    bad(#"{"env": "SECRET"}"#, #"{"env": "A", "file": "b"}"#, "client_secret", "exactly one"),
    bad(#"{"path": "var/mirror.sqlite"}"#, #"{}"#, "mirror.path", "missing"),
    bad(#"["erp.json"]"#, #"[]"#, "mappings", "at least 1"),
    bad(#"["erp.json"]"#, #"["nowhere/*.json"]"#, "no file matches", "nowhere"),
    bad("https://shop.commercelayer.io/api", "shop.commercelayer.io/api", "base_url", "https://"),
    bad("https://shop.commercelayer.io/api", "https://sh op.commercelayer.io/api", "no address"),
    bad("https://shop.commercelayer.io/api", "https://shop.commercelayer.io", "under /api"),
    bad(#"{"path": "var/mirror.sqlite"}"#, #"{"path": "c.json"}"#, "mirror.path", "own file"),
    bad(
      #""pii": "masked""#, #""path": "var/mirror.sqlite""#, "report.path", "the mirror",
      "own file"),
    bad(
      #""report": {"#, #""conflicts": {"log": "../var/report.html"}, "report": {"#, "report.path"),
    bad("127.0.0.1:8780", "127.0.0.1", "c.json:13:", "listen", "127.0.0.1:PORT"),
    bad("127.0.0.1:8780", "127.0.0.1:87800", "listen", "127.0.0.1:PORT"),
    bad(
      #""listen": "#, #""alerts": {"webhook": "hooks.s3cret-canary"}, "listen": "#,
      "alerts.webhook", "no address"),
    bad(#""listen": "#, #""alerts": {"command": []}, "listen": "#, "alerts.command", "program"),
    bad(#""listen": "#, #""alerts": {"command": "mail"}, "listen": "#, "alerts.command", "[ ]"),
    bad("*/5 * * * *", "0 0 31 4 *", "schedule.pull", "never comes"),
    bad("Europe/Rome", "Mars/One", "schedule.time_zone", "Mars/One"),
    bad("*/5 * * * *", "61 * * * *", "schedule.pull", "minute", "61"),
    bad("*/5 * * * *", "@evry 5m", "schedule.pull", "@every"),
    bad("0 20 * * * for 2h", "0 20 * * *", "schedule.windows[0].deny", "for 2h"),
    bad(#""first_run": "approve""#, #""first_run": "yes""#, "safety.first_run", "approve"),
    bad(#""share": 0.1"#, #""share": "some""#, "safety.updates"),
    bad(#""pii": "masked""#, #""pii": "none""#, "report.pii", "masked"),
    bad("127.0.0.1:8780", "0.0.0.0:8780", "listen", "loopback", "password_file"),
    bad(#""level": "info""#, #""level": "loud""#, "log.level", "info"),
  ]

  /// What the paths of a good configuration lead to, and what the message has to say.
  static let paths: [Case] = [
    bad(
      #"{"path": "var/mirror.sqlite"}"#, #"{"path": "folder"}"#, "c.json:7:", "folder is a folder"),
    bad(#"{"path": "var/mirror.sqlite"}"#, #"{"path": "erp.json/m.sqlite"}"#, "is a file, not"),
    bad(#"{"path": "var/mirror.sqlite"}"#, #"{"path": "plain"}"#, "no mirror", "mirror.path"),
    bad(#""pii": "masked""#, #""path": "folder""#, "c.json:12:", "report.path", "is a folder"),
    bad(#""report": {"#, #""conflicts": {"log": "folder"}, "report": {"#, "conflicts.log"),
    bad(#"{"env": "SECRET"}"#, #"{"file": "none"}"#, "c.json:4:", "client_secret", "no file"),
    bad(#"{"env": "SECRET"}"#, #"{"file": "folder"}"#, "api.client_secret.file", "is a folder"),
    bad(#"{"env": "SECRET"}"#, #"{"file": "plain"}"#, "by others", "chmod 600"),
    bad(#""timeout": "15s""#, #""ca_file": "none.pem""#, "c.json:5:", "api.ca_file", "no file"),
    bad(#""listen": "#, #""review": {"password_file": "none"}, "listen": "#, "password_file"),
    bad(#""listen": "#, #""review": {"password_file": "plain"}, "listen": "#, "--password NAME"),
    bad(#""listen": "#, #""alerts": {"command": ["/none/x"]}, "listen": "#, "no program", "run"),
    bad(#""listen": "#, #""alerts": {"command": ["no-such-x"]}, "listen": "#, "in PATH"),
    bad(#"["erp.json"]"#, #"["latin.json"]"#, "latin.json:1:", "export.encoding", "utf-8"),
    bad(#"["erp.json"]"#, #"["away.json"]"#, "away.json:1:", "export.path", "no folder"),
    bad(#"["erp.json"]"#, #"["within.json"]"#, "within.json:1:", "is a file, not a folder"),
  ]

  @Test(arguments: paths) func `what a path leads to is looked at as well`(
    _ broken: Case
  ) async throws {
    #expect(Self.configuration.contains(broken.good))
    let folder = try folder(Self.configuration.replacing(broken.good, with: broken.bad))
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let manager = FileManager.default
    try manager.createDirectory(
      atPath: folder + "/folder", withIntermediateDirectories: true)
    try String(repeating: "no mirror, no password ", count: 50).write(
      toFile: folder + "/plain", atomically: true, encoding: .utf8)
    try manager.setAttributes([.posixPermissions: 0o644], ofItemAtPath: folder + "/plain")
    for (name, good, bad) in [
      ("latin", "\"csv\"", "\"csv\", \"encoding\": \"latin-99\""),
      ("away", "*.csv", "away/*.csv"), ("within", "*.csv", "erp.json/*.csv"),
    ] {
      try Self.mapping.replacing(good, with: bad).write(
        toFile: folder + "/\(name).json", atomically: true, encoding: .utf8)
    }
    let outcome = try await Program(directory: folder).run(["check", "--config", "c.json"])
    #expect([7, 78].contains(outcome.exit))
    for word in broken.words {
      #expect(outcome.errors.contains(word), "\(word) is not in \(outcome.errors)")
    }
  }

  private func folder(_ configuration: String) throws -> String {
    let folder = NSTemporaryDirectory() + "resetsync-check-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try Self.mapping.write(toFile: folder + "/erp.json", atomically: true, encoding: .utf8)
    try configuration.write(toFile: folder + "/c.json", atomically: true, encoding: .utf8)
    return folder
  }

  @Test func `the configuration they are made from is good`() async throws {
    let folder = try folder(Self.configuration)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let outcome = try await Program(directory: folder).run(["check", "--config", "c.json"])
    #expect(outcome.exit == 0, "\(outcome.errors)")
  }

  @Test(arguments: cases) func `is told with place, problem and remedy`(_ broken: Case)
    async throws
  {
    #expect(Self.configuration.contains(broken.good))
    let folder = try folder(Self.configuration.replacing(broken.good, with: broken.bad))
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let outcome = try await Program(directory: folder).run(["check", "--config", "c.json"])
    #expect(outcome.exit == 78)
    for word in broken.words {
      #expect(outcome.errors.contains(word), "\(word) is not in \(outcome.errors)")
    }
    #expect(!outcome.errors.contains("s3cret-canary"))
  }

  @Test func `a file of two bytes a character is named as such`() async throws {
    let folder = try folder(Self.configuration)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try Self.configuration.write(
      toFile: folder + "/c.json", atomically: true, encoding: .utf16LittleEndian)
    let outcome = try await Program(directory: folder).run(["check", "--config", "c.json"])
    #expect(outcome.exit == 78)
    #expect(outcome.errors.contains("UTF-16") && outcome.errors.contains("save it as UTF-8"))
  }

  @Test func `everything wrong in all files is told at once`() async throws {
    let text = Self.configuration
      .replacing("*/5 * * * *", with: "99 * * * *").replacing("\"info\"", with: "\"loud\"")
    let folder = try folder(text)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try #"{"name": "erp"}"#.write(
      toFile: folder + "/erp.json", atomically: true, encoding: .utf8)
    for command in ["check", "daemon"] {
      let outcome = try await Program(directory: folder).run([command, "--config", "c.json"])
      #expect(outcome.exit == 78)
      for word in ["schedule.pull", "log.level", "erp.json:1:1", "reference", "fields"] {
        #expect(outcome.errors.contains(word), "\(word) is not in \(outcome.errors)")
      }
    }
  }
}
