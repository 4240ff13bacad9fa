import Formats
import Reconciliation

/// A mapping proposed for an export: commented text to be read, corrected and kept.
public struct MappingDraft: Sendable {
  /// The mapping file: JSON with comments.
  ///
  /// `Mapping(parsing:file:)` accepts it, unless the key was left open: then it asks for the key.
  public let text: String
  /// The column of the reference; nil where it is left to be filled in.
  public let keyColumn: String?
  /// Why that column, and how sure; or why none.
  public let keyReason: String
  /// The columns that may be the key besides, the likeliest first.
  public let rivals: [String]
  /// What was guessed of how the file is read, in words.
  public let notes: [String]
  /// How the file is written.
  public let dialect: ExportDialect
  /// How many rows the proposal rests on.
  public let rows: Int
}

/// Proposes a mapping from an export and from what the shop knows already.
public struct MappingInference: Sendable {
  /// How many rows are looked at.
  public static let rowsMax = 10_000

  private let file: ExportFile
  private let rules: ReadingRules
  private let findsHeader: Bool
  private let references: [KnownReference]
  private let limits: ExportLimits

  /// Proposes from a file by rules of one's own; what they leave open is found out, the row of the
  /// header unless `findsHeader` is false.
  ///
  /// `references` are those of all resets, one for each, so that repeated ones show.
  public init(
    _ file: ExportFile, rules: ReadingRules = ReadingRules(), findsHeader: Bool = true,
    references: [KnownReference], limits: ExportLimits = .standard
  ) {
    self.file = file
    self.rules = rules
    self.findsHeader = findsHeader
    self.references = references
    self.limits = limits
  }

  /// The proposal.
  ///
  /// `name` is that of the mapping, `path` the one of the exports as seen from the mapping file.
  /// Throws `ExportRefusal` where the file can't be read.
  public func draft(name: String, path: String) throws -> MappingDraft {
    do {
      return try makeDraft(name, path)
    } catch let refusal as ExportRefusal {
      throw refusal.naming(file.name)
    }
  }

  private func makeDraft(_ name: String, _ path: String) throws -> MappingDraft {
    let guess = try ReadingGuess(
      file, rules, findsHeader: findsHeader, guessesQuotes: true, limits: limits)
    var opened = try ExportOpening(file, guess.rules, limits).open(
      ColumnSelection(wanted: nil, isProposal: true, flattens: true))
    if let header = opened.header, HeaderFinder.isRecord(header) {
      throw ExportRefusal(
        .empty, "what should be column names looks like a record: the export needs a header",
        line: guess.rules.headerRow)
    }
    let sample = try ProposalSample(&opened)
    let notes = guess.notes(opened)
    let key = KeyFinder(references: references).find(sample.columns, rows: sample.rows)
    let writer = MappingDraftWriter(
      name: name, path: path, fileName: file.name, opened: opened, rules: guess.rules,
      reading: notes, sample: sample, key: key, references: KnownReferences(references))
    return MappingDraft(
      text: writer.text(), keyColumn: key.chosen?.profile.name.text, keyReason: key.words,
      rivals: key.rivals.map(\.profile.name.text), notes: notes, dialect: opened.dialect,
      rows: sample.rows)
  }
}
