/// Words of commands that people copy into a shell.
public enum ShellQuoting {
  /// The word as a shell reads it: as it is if it is harmless, else in single quotes.
  ///
  /// `shown` is what stands between them where that must differ: invisible characters made visible,
  /// so that nothing unseen is pasted.
  public static func word(_ word: String, shown: (String) -> String = { $0 }) -> String {
    let isHarmless = word.utf8.allSatisfy { byte in
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
      default: "-_./=:@%+,".utf8.contains(byte)
      }
    }
    if isHarmless && !word.isEmpty { return word }
    return "'"
      + shown(word).split(separator: "'", omittingEmptySubsequences: false)
      .joined(separator: #"'\''"#) + "'"
  }
}
