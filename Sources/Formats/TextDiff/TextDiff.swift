/// What differs between two texts, as spans that read in order.
public struct TextDiff: Sendable, Equatable {
  /// Where a span occurs.
  public enum Kind: Sendable, Equatable {
    /// In both texts.
    case common
    /// Only in the first.
    case removed
    /// Only in the second.
    case added
  }

  /// A run of text of one kind.
  public struct Span: Sendable, Equatable {
    /// Where it occurs.
    public var kind: Kind
    /// The text, whole characters only.
    public var text: String

    /// Makes a span.
    public init(_ kind: Kind, _ text: String) {
      self.kind = kind
      self.text = text
    }
  }

  /// The spans in order; a removed one stands before the added one that takes its place.
  public var spans: [Span]

  /// Steps that a comparison may take before it settles for "all of the middle differs".
  public static let stepsMax = 400_000

  /// Compares character by character (extended grapheme clusters), for texts of a line or so.
  public init(characters first: String, _ second: String, stepsMax: Int = Self.stepsMax) {
    let script = EditScript(Array(first), Array(second), stepsMax: stepsMax)
    spans = Self.spans(of: Self.withoutIslands(script.runs)) { String($0) }
  }

  /// Compares line by line, for long texts; a line keeps its line end.
  public init(lines first: String, _ second: String, stepsMax: Int = Self.stepsMax) {
    let script = EditScript(Self.lines(of: first), Self.lines(of: second), stepsMax: stepsMax)
    spans = Self.spans(of: script.runs) { $0.joined() }
  }

  /// The part of the spans that makes up the first text.
  public var first: [Span] { spans.filter { $0.kind != .added } }

  /// The part of the spans that makes up the second text.
  public var second: [Span] { spans.filter { $0.kind != .removed } }

  /// Splits a text after each line end; LF, CR and CR LF end a line.
  static func lines(of text: String) -> [String] {
    var lines: [String] = []
    var line = ""
    for character in text {
      line.append(character)
      if character.isNewline {
        lines.append(line)
        line = ""
      }
    }
    if !line.isEmpty { lines.append(line) }
    return lines
  }

  private static func spans<Token>(
    of runs: [EditScript<Token>.Run], _ joined: ([Token]) -> String
  ) -> [Span] {
    runs.map { Span($0.kind, joined($0.tokens)) }
  }

  /// Folds a common run into its neighbours when it is no longer than the changes on either side:
  /// single letters that two words happen to share only make a difference hard to read.
  private static func withoutIslands(
    _ runs: [EditScript<Character>.Run]
  ) -> [EditScript<Character>.Run] {
    var out: [EditScript<Character>.Run] = []
    for (place, run) in runs.enumerated() {
      guard run.kind == .common, !out.isEmpty, place + 1 < runs.count else {
        EditScript.append(run.kind, run.tokens, to: &out)
        continue
      }
      let before = longestChange(out.reversed())
      let after = longestChange(runs[(place + 1)...])
      if run.tokens.count <= before && run.tokens.count <= after {
        EditScript.append(.removed, run.tokens, to: &out)
        EditScript.append(.added, run.tokens, to: &out)
      } else {
        out.append(run)
      }
    }
    return out
  }

  /// The length of the longer of the changes at the beginning of the runs.
  private static func longestChange(_ runs: some Sequence<EditScript<Character>.Run>) -> Int {
    runs.prefix { $0.kind != .common }.map(\.tokens.count).max() ?? 0
  }
}
