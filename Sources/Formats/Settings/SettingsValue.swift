/// One value of a settings file with its place, for keys that take more than one shape.
public struct SettingsValue {
  /// The way to the value, such as `fields[2].column`.
  public let path: String
  let node: JSONNode
  let collector: SettingsCollector

  /// The kind of the value.
  public var kind: JSONKind { node.kind }

  /// Where the value starts.
  public var position: TextPosition { collector.document.position(node.offset) }

  /// The text of a string, nil for other kinds.
  public var string: String? { node.string }

  /// The boolean, nil for other kinds.
  public var bool: Bool? { node.bool }

  /// The number as written, nil for other kinds.
  public var number: JSONNumber? { node.number }

  /// The value as JSON.
  public var json: JSONValue { node.value }

  /// The elements of an array, each with its path; empty for other kinds.
  public var elements: [SettingsValue] {
    node.elements.enumerated().map {
      SettingsValue(path: "\(path)[\($0.offset)]", node: $0.element, collector: collector)
    }
  }

  /// A reader over an object's members, nil for other kinds.
  public var section: SettingsReader? {
    kind == .object ? SettingsReader(node: node, path: path, collector: collector) : nil
  }

  /// Notes a problem with this value; reading goes on.
  public func problem(_ message: String, hint: String? = nil) {
    collector.add(node.offset, path, message, hint)
  }

  /// Notes that the value is of the wrong kind.
  func wrongKind(_ expected: String, hint: String? = nil) {
    problem("expected \(expected), found \(kind.words)", hint: hint)
  }

  // MARK: - Conversions; each notes its problem and gives nil when the value does not fit

  func asString() -> String? {
    guard let text = string else {
      wrongKind("a string", hint: number == nil ? nil : "put it in quotes")
      return nil
    }
    return text
  }

  func asBool() -> Bool? {
    guard let value = bool else {
      let quoted = string.map { ["true", "false"].contains($0) } ?? false
      wrongKind("true or false", hint: quoted ? "remove the quotes" : nil)
      return nil
    }
    return value
  }

  func asInt(_ range: ClosedRange<Int>) -> Int? {
    guard let number else {
      wrongKind("a whole number", hint: quotedNumberHint)
      return nil
    }
    guard let value = number.int else {
      problem("expected a whole number, found \(number.spelling)")
      return nil
    }
    guard range.contains(value) else {
      problem("\(value) is out of range", hint: "use \(words(range))")
      return nil
    }
    return value
  }

  func asDouble(_ range: ClosedRange<Double>) -> Double? {
    guard let number else {
      wrongKind("a number", hint: quotedNumberHint)
      return nil
    }
    guard range.contains(number.double) else {
      problem(
        "\(number.spelling) is out of range",
        hint: "use a number from \(range.lowerBound) to \(range.upperBound)")
      return nil
    }
    return number.double
  }

  func asDuration(_ range: ClosedRange<Double>) -> Double? {
    let example = "write a number with its unit, such as \"90s\", \"15m\", \"24h\" or \"7d\""
    guard let text = string else {
      wrongKind("a duration", hint: example)
      return nil
    }
    guard let seconds = DurationText.seconds(text) else {
      problem("\"\(text)\" is no duration", hint: example)
      return nil
    }
    guard range.contains(seconds) else {
      problem(
        "\"\(text)\" is out of range",
        hint: "use \(DurationText.written(seconds: range.lowerBound)) to "
          + DurationText.written(seconds: range.upperBound))
      return nil
    }
    return seconds
  }

  func asChoice(_ names: [String]) -> String? {
    guard let text = asString() else { return nil }
    guard names.contains(text) else {
      let near = nearestName(to: text, among: names).map { "did you mean \"\($0)\"? " } ?? ""
      let list = names.map { "\"\($0)\"" }.joined(separator: ", ")
      problem("unknown value \"\(text)\"", hint: "\(near)one of \(list)")
      return nil
    }
    return text
  }

  func asStrings() -> [String]? {
    guard kind == .array else {
      wrongKind("a list of strings", hint: string == nil ? nil : "put it in [ ]")
      return nil
    }
    return elements.compactMap { $0.asString() }
  }

  private var quotedNumberHint: String? {
    string.flatMap(JSONNumber.init) == nil ? nil : "remove the quotes"
  }

  private func words(_ range: ClosedRange<Int>) -> String {
    if range.upperBound == .max { return "\(range.lowerBound) or more" }
    if range.lowerBound == .min { return "\(range.upperBound) or less" }
    return "a number from \(range.lowerBound) to \(range.upperBound)"
  }
}
