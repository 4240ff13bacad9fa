import Effects
import Formats
import Reconciliation

/// What a manifest says of the files that were delivered.
struct Manifest {
  /// What it says of one file, or of the only export.
  struct Entry: Equatable {
    var file: String?
    var rows: String?
    var sha256: String?
  }

  /// The largest manifest, in bytes.
  static let bytesMax = 16 << 20
  /// The most entries of one.
  static let entriesMax = 100_000

  let entries: [Entry]

  /// Reads a manifest as JSON where its name or beginning says so, else as a table.
  ///
  /// Throws `ExportRefusal` where it can't be read.
  init(_ file: ExportFile, by rule: ProofRule.Manifest) throws {
    guard file.bytes.size <= Self.bytesMax else {
      throw ExportRefusal(.tooLarge, "more than bytesMax = \(Self.bytesMax) bytes", file: file.name)
    }
    let start = try file.bytes.read(at: 0, count: ForeignContent.startBytes)
    let format =
      FormatFinder.format(named: file.name) ?? FormatFinder.format(startingWith: start)
    entries =
      format == .json ? try Self.members(file, rule) : try Self.rows(file, rule)
    guard entries.count <= Self.entriesMax else {
      throw ExportRefusal(.tooLarge, "more than \(Self.entriesMax) entries", file: file.name)
    }
  }

  // MARK: - A document

  private static func members(_ file: ExportFile, _ rule: ProofRule.Manifest) throws -> [Entry] {
    let bytes = try file.bytes.read(at: 0, count: file.bytes.size)
    let text = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
    guard let document = try? JSONValue(parsing: String(decoding: text, as: UTF8.self)) else {
      throw ExportRefusal(.malformed, "it is no whole JSON document", file: file.name)
    }
    var entries: [Entry] = []
    collect(document, rule, &entries)
    return entries
  }

  /// Every object that has what an entry has to have.
  private static func collect(
    _ value: JSONValue, _ rule: ProofRule.Manifest, _ entries: inout [Entry]
  ) {
    guard entries.count <= entriesMax else { return }
    if let members = value.objectValue {
      let entry = Entry(
        file: rule.file.flatMap { value[$0]?.text },
        rows: rule.rows.flatMap { value[$0] }.flatMap { Cell.json($0).text },
        sha256: rule.sha256.flatMap { value[$0]?.text })
      let isOne = rule.file == nil ? entry.rows ?? entry.sha256 != nil : entry.file != nil
      if isOne { entries.append(entry) }
      for (_, member) in members { collect(member, rule, &entries) }
    } else {
      for element in value.arrayValue ?? [] { collect(element, rule, &entries) }
    }
  }

  // MARK: - A table

  private static func rows(_ file: ExportFile, _ rule: ProofRule.Manifest) throws -> [Entry] {
    let keys = [rule.file, rule.rows, rule.sha256]
    let columns = keys.compactMap(\.self)
    var opened = try ExportOpening(file, ReadingRules(), .standard)
      .open(ColumnSelection(wanted: columns))
    for column in columns where opened.header != nil && !opened.rows.table.has(column) {
      throw ExportRefusal(
        .missingColumn, "it has no column “\(column)”, which the mapping names", file: file.name)
    }
    var entries: [Entry] = []
    while entries.count <= entriesMax, let event = try opened.rows.next() {
      guard case .row(_, let cells, isBlank: false) = event else { continue }
      func text(_ key: String?) -> String? {
        guard let place = key.flatMap({ columns.firstIndex(of: $0) }), place < cells.count else {
          return nil
        }
        return cells[place].text.map(HeaderRow.trimmed)
      }
      entries.append(Entry(file: text(rule.file), rows: text(rule.rows), sha256: text(rule.sha256)))
    }
    return entries
  }
}
