import Effects
import Formats
import HTTP
import Pipeline
import Reconciliation

extension Configuration {
  /// The most bytes of a configuration file that are read.
  static let bytesMax = 1 << 20

  /// Decodes a configuration; throws all its problems at once.
  init(parsing bytes: [UInt8], file: String) throws(SettingsProblems) {
    let document = try SettingsDocument(bytes, file: file)
    let settings = SettingsReader(document)
    let folder = FilePath.folder(of: file)
    let resolve = { (path: String) in
      FilePath.normalized(FilePath.resolve(path, in: folder))
    }

    self.file = file
    api = API(settings.section("api"), resolve: resolve)

    let mirror = settings.section("mirror")
    mirrorPath = resolve(mirror.string("path"))
    mappings = settings.strings("mappings", atLeast: 1).map(resolve)

    schedule = Schedule(settings.optionalSection("schedule"))
    let safety = settings.optionalSection("safety")
    self.safety = safety.map { SafetySettings($0) } ?? SafetySettings()
    guards = safety.map { GuardOverrides($0) } ?? GuardOverrides()

    let conflicts = settings.optionalSection("conflicts")
    conflictLog = resolve(conflicts?.string("log", default: Self.defaultLog) ?? Self.defaultLog)
    conflictLogBytesMax =
      conflicts?.int("log_bytes_max", in: 4_096...1 << 40, default: 64 << 20) ?? 64 << 20
    grace = conflicts?.duration("grace", default: 86_400) ?? 86_400

    let report = settings.optionalSection("report")
    reportPath = resolve(report?.string("path", default: Self.defaultReport) ?? Self.defaultReport)
    showsEmail = report?.choice("pii", among: ["masked", "full"], default: "masked") == "full"

    listen = settings.string("listen", default: "127.0.0.1:8780")
    alerts = Alerts(settings.optionalSection("alerts"))
    review = Review(settings.optionalSection("review"), resolve: resolve)

    let log = settings.optionalSection("log")
    logLevel =
      log.flatMap { LogLevel(name: $0.choice("level", among: Self.levels, default: "info")) }
      ?? .info
    logFormat = log?.choice("format", default: LogFormat.text) ?? .text
    retention = Retention(settings.optionalSection("retention"))
    checkListen(settings)
    checkPaths(settings, mirror, conflicts, report)
    try settings.finish()
  }

  private static let defaultLog = "../var/conflicts.ndjson"
  private static let defaultReport = "../var/report.html"
  private static let levels = LogLevel.allCases.map(\.name)
}

extension Configuration.API {
  init(_ settings: SettingsReader, resolve: (String) -> String) {
    baseURL = settings.string("base_url")
    tokenURL = settings.string(
      "token_url", default: "https://auth.commercelayer.io/oauth/token")
    clientID = .init(settings, "client_id", resolve: resolve)
    clientSecret = .init(settings, "client_secret", resolve: resolve)
    scope = settings.optionalString("scope")
    organization = settings.string("organization")
    mode = settings.choice("mode", among: ["test", "live"])
    rateShare = settings.double("rate_share", in: 0.01...1, default: 0.5)
    isLimited =
      settings.choice("limits", among: ["published", "none"], default: "published")
      == "published"
    certificateFile = settings.optionalString("ca_file").map(resolve)
    timeout = settings.duration("timeout", in: 0.1...120, default: 15)
    maxInFlight = settings.int("max_in_flight", in: 1...32, default: 4)
    Self.checkAddress("base_url", baseURL, settings)
    Self.checkAddress("token_url", tokenURL, settings)
    if !isLimited, !Self.isLoopback(baseURL) {
      settings.problem(
        "limits", "\"none\" is for simulators on loopback",
        hint: "use \"published\"; `rate_share` says how much of the limits to use")
    }
  }

  private static func checkAddress(_ key: String, _ address: String, _ settings: SettingsReader) {
    guard !address.isEmpty, settings.has(key) || key == "base_url" else { return }
    let isToken = key == "token_url"
    let hint =
      isToken
      ? "such as \"https://auth.commercelayer.io/oauth/token\""
      : "such as \"https://yourdomain.commercelayer.io/api\""
    guard address.hasPrefix("https://") || address.hasPrefix("http://") && isLoopback(address)
    else {
      return settings.problem(
        key, "has to start with https:// (http:// is for loopback only)", hint: hint)
    }
    guard let parts = WebAddress(address), !address.contains("?") else {
      return settings.problem(key, "\"\(address)\" is no address", hint: hint)
    }
    // Every other path there answers 404, which would look like a service that is down.
    let path = address.split(separator: "/", omittingEmptySubsequences: true).dropFirst(2)
    if !isToken, parts.host.hasSuffix(".commercelayer.io"), Array(path) != ["api"] {
      settings.problem(key, "the API of Commerce Layer is under /api", hint: hint)
    }
  }

  static func isLoopback(_ address: String) -> Bool {
    let parts = address.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0].hasSuffix(":"), parts[1].isEmpty else { return false }
    let authority = parts[2].prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    let host =
      authority.hasPrefix("[")
      ? authority.prefix { $0 != "]" } + "]" : authority.prefix { $0 != ":" }
    return host == "localhost" || host == "[::1]" || isIPv4Loopback(host)
  }

  private static func isIPv4Loopback(_ host: Substring) -> Bool {
    let parts = host.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
  }
}

