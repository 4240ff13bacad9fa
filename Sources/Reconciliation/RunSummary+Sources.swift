internal import Formats

extension RunSummary {
  /// What a look into the folders of a source found.
  public struct Source: Sendable, Equatable {
    /// How it stands with the source.
    public enum State: String, Sendable, CaseIterable {
      /// Its folders can be looked into.
      case reachable
      /// They can't: whatever lies there is unknown.
      case unreachable
      /// They can, and no export of it was ever accepted or lies there.
      case neverDelivered = "never_delivered"
    }

    /// The mapping's name.
    public var mapping: String
    /// How it stands.
    public var state: State
    /// Why it is out of reach, in words.
    public var reason: String?
    /// The patterns of paths that were looked for.
    public var patterns: [String]
    /// How many exports lie there, taken before or not.
    public var exports: Int

    /// Makes the account of a look.
    public init(
      mapping: String, state: State, reason: String? = nil, patterns: [String], exports: Int
    ) {
      self.mapping = mapping
      self.state = state
      self.reason = reason
      self.patterns = patterns
      self.exports = exports
    }
  }

  /// A file that fits the path of a source and is not read; told when it is first seen.
  public struct PassedOver: Sendable, Equatable {
    /// The mapping's name.
    public var mapping: String
    /// The file's path.
    public var file: String
    /// Why it is passed over, in words.
    public var reason: String

    /// Makes the account of a file that is not read.
    public init(mapping: String, file: String, reason: String) {
      self.mapping = mapping
      self.file = file
      self.reason = reason
    }
  }
}

extension RunSummary.Source {
  var json: JSONValue {
    [
      "mapping": .string(mapping), "state": .string(state.rawValue),
      "reason": reason.map { .string($0) } ?? .null,
      "patterns": .array(patterns.map { .string($0) }), "exports": .int(exports),
    ]
  }

  init?(json: JSONValue) {
    guard let mapping = json["mapping"]?.text else { return nil }
    self.init(
      mapping: mapping, state: json["state"]?.text.flatMap(State.init) ?? .reachable,
      reason: json["reason"]?.text,
      patterns: (json["patterns"]?.arrayValue ?? []).compactMap(\.text),
      exports: json["exports"]?.int ?? 0)
  }
}

extension RunSummary.PassedOver {
  var json: JSONValue {
    ["mapping": .string(mapping), "file": .string(file), "reason": .string(reason)]
  }

  init?(json: JSONValue) {
    guard let mapping = json["mapping"]?.text, let file = json["file"]?.text else { return nil }
    self.init(mapping: mapping, file: file, reason: json["reason"]?.text ?? "")
  }
}
