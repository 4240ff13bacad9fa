internal import Formats

/// One export in several files (`parts`, `count`).
public struct PartsRule: Sendable, Hashable {
  /// Matches the name of a part; its group `set` is the same for all parts of one export, `part` is
  /// the number.
  public var pattern: TextPattern
  /// How many parts an export has; nil where that is told by a manifest or by the numbers.
  public var count: Int?

  /// The most parts of one export.
  public static let partsMax = 10_000

  /// A rule from its parts.
  public init(pattern: TextPattern, count: Int?) {
    self.pattern = pattern
    self.count = count
  }
}

/// What a source says about itself that must hold before a delivery is believed to be whole
/// (`proof`).
public struct ProofRule: Sendable, Hashable {
  /// The last line of the text.
  public struct Trailer: Sendable, Hashable {
    /// Matches it; the groups `rows` and `sum` are what it says.
    public var match: TextPattern
    /// The column whose numbers `sum` adds up.
    public var sumColumn: String?
    /// The decimal mark of that column and of the sum, where it is declared.
    public var decimalMark: DecimalMark?

    /// A trailer without a sum.
    public init(match: TextPattern) { self.match = match }
  }

  /// A file beside the export that lists what was delivered, as CSV or JSON.
  public struct Manifest: Sendable, Hashable {
    /// Its name, relative to the export's folder; `{file}`, `{stem}` and `{set}` stand for those of
    /// the export.
    public var path: String
    /// The member or column with the name of a file; nil where it tells of one export only.
    public var file: String?
    /// The member or column with the number of rows.
    public var rows: String?
    /// The member or column with the SHA-256.
    public var sha256: String?

    /// A manifest that only has to be there.
    public init(path: String) { self.path = path }
  }

  /// Where the number stands that grows by one from delivery to delivery.
  public enum Sequence: Sendable, Hashable {
    /// In the name of the file: the only group of a pattern.
    case name(TextPattern)
    /// In the rows, all of them: one number, or several that follow each other.
    case column(String)
  }

  /// The last line.
  public var trailer: Trailer?
  /// The list beside it.
  public var manifest: Manifest?
  /// The name of the file with its SHA-256, `{file}` and `{stem}` standing for its own.
  public var sidecar: String?
  /// Its number.
  public var sequence: Sequence?
  /// Whether the last line must have an end; nil to go by the last exports.
  public var endsWithNewline: Bool?
  /// A reference of which a row must be there.
  public var canary: String?
  /// How many seconds after its last change a delivery may lack its proof before it is refused.
  public var waitSeconds = 3600.0

  /// Nothing to prove.
  public init() {}

  /// All of it as one text: with another one, what was refused is to be judged again.
  public var text: String {
    var parts = [
      trailer?.match.text, trailer?.sumColumn, trailer?.decimalMark?.rawValue, manifest?.path,
      manifest?.file, manifest?.rows, manifest?.sha256, sidecar, canary,
      endsWithNewline.map { "\($0)" },
    ]
    switch sequence {
    case .name(let pattern): parts += ["name", pattern.text]
    case .column(let column): parts += ["column", column]
    case nil: break
    }
    return JSONValue.array(parts.map { $0.map { .string($0) } ?? .null }).written()
  }

  /// The columns that are read for the proof alone.
  public var columns: [String] {
    var columns = [trailer?.sumColumn].compactMap(\.self)
    if case .column(let name)? = sequence { columns.append(name) }
    return columns
  }
}
