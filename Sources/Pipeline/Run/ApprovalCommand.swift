import Formats

extension RunRequest {
  /// What to type to let a plan of this request pass: the same request once more, with consent.
  ///
  /// A run that was told to send or to look at nothing is named as the one that sends.
  func command(approving digest: String) -> String {
    var words = ["resetsync"]
    if case .undo(let run) = scope {
      words += ["undo", run]
    } else {
      words.append("reconcile")
      for mapping in mappings { words += ["--mapping", mapping] }
      if case .references(let references) = scope {
        for reference in references { words += ["--only", reference] }
      }
    }
    return (words + ["--approve", digest]).map { ShellQuoting.word($0) }.joined(separator: " ")
  }
}
