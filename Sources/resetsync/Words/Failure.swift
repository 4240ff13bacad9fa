import Console

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

  init(_ exit: ExitCode, _ message: String, hint: String? = nil) {
    self.exit = exit
    self.message = message
    self.hint = hint
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
