import Formats
import Reconciliation

/// A mapping proposed for an export: commented text to be read, corrected and kept.
public struct MappingDraft: Sendable {
  /// The mapping file: JSON with comments that `Mapping(parsing:file:)` accepts.
  public let text: String
  /// The column of the reference.
  public let keyColumn: String
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
  private let references: [KnownReference]
  private let limits: ExportLimits

  /// `references` are those of all resets, one for each, so that repeated ones show.
  public init(_ file: ExportFile, references: [KnownReference], limits: ExportLimits = .standard) {
    self.file = file
    self.references = references
    self.limits = limits
  }

  /// The proposal.
  ///
  /// `name` is that of the mapping, `path` the one of the exports as seen from the mapping file.
  /// Throws `ExportRefusal` where the file can't be read or has no key.
  public func draft(name: String, path: String) throws -> MappingDraft {
    do {
      return try makeDraft(name, path)
    } catch let refusal as ExportRefusal {
      throw refusal.naming(file.name)
    }
  }

  private func makeDraft(_ name: String, _ path: String) throws -> MappingDraft {
    let rules = ReadingRules(headerRow: try headerRow())
    let opened = try ExportOpening(file, rules, limits).open(
      ColumnSelection(wanted: nil, isProposal: true, flattens: true))
    if let header = opened.header, HeaderFinder.isRecord(header) {
      throw ExportRefusal(
        .empty, "what should be column names looks like a record: the export needs a header",
        line: rules.headerRow)
    }
    let sample = try ProposalSample(opened.rows, header: opened.header ?? [])
    guard let key = KeyFinder(references: references).find(sample.profiles) else {
      throw ExportRefusal(
        .noKey,
        "no column tells the rows apart, so no key can be proposed; the file has: "
          + sample.profiles.map(\.name).joined(separator: ", "))
    }
    let keyProfile = sample.profiles.first { $0.name == key.column }
    let known = keyProfile.map { KnownSource(references, $0, key) }
    let writer = MappingDraftWriter(
      name: name, path: path, dialect: opened.dialect, sample: sample, key: key,
      fileName: file.name, origin: known?.origin ?? name,
      repeatsReferences: known?.repeatsReferences ?? false)
    return MappingDraft(
      text: writer.text(), keyColumn: key.column, dialect: opened.dialect, rows: sample.rows)
  }

  /// The line with the names: reports have a title above it.
  private func headerRow() throws -> Int {
    let opening = ExportOpening(file, ReadingRules(), limits)
    if let rows = try opening.sheetSample(HeaderFinder.rowsMax) {
      return HeaderFinder.line(
        rows.map { row in
          .init(line: row.number, texts: row.cells.map { HeaderRow.trimmed($0?.text ?? "") })
        })
    }
    guard let sample = try opening.delimitedSample() else { return 1 }
    let found = CSVDialect.detect(sample)
    let line = HeaderFinder.line(HeaderFinder.rows(sample, found.dialect))
    return found.hasSeparatorLine ? max(1, line - 1) : line
  }
}
