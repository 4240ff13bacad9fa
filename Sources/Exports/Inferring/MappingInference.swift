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
        "no column tells the rows apart, so no key can be proposed (write the mapping by hand, with "
          + "\"columns\" if the key has several); the file has: "
          + profiles.map(\.name).joined(separator: ", "))
    }
    let writer = MappingDraftWriter(
      name: name, path: path, dialect: opened.dialect, profiles: profiles, key: key,
      rows: rows, fileName: file.name, repeatsReferences: Set(references).count < references.count)
    return MappingDraft(
      text: writer.text(), keyColumn: key.column, dialect: opened.dialect, rows: rows)
  }

  /// The line with the names: reports have a title above it.
  private func headerRow() throws -> Int {
    let opening = ExportOpening(file, ReadingRules(), limits)
    guard let sample = try opening.delimitedSample() else { return 1 }
    let found = CSVDialect.detect(sample)
    let line = HeaderFinder.line(sample, found.dialect)
    return found.hasSeparatorLine ? max(1, line - 1) : line
  }
}

/// Finds the line with the names below a title.
enum HeaderFinder {
  /// How many rows are looked at.
  static let rowsMax = 60

  /// The first line that is filled nearly as widely as most rows, with texts that can be names.
  static func line(_ sample: [UInt8], _ dialect: CSVDialect) -> Int {
    var dialect = dialect
    dialect.isStrict = false
    var reader = CSVReader(dialect: dialect)
    reader.feed(sample)
    reader.finish()
    var rows: [(line: Int, names: Int, filled: Int)] = []
    while rows.count < rowsMax, let row = try? reader.next() {
      let texts = row.texts.map(HeaderRow.trimmed).filter { !$0.isEmpty }
      rows.append((row.line, texts.count(where: isName), texts.count))
    }
    let widths = rows.map(\.filled).sorted()
    guard let usual = widths.isEmpty ? nil : widths[widths.count / 2], usual > 1 else { return 1 }
    let header = rows.first { $0.filled * 10 >= usual * 8 && $0.names == $0.filled }
    return header?.line ?? 1
  }

  /// Names are no numbers, dates or addresses.
  private static func isName(_ text: String) -> Bool {
    !text.utf8.contains(0x40)
      && text.unicodeScalars.contains { $0.properties.isAlphabetic }
      && text.utf8.count <= 100
  }
}
