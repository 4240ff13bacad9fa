public import Formats

/// The file formats of exports.
public enum ExportFormat: String, Sendable, Hashable, CaseIterable {
  /// Delimited text.
  case csv
  /// Tab-separated text.
  case tsv
  /// One JSON document.
  case json
  /// One JSON object per line.
  case ndjson
  /// XML elements.
  case xml
  /// An Office Open XML workbook.
  case xlsx

  /// Whether a cell may be something else than text.
  var hasTypes: Bool { self == .json || self == .ndjson || self == .xlsx }
}

/// Whether an export holds everything or only changes.
public enum ExportMode: String, Sendable, Hashable, CaseIterable {
  /// Everything: what is missing counts.
  case full
  /// Changes: what is missing means nothing.
  case delta
}

/// How and where the exports of a source are found and read.
public struct ExportRule: Sendable, Hashable {
  /// A path or glob, relative to the mapping file.
  public var path: String
  /// The file format.
  public var format: ExportFormat
  /// The name, or a pattern of it, of the file in an archive of several; nil for the only one.
  public var member: String?
  /// The text encoding by name; nil for UTF-8, or what a byte order mark says.
  public var encoding: String?
  /// The delimiter of delimited text; nil to find it out.
  public var delimiter: String?
  /// What stands around cells of delimited text, one character of ASCII; nil where quotes are text
  /// like any other.
  public var quote: String? = "\""
  /// How a quote inside of quotes is written: after a backslash, or twice (the quote itself); nil
  /// to find it out.
  public var escape: String?
  /// What the lines of delimited text begin with that are comments; nil where none are.
  public var comment: String?
  /// The row with the column names, from 1.
  public var headerRow = 1
  /// How many rows at the end are no records.
  public var skipFooterRows = 0
  /// Full or delta.
  public var mode = ExportMode.full
  /// The name of the file that says an export is complete, with `{file}` for its name.
  public var doneMarker: String?
  /// Seconds without growth after which a file counts as complete.
  public var settleSeconds = 60.0
  /// The greatest age of an export in seconds; nil for any.
  public var maxAgeSeconds: Double?
  /// Where the rows are: JSON pointer, element path, sheet name.
  public var rowsAt: String?
  /// The texts that count as an empty cell, and the typed scalars with such a text.
  public var nulls = [""]
  /// The typed scalars that count as an empty cell, such as the false of Odoo.
  ///
  /// In a column that feeds a boolean field true and false stay values.
  public var nullScalars: [JSONValue] = []

  /// How one export in several files is told; nil where each file is one.
  public var parts: PartsRule?
  /// What must hold before a delivery is believed to be whole; nil for nothing but what is learned.
  public var proof: ProofRule?

  /// Whether a file without a single byte may be taken for "nothing changed".
  ///
  /// That is what changes in lines look like where there are none. In other formats it is what a
  /// failed delivery leaves, unless another file tells that the delivery is whole.
  public var takesNoBytes: Bool {
    mode == .delta && (format == .ndjson || doneMarker != nil)
  }

  /// A rule with everything else at its default.
  public init(path: String, format: ExportFormat) {
    self.path = path
    self.format = format
  }
}
