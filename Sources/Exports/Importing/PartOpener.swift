import Reconciliation

/// Opens the files of an export one after the other: all of them have the columns of the first.
///
/// A header may stand in each of them, or in the first alone:
///
///     part 1   ID;TIER      part 2   ID;TIER      part 2   K31;gold      part 2   ID;CLASS
///              K01;gold              K31;gold              K32;gold               refused
struct PartOpener {
  private let rules: ReadingRules
  private let selection: ColumnSelection
  private let limits: ExportLimits
  /// The first file: its name, the names of its columns as they stand, its delimiter.
  private var first: (file: String, header: [String]?, delimiter: String?)?
  /// Whether the files behind the first have a header, by the second one.
  private var haveHeaders: Bool?

  init(_ rules: ReadingRules, _ selection: ColumnSelection, _ limits: ExportLimits) {
    self.rules = rules
    self.selection = selection
    self.limits = limits
  }

  /// Opens the next file up to its first row.
  ///
  /// Throws `ExportRefusal` where its columns are others than those of the first.
  mutating func open(
    _ file: ExportFile, _ progress: (@Sendable (Int) -> Void)?
  ) throws -> OpenedExport {
    guard let first else {
      let opened = try ExportOpening(file, rules, limits, progress).open(selection)
      self.first = (file.name, opened.header, opened.dialect.delimiter)
      return opened
    }
    var rules = rules
    rules.delimiter = rules.delimiter ?? first.delimiter
    let opened = try ExportOpening(file, rules, limits, progress).open(selection)
    guard let header = opened.header, let expected = first.header else { return opened }
    let hasHeader = header.map(HeaderRow.trimmed) == expected.map(HeaderRow.trimmed)
    if !hasHeader { try check(header, against: expected, first.file) }
    guard haveHeaders ?? hasHeader == hasHeader else {
      throw ExportRefusal(
        .otherColumns, "it has \(hasHeader ? "a" : "no") header, unlike the part before it")
    }
    haveHeaders = hasHeader
    guard !hasHeader else { return opened }
    rules.columns = expected
    rules.headerRow = 1
    return try ExportOpening(file, rules, limits, progress).open(selection)
  }

  /// Refuses what is another header, and no row.
  private func check(
    _ row: [String], against expected: [String], _ file: String
  ) throws(ExportRefusal) {
    guard row.count == expected.count else {
      throw ExportRefusal(
        .otherColumns,
        "its first row has \(row.count) \(row.count == 1 ? "cell" : "cells"), and \(file) has "
          + "\(expected.count) columns", line: rules.headerRow)
    }
    let names = Set(expected.map(Self.folded)).subtracting([""])
    let there = Set(row.map(Self.folded))
    guard !names.isDisjoint(with: there) else { return }
    let lacking = expected.filter { !there.contains(Self.folded($0)) }
    let words =
      lacking.isEmpty
      ? "its columns stand in another order than those of \(file)"
      : "its header lacks \(lacking.quoted.listed), which \(file) has"
    throw ExportRefusal(.otherColumns, words, line: rules.headerRow)
  }

  private static func folded(_ name: String) -> String { HeaderRow.trimmed(name).lowercased() }
}
