internal import Formats

/// One line before it takes its form; masks what must not be seen.
struct LogLine {
  let time: Timestamp
  let level: LogLevel
  let message: String
  let fields: [(name: String, value: LogValue)]

  /// The line for people: `2026-11-23T10:00:00.000Z warning message name=value other="two words"`.
  var text: String {
    var line = "\(time.rfc3339) \(level.name) \(Self.escaped(Self.masked(message)))"
    for (name, value) in fields { line += " \(name)=\(Self.plain(shown(name, value)))" }
    return line
  }

  /// The members `time`, `level`, `message`, then the fields; a field can't replace the first
  /// three.
  var json: String {
    var object = JSONObject([
      ("time", .string(time.rfc3339)), ("level", .string(level.name)),
      ("message", .string(Self.masked(message))),
    ])
    let own: Set<String> = ["time", "level", "message"]
    for (name, value) in fields {
      object[own.contains(name) ? "field_" + name : name] = Self.json(shown(name, value))
    }
    return object.written()
  }

  private func shown(_ name: String, _ value: LogValue) -> LogValue {
    if Self.isSecret(name) && value != .null { return .text(Secret.mask) }
    if case .text(let text) = value { return .text(Self.masked(text)) }
    return value
  }

  /// Whether a field of that name may hold a credential; `token_url` and `reset_password_at` and
  /// the like only speak of one.
  static func isSecret(_ name: String) -> Bool {
    let name = name.lowercased()
    let harmless = ["_at", "_url", "_count", "_seconds", "_type", "_resets", "_ms"]
    if harmless.contains(where: name.hasSuffix) { return false }
    return ["password", "secret", "token", "authorization", "cookie", "credential", "signature"]
      .contains { name.contains($0) }
  }

  /// Covers a bearer credential that slipped into a text (RFC 6750 §2.1).
  static func masked(_ text: String) -> String {
    guard text.contains("Bearer ") || text.contains("bearer ") else { return text }
    var words = text.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
    for index in words.indices.dropFirst() where words[index - 1].lowercased() == "bearer" {
      words[index] = Secret.mask
    }
    return words.joined(separator: " ")
  }

  private static func plain(_ value: LogValue) -> String {
    switch value {
    case .text(let text):
      let isWord = !text.isEmpty && text.utf8.allSatisfy { $0 > 0x20 && $0 != 0x22 && $0 != 0x3D }
      return isWord ? escaped(text) : JSONValue.string(text).written()
    case .int(let number): return String(number)
    case .double(let number): return String(number)
    case .bool(let truth): return String(truth)
    case .null: return "null"
    }
  }

  private static func json(_ value: LogValue) -> JSONValue {
    switch value {
    case .text(let text): .string(text)
    case .int(let number): .int(number)
    case .double(let number): JSONNumber(String(number)).map(JSONValue.number) ?? .null
    case .bool(let truth): .bool(truth)
    case .null: .null
    }
  }

  /// Control characters could forge a line or move a terminal's cursor.
  private static func escaped(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: isControl) else { return text }
    return text.unicodeScalars.map { scalar in
      isControl(scalar) ? "\\u{\(String(scalar.value, radix: 16))}" : String(scalar)
    }.joined()
  }

  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.generalCategory == .control || scalar == "\u{2028}" || scalar == "\u{2029}"
      || (0x202A...0x202E).contains(scalar.value) || (0x2066...0x2069).contains(scalar.value)
  }
}
