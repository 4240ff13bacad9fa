/// Words of a command that people copy into a shell.
public enum ShellWord {
  /// The word as a shell reads it: as it is if it is harmless, else in single quotes; invisible
  /// characters are shown, so that nothing unseen is pasted.
  public static func of(_ word: String) -> String {
    let isHarmless = word.utf8.allSatisfy { byte in
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
      default: "-_./=:@%+,".utf8.contains(byte)
      }
    }
    if isHarmless && !word.isEmpty { return word }
    return "'"
      + VisibleText.of(word).split(separator: "'", omittingEmptySubsequences: false)
      .joined(separator: #"'\''"#) + "'"
  }
}
