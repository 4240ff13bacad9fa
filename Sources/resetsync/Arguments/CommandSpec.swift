/// One option of a command, as help, completion and the parser see it.
struct OptionSpec: Sendable, Equatable {
  /// What follows the option's name.
  enum Value: Sendable, Equatable {
    /// Nothing: the option is given or not.
    case none
    /// One value, named so in the help; a repeated option keeps the last.
    case one(String)
    /// One value a time, all of them kept.
    case many(String)
    /// One of these words.
    case choice([String])
  }

  /// The long name without its dashes, such as `dry-run`.
  let name: String
  /// What follows the name.
  let value: Value
  /// What it does, in a line.
  let summary: String

  init(_ name: String, _ value: Value = .none, _ summary: String) {
    self.name = name
    self.value = value
    self.summary = summary
  }

  /// The option as written in a synopsis, such as `--limit N`.
  var usage: String {
    switch value {
    case .none: "--\(name)"
    case .one(let word), .many(let word): "--\(name) \(word)"
    case .choice(let words): "--\(name) \(words.joined(separator: "|"))"
    }
  }
}

/// What a command takes beside its options.
struct PositionalSpec: Sendable, Equatable {
  /// The word in the synopsis, such as `FILE`.
  let name: String
  /// How many may be given.
  let count: ClosedRange<Int>
  /// What it is, in a line.
  let summary: String

  /// The most values a command takes where it takes many.
  static let countMax = 10_000

  static func required(_ name: String, _ summary: String) -> PositionalSpec {
    PositionalSpec(name: name, count: 1...1, summary: summary)
  }

  static func optional(_ name: String, _ summary: String) -> PositionalSpec {
    PositionalSpec(name: name, count: 0...1, summary: summary)
  }

  static func several(_ name: String, _ summary: String, atLeast: Int = 0) -> PositionalSpec {
    PositionalSpec(name: name, count: atLeast...countMax, summary: summary)
  }

  /// The operand as written in a synopsis, such as `[MAPPING …]`.
  var usage: String {
    let word = count.upperBound > 1 ? "\(name) …" : name
    return count.lowerBound == 0 ? "[\(word)]" : word
  }
}

/// One command of the program: its words, its help and what it runs.
struct CommandSpec: Sendable {
  /// The words that call it, such as `["conflicts", "show"]`.
  let words: [String]
  /// What it does, in a line.
  let summary: String
  /// What a user has to know beyond that; paragraphs.
  var details: [String] = []
  /// What it takes beside options.
  var positionals: [PositionalSpec] = []
  /// Its own options; the common ones come on top.
  var options: [OptionSpec] = []
  /// Command lines to learn from, without the program's name, each with what it does.
  var examples: [(line: String, does: String)] = []
  /// Whether it reads the configuration.
  var needsConfiguration = true
  /// Runs it.
  let run: @Sendable (Invocation, World) async throws -> ExitCode

  /// The name as typed, such as `conflicts show`.
  var name: String { words.joined(separator: " ") }

  /// Every option, the common ones last.
  var allOptions: [OptionSpec] {
    options + (needsConfiguration ? [Self.configOption] : []) + [Self.helpOption]
  }

  static let configOption = OptionSpec(
    "config", .one("FILE"), "the configuration file (or RESETSYNC_CONFIG)")
  static let helpOption = OptionSpec("help", .none, "show this help")

  /// The option that picks text or JSON on standard output.
  static let formatOption = OptionSpec(
    "format", .choice(["text", "json"]), "how to print the result (text)")
}

/// A parsed command line.
struct Invocation: Sendable {
  /// The command that was called.
  let command: CommandSpec
  /// The operands, in order.
  let operands: [String]
  /// Option values by name, in the order given; an empty list for a flag.
  let values: [String: [String]]

  /// Whether an option was given.
  func has(_ option: String) -> Bool { values[option] != nil }

  /// The last value of an option.
  func value(_ option: String) -> String? { values[option]?.last }

  /// The value of an option that must not be given several times: the last one alone would leave
  /// the others out in silence.
  func only(_ option: String) throws(UsageError) -> String? {
    let given = values[option] ?? []
    guard given.count > 1 else { return given.first }
    throw UsageError(
      "--\(option) takes one value, not \(given.count): type the command once for each",
      command: command)
  }

  /// All values of an option, split at commas.
  func list(_ option: String) -> [String] {
    (values[option] ?? []).flatMap { $0.split(separator: ",").map(String.init) }
  }

  /// The value of an option as a whole number in a range.
  func number(_ option: String, in range: ClosedRange<Int>) throws(UsageError) -> Int? {
    guard let text = value(option) else { return nil }
    guard let number = Int(text), range.contains(number) else {
      throw UsageError(
        "--\(option) takes a whole number from \(range.lowerBound) to \(range.upperBound),"
          + " not “\(text)”",
        command: command)
    }
    return number
  }

  /// Whether the result is to be one JSON document.
  var wantsJSON: Bool { value("format") == "json" }
}
