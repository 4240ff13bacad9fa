/// Why an export is not taken: what is wrong, where, and what to do next.
public struct ExportRefusal: Error, Sendable, Hashable, CustomStringConvertible {
  /// Which kind of problem it is; the raw value is what reports and JSON show.
  public enum Code: String, Sendable, CaseIterable {
    /// The file can't be opened or read.
    case unreadable
    /// The file has no bytes, or no header.
    case empty
    /// The file has a header and not one row.
    case noRows = "no_rows"
    /// The file has rows, and the filter of the mapping leaves none.
    case filtered
    /// Bytes that do not fit the encoding.
    case encoding
    /// A gzip or ZIP container that is cut or damaged.
    case damagedArchive = "damaged_archive"
    /// A ZIP container that does not hold exactly one plain entry.
    case archiveEntries = "archive_entries"
    /// A container that unpacks to more than the limits allow.
    case bomb
    /// The file is something else than its name or the mapping says.
    case wrongFormat = "wrong_format"
    /// Text that breaks the grammar of its format beyond one row.
    case malformed
    /// The file stops in the middle of a row.
    case truncated
    /// An XML document whose document type declaration changes what the document says.
    case doctype
    /// A full export that says of itself that more of it is elsewhere.
    case goesOn = "goes_on"
    /// No rows at the place that was named.
    case rowsAt = "rows_at"
    /// No sheet of the name that was given.
    case sheet
    /// A column that the mapping needs is not in the file.
    case missingColumn = "missing_column"
    /// A column that the mapping needs is there more than once.
    case duplicateColumn = "duplicate_column"
    /// A column of numbers with a decimal comma and a decimal dot.
    case twoMarks = "two_marks"
    /// A column of numbers with another decimal mark than in an export before.
    case otherMark = "other_mark"
    /// A cell, row or table beyond its limit.
    case tooLarge = "too_large"
    /// The file changed while it was read.
    case changedMeanwhile = "changed_meanwhile"
    /// The delivery is not what its own proof says.
    case unproved
    /// A part of an export has other columns than the first one.
    case otherColumns = "other_columns"
    /// The file seems to be one part of an export in several files.
    case parts
  }

  /// The kind of problem.
  public let code: Code
  /// What was found and what was expected, in words and without values of other columns.
  public let message: String
  /// The name of the file, where the reader knows it.
  public let file: String?
  /// The line (the row in a workbook), counted from 1.
  public let line: Int?
  /// The column on that line, counted from 1, in characters.
  public let column: Int?
  /// What to do next.
  public let advice: String

  /// A refusal from its parts; without advice of its own it has that of its kind.
  public init(
    _ code: Code, _ message: String, file: String? = nil, line: Int? = nil, column: Int? = nil,
    advice: String? = nil
  ) {
    self.advice = advice ?? code.advice
    self.code = code
    self.message = message
    self.file = file
    self.line = line
    self.column = column
  }

  /// The same refusal with the name of the file, unless it has one already.
  public func naming(_ file: String) -> ExportRefusal {
    ExportRefusal(
      code, message, file: self.file ?? file, line: line, column: column, advice: advice)
  }

  /// File, line, column, problem and advice in one line.
  public var description: String { "\(problem); \(advice)" }

  /// File, line, column and problem in one line.
  public var problem: String {
    var place = file ?? "the export"
    if let line { place += ", line \(line)" }
    if let column { place += ", column \(column)" }
    return "\(place): \(message)"
  }
}

extension ExportRefusal.Code {
  /// What to do about a refusal of this kind.
  public var advice: String {
    switch self {
    case .unreadable: "check that the file exists and that this user may read it"
    case .empty:
      "have the source write it again; where it writes nothing when nothing changed, set "
        + "export.done_marker, which tells that an empty file of changes is whole"
    case .noRows: "if the source really has no rows, let it pass with import --accept SHA256"
    case .filtered:
      "correct \"where\" in the mapping, or have the source write what it wrote before"
    case .encoding: "set export.encoding in the mapping to the one the source writes"
    case .damagedArchive: "the transfer was cut or damaged: fetch the file again"
    case .archiveEntries: "pack exactly one export into the archive"
    case .bomb: "look at the archive: a real export never packs like this"
    case .wrongFormat: "have the source deliver the export itself, named for what it is"
    case .malformed: "correct the export at this place, or the reading rules of the mapping"
    case .truncated: "the transfer was cut: fetch the file again, or set export.done_marker"
    case .doctype: "have the source write XML without declarations of its own"
    case .goesOn:
      "have the source write all of it into one export; if it holds changes only, its mode is "
        + "\"delta\"; if nothing is missing all the same, let it pass with import --accept SHA256"
    case .rowsAt: "set export.rows_at to the place of the rows; preview shows what is there"
    case .sheet: "set export.rows_at to the sheet that holds the rows"
    case .missingColumn: "restore the column in the source, or change the mapping"
    case .duplicateColumn: "have the source name its columns apart"
    case .twoMarks: "look at both lines: one of them may not be what the column is for"
    case .otherMark: "the source changed its numbers, or the file is of another one"
    case .tooLarge: "look for a quote that is never closed, or split the export"
    case .unproved: "have the source deliver it again"
    case .otherColumns: "have the source write all parts of an export alike"
    case .parts: "name the parts in the mapping"
    case .changedMeanwhile: "wait until the source has written it; a done_marker tells when"
    }
  }
}