extension Configuration.SecretSource {
  /// Decodes `{"env": …}`, `{"file": …}` or `{"command": […]}`; a bare string is refused, so that
  /// no secret stands in the configuration.
  init(_ settings: SettingsReader, _ key: String, resolve: (String) -> String) {
    self = .environment("")
    guard let value = settings.value(key) else {
      settings.problem(
        key, "is missing", hint: "such as {\"env\": \"CL_\(key.uppercased())\"}")
      return
    }
    guard let source = value.section else {
      settings.problem(
        key, "a secret can't stand in the configuration itself",
        hint: "use {\"env\": \"NAME\"}, {\"file\": \"PATH\"} or {\"command\": [\"…\"]}")
      return
    }
    let variable = source.optionalString("env")
    let file = source.optionalString("file")
    let command = source.optionalStrings("command")
    switch (variable, file, command) {
    case (let name?, nil, nil): self = .environment(name)
    case (nil, let path?, nil): self = .file(resolve(path))
    case (nil, nil, let words?) where !words.isEmpty: self = .command(words)
    default:
      settings.problem(key, "needs exactly one of \"env\", \"file\" and \"command\"")
    }
  }
}

extension Configuration.Schedule {
  init(_ settings: SettingsReader?) {
    timeZone = settings?.string("time_zone", default: "UTC") ?? "UTC"
    pull = settings?.optionalString("pull")
    fullPull = settings?.optionalString("full_pull")
    importExports = settings?.optionalString("import")
    reconcile = settings?.optionalString("reconcile")
    report = settings?.optionalString("report")
    jitter = settings?.duration("jitter", in: 0...3_600, default: 10) ?? 10
    windows = (settings?.sections("windows") ?? []).compactMap { Window($0) }
    settings.map(check)
  }

  /// Notes what no scheduler could follow.
  private func check(_ settings: SettingsReader) {
    let jobs = [
      ("pull", pull), ("full_pull", fullPull), ("import", importExports),
      ("reconcile", reconcile), ("report", report),
    ]
    for (key, text) in jobs {
      guard let text else { continue }
      Self.note(key, settings) { () throws(CronError) in
        let expression = try CronExpression(parsing: text)
        guard expression.next(after: Timestamp(microseconds: 0), in: .utc) != nil else {
          throw CronError(part: "expression", problem: "never comes: there is no such day")
        }
      }
    }
    Self.note("time_zone", settings) { () throws(CronError) in _ = try ScheduleZone(timeZone) }
  }

  fileprivate static func note(
    _ key: String, _ settings: SettingsReader, _ attempt: () throws(CronError) -> Void
  ) {
    do throws(CronError) { try attempt() } catch {
      settings.problem(key, error.description, hint: "`resetsync schedule EXPRESSION` tries one")
    }
  }
}

extension Configuration.Schedule.Window {
  init?(_ settings: SettingsReader) {
    let (allow, deny) = (settings.optionalString("allow"), settings.optionalString("deny"))
    guard let text = allow ?? deny, allow == nil || deny == nil else {
      settings.problem("allow", "needs exactly one of \"allow\" and \"deny\"")
      return nil
    }
    self.init(allows: allow != nil, text: text)
    Configuration.Schedule.note(allow == nil ? "deny" : "allow", settings) {
      () throws(CronError) in
      _ = try ScheduleWindow(allow == nil ? .deny : .allow, parsing: text)
    }
  }
}

extension Configuration.Alerts {
  init(_ settings: SettingsReader?) {
    webhook = settings?.optionalString("webhook")
    command = settings?.optionalStrings("command")
    conflictTarget = settings?.duration("conflict_target", default: 7 * 86_400) ?? 7 * 86_400
    if let webhook, WebAddress(webhook) == nil {
      // Not shown: such an address often holds a secret.
      settings?.problem(
        "webhook", "is no address", hint: "such as \"https://hooks.example.com/resetsync\"")
    }
    if command?.first.map(\.isEmpty) ?? (command != nil) {
      settings?.problem(
        "command", "needs at least the program", hint: "such as [\"/usr/bin/tell\"]")
    }
  }
}

extension Configuration.Review {
  init(_ settings: SettingsReader?, resolve: (String) -> String) {
    passwordFile = settings?.optionalString("password_file").map(resolve)
    proxyUserHeader = settings?.optionalString("proxy_user_header")
    hosts = settings?.strings("hosts", default: []) ?? []
  }
}

extension GuardOverrides {
  /// Reads the import guards of a `safety` object: a figure, for `max_age` a duration, or `"off"`.
  init(_ settings: SettingsReader) {
    self.init()
    for name in ExportGuard.allCases {
      guard let value = settings.value(name.rawValue) else { continue }
      if value.string == "off" {
        self.settings[name] = .off
      } else if name == .maxAge || name == .older {
        self.settings[name] = settings.optionalDuration(name.rawValue).map { .figure($0) }
      } else {
        let figure = settings.optionalDouble(name.rawValue, in: 0...1_000)
        self.settings[name] = figure.map { .figure($0) }
      }
    }
  }
}

extension Configuration.Retention {
  init(_ settings: SettingsReader?) {
    journal = settings?.duration("journal", default: 400 * 86_400) ?? 400 * 86_400
    closedConflicts =
      settings?.duration("closed_conflicts", default: 90 * 86_400) ?? 90 * 86_400
    email = settings?.duration("email", default: 30 * 86_400) ?? 30 * 86_400
  }
}
