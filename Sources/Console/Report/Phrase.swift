internal import Formats
public import Reconciliation

/// A sentence with values in it, so that each writer can set the values apart.
public struct Phrase: Sendable, Equatable, ExpressibleByStringInterpolation {
  /// A piece of a sentence.
  public enum Part: Sendable, Equatable {
    /// Words of the program.
    case words(String)
    /// A value, a name or an id from the data.
    case value(String)
  }

  /// The pieces in order.
  public var parts: [Part]

  /// Only words.
  public init(stringLiteral value: String) { parts = [.words(value)] }

  /// Words, with what is interpolated as values.
  public init(stringInterpolation: Interpolation) { parts = stringInterpolation.parts }

  /// Collects words and values.
  public struct Interpolation: StringInterpolationProtocol {
    var parts: [Part] = []

    /// Makes room.
    public init(literalCapacity: Int, interpolationCount: Int) {}

    /// Adds words.
    public mutating func appendLiteral(_ literal: String) {
      if !literal.isEmpty { parts.append(.words(literal)) }
    }

    /// Adds a value.
    public mutating func appendInterpolation(_ value: String) { parts.append(.value(value)) }

    /// Adds the value of one side.
    public mutating func appendInterpolation(_ value: FieldValue?) {
      let shown = ShownValue(value)
      parts.append(shown.isData ? .value(shown.text) : .words(shown.text))
    }

    /// Adds the value of one side, cut around where it differs from the other.
    public mutating func appendInterpolation(_ value: FieldValue?, against other: FieldValue?) {
      let shown = ShownValue(value)
      parts.append(
        shown.isData ? .value(shown.inLine(against: ShownValue(other))) : .words(shown.text))
    }

    /// Adds words that are not a value.
    public mutating func appendInterpolation(words: String) { parts.append(.words(words)) }
  }

  /// The sentence for terminals: values between backquotes, invisible characters visible, long
  /// values shortened.
  public var text: String {
    parts.map { part in
      switch part {
      case .words(let words): words
      case .value(let value): "`\(VisibleText(ShownValue.shortened(value)).text)`"
      }
    }.joined()
  }
}

/// How the value of one side is put on a screen.
public struct ShownValue: Sendable, Equatable {
  /// What is shown.
  public let text: String
  /// Whether it is a value from the data, not a word of ours such as `not set`.
  public let isData: Bool
  /// Whether it is laid out in several lines.
  public let isLong: Bool
  /// Whether its line ends are those of our layout: JSON writes its own as escapes.
  public let isLaidOut: Bool

  /// The most characters of a value inside a sentence.
  public static let sentenceCharactersMax = 60
  /// The most characters that count as short: compared by character, set in one line.
  public static let shortCharactersMax = 200
  /// The most characters of a value on a page; the rest is counted, not shown.
  public static let pageCharactersMax = 4_000

  /// A value of a side; nil means that the side says nothing.
  public init(_ value: FieldValue?) {
    switch value {
    case nil: (text, isData, isLong, isLaidOut) = ("—", false, false, false)
    case .absent: (text, isData, isLong, isLaidOut) = ("not set", false, false, false)
    case .present(let json):
      let shown = Self.spelled(json)
      (text, isData) = (shown, true)
      isLong = shown.utf8.count > Self.shortCharactersMax || shown.contains("\n")
      isLaidOut = json.text == nil
    }
  }

  /// A text that can't be taken for another kind of value, as it is.
  init(bare text: String) {
    (self.text, isData, isLaidOut) = (text, true, false)
    isLong = text.utf8.count > Self.shortCharactersMax || text.contains("\n")
  }

  /// A word of ours.
  init(word: String) { (text, isData, isLong, isLaidOut) = (word, false, false, false) }

  /// The value in one line, however long: JSON without the line ends of its layout.
  var inLine: String {
    guard isLong, let json = try? JSONValue(parsing: text) else { return text }
    return json.written()
  }

  /// Text as it is, unless it could be taken for another kind of value; the rest as JSON.
  private static func spelled(_ value: JSONValue) -> String {
    switch value {
    case .string(let string):
      let text = string.value
      return text.isEmpty || looksLikeJSON(text) ? value.written() : text
    case .array, .object:
      let short = value.written()
      return short.utf8.count <= 80 ? short : value.written(indent: 2)
    case .null, .bool, .number: return value.written()
    }
  }

  /// Whether unquoted text would read as a number, a boolean or null.
  private static func looksLikeJSON(_ text: String) -> Bool {
    if ["true", "false", "null", "not set", "—"].contains(text) { return true }
    return text.utf8.count < 40 && JSONNumber(text) != nil
  }

  /// A value that is no longer than fits into a sentence.
  static func shortened(_ text: String, to charactersMax: Int = sentenceCharactersMax) -> String {
    guard text.utf8.count > charactersMax, text.count > charactersMax else { return text }
    return text.prefix(charactersMax - 1) + "…"
  }

  /// The same for one of two values between which people decide: what differs is never cut away.
  static func shortened(
    _ text: String, against other: String, to charactersMax: Int = sentenceCharactersMax
  ) -> String {
    let alike = zip(text, other).prefix { $0 == $1 }.count
    guard text.utf8.count > charactersMax, alike > charactersMax / 2 else {
      return shortened(text, to: charactersMax)
    }
    let (whole, shown) = (text.count, charactersMax - 2)
    let start = max(0, min(alike - charactersMax / 4, whole - shown))
    guard start > 0 else { return shortened(text, to: charactersMax) }
    return "…" + text.dropFirst(start).prefix(shown) + (start + shown < whole ? "…" : "")
  }

  /// This value in one line, cut around where it differs from another.
  func inLine(against other: ShownValue, to charactersMax: Int = sentenceCharactersMax) -> String {
    guard isData, other.isData else { return Self.shortened(inLine, to: charactersMax) }
    return Self.shortened(inLine, against: other.inLine, to: charactersMax)
  }
}
