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
  private let references: [String]
  private let limits: ExportLimits

  /// `references` are those of all resets, one for each, so that repeated ones show.
  public init(_ file: ExportFile, references: [String], limits: ExportLimits = .standard) {
    self.file = file
    self.references = references
    self.limits = limits
  }

  /// The proposal. `name` is that of the mapping, `path` the one of the exports as seen from the
  /// mapping file. Throws `ExportRefusal` where the file can't be read or has no key.
  public func draft(name: String, path: String) throws -> MappingDraft {
    do {
      return try makeDraft(name, path)
    } catch let refusal as ExportRefusal {
      throw refusal.naming(file.name)
    }
  }

  private func makeDraft(_ name: String, _ path: String) throws -> MappingDraft {
    let rules = ReadingRules(headerRow: try headerRow())
    var opened = try ExportOpening(file, rules, limits).open(
      ColumnSelection(wanted: nil, flattens: true))
    var profiles: [ColumnProfile] = []
    var rows = 0
    while rows < Self.rowsMax, let event = try opened.rows.next() {
      guard case .row(_, let cells, isBlank: false) = event else { continue }
      rows += 1
      while profiles.count < opened.rows.table.names.count {
        profiles.append(ColumnProfile(name: opened.rows.table.names[profiles.count]))
      }
      for place in profiles.indices {
        profiles[place].add(place < cells.count ? cells[place] : .absent)
      }
    }
    guard rows > 0 else { throw ExportRefusal(.noRows, "the export has no rows to learn from") }
    guard let key = KeyFinder(references: references).find(profiles) else {
      throw ExportRefusal(
        .missingColumn,
        "no column has one value of its own in every row; the file has: "
          + profiles.map(\.name).joined(separator: ", "))
    }
    let writer = MappingDraftWriter(
      name: name, path: path, dialect: opened.dialect, profiles: profiles, key: key,
      rows: rows, fileName: file.name, repeatsReferences: Set(references).count < references.count)
    return MappingDraft(
      text: writer.text(), keyColumn: key.column, dialect: opened.dialect, rows: rows)
  }

  /// The row with the names: reports have a title above it.
  private func headerRow() throws -> Int {
    let opening = ExportOpening(file, ReadingRules(), limits)
    guard let sample = try opening.delimitedSample() else { return 1 }
    let found = CSVDialect.detect(sample)
    guard found.columnCount > 1, let line = found.headerLine, line > 1, line <= 50 else { return 1 }
    return found.hasSeparatorLine ? line - 1 : line
  }
}
