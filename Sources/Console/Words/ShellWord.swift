internal import Formats

/// Words of a command that people copy into a shell.
public enum ShellWord {
  /// The word as a shell reads it; invisible characters are shown: nothing unseen is pasted.
  public static func of(_ word: String) -> String {
    ShellQuoting.word(word, shown: VisibleText.of)
  }
}
