/// One thing wrong with a settings file: where it is, what it is, and what to do about it.
public struct SettingsProblem: Error, Sendable, Hashable, CustomStringConvertible {
  /// The file as it was named to the reader.
  public let file: String
  /// The line, counted from 1.
  public let line: Int
  /// The column, counted from 1, in Unicode scalars.
  public let column: Int
  /// The way to the value, such as `api.timeout` or `fields[2].column`; empty for the whole file.
  public let path: String
  /// What is wrong.
  public let message: String
  /// What to do next, where that is known.
  public let hint: String?

  /// A problem at a known place.
  public init(
    file: String, line: Int, column: Int, path: String, message: String, hint: String? = nil
  ) {
    self.file = file
    self.line = line
    self.column = column
    self.path = path
    self.message = message
    self.hint = hint
  }

  /// `file:line:column: path: message; hint`, as editors understand it.
  public var description: String {
    "\(file):\(line):\(column): " + (path.isEmpty ? "" : "\(path): ") + message
      + (hint.map { "; \($0)" } ?? "")
  }
}

/// Everything wrong with a settings file, in the order of the file.
public struct SettingsProblems: Error, Sendable, Equatable, CustomStringConvertible {
  /// The problems, at least one.
  public let problems: [SettingsProblem]

  /// A list of problems.
  public init(_ problems: [SettingsProblem]) { self.problems = problems }

  /// One problem per line.
  public var description: String { problems.map(\.description).joined(separator: "\n") }
}
