import Console
import Formats

/// An error in words: what happened, what to do next, and how the program ends for it.
///
/// Every error becomes words here and nowhere else.
struct Failure: Error, Sendable {
  /// How the program ends.
  let exit: ExitCode
  /// What happened and where, one problem a line.
  let message: String
  /// What to do next.
  let hint: String?
  /// What the JSON says beside or in the place of the words: kind and place of a refused export.
  var details = JSONObject()

  init(_ exit: ExitCode, _ message: String, hint: String? = nil) {
    self.exit = exit
    self.message = message
    self.hint = hint
  }

  /// The failure as the one document on standard output where JSON was asked for:
  /// `{"error": {code, message, advice, exit, file, line, column}}`.
  var json: JSONValue {
    var members = JSONObject([
      ("code", .string(exit.name)), ("message", .string(message)),
      ("advice", hint.map { .string($0) } ?? .null), ("exit", .int(Int(exit.rawValue))),
      ("file", .null), ("line", .null), ("column", .null),
    ])
    for (key, value) in details.members { members[key.value] = value }
    return .object(["error": .object(members)])
  }

  /// What is printed to standard error.
  var text: String {
    // What comes from files and command lines must not steer the terminal.
    let lines = message.split(separator: "\n", omittingEmptySubsequences: false)
    let body = lines.map { "resetsync: \(VisibleText.of(String($0)))" }.joined(separator: "\n")
    let hints = hint?.split(separator: "\n").map { "\n  \(VisibleText.of(String($0)))" } ?? []
    return body + hints.joined() + "\n"
  }
}
