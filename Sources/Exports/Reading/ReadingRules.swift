public import Formats
public import Reconciliation

/// How a file is to be read; what is nil is found out.
public struct ReadingRules: Sendable, Hashable {
  /// The format; nil to go by the name and the first bytes.
  public var format: ExportFormat?
  /// The name, or a pattern of it, of the file in an archive of several; nil for the only one.
  public var member: String?
  /// The text encoding by name; nil for UTF-8 or what a byte order mark says.
  public var encoding: String?
  /// Whether an encoding may be guessed where none is named and the text is no UTF-8: to look at a
  /// file, never to take it.
  public var mayGuessEncoding = true
  /// The delimiter of delimited text, one byte of ASCII.
  public var delimiter: String?
  /// What stands around cells of delimited text, one byte of ASCII; nil where quotes are text.
  public var quote: String? = "\""
  /// `\` where a backslash escapes a quote in quotes, the quote where it stands twice; nil to find
  /// it out.
  public var escape: String?
  /// What the lines of delimited text begin with that are comments; nil where none are.
  public var comment: String?
  /// The row with the column names, from 1; everything before it is passed over.
  public var headerRow: Int
  /// How many rows at the end are no records.
  public var skipFooterRows: Int
  /// What the last line matches if it is a trailer that proves the delivery whole, and no record.
  public var trailer: TextPattern?
  /// The names of the columns where the file has none: a part behind the first of its set.
  var columns: [String]?
  /// Where the rows are: JSON pointer, element path, sheet name.
  public var rowsAt: String?

  /// Rules of one's own.
  public init(
    format: ExportFormat? = nil, encoding: String? = nil, delimiter: String? = nil,
    headerRow: Int = 1, skipFooterRows: Int = 0, rowsAt: String? = nil
  ) {
    self.format = format
    self.encoding = encoding
    self.delimiter = delimiter
    self.headerRow = headerRow
    self.skipFooterRows = skipFooterRows
    self.rowsAt = rowsAt
  }

  /// The reading rules of a mapping.
  public init(_ rule: ExportRule) {
    self.init(
      format: rule.format, encoding: rule.encoding, delimiter: rule.delimiter,
      headerRow: rule.headerRow, skipFooterRows: rule.skipFooterRows, rowsAt: rule.rowsAt)
    mayGuessEncoding = false
    member = rule.member
    quote = rule.quote
    escape = rule.escape
    comment = rule.comment
    trailer = rule.proof?.trailer?.match
  }
}

/// How a file turned out to be written.
public struct ExportDialect: Sendable, Hashable {
  /// The format.
  public var format: ExportFormat
  /// `gzip` or `zip`, where the file is packed.
  public var container: String?
  /// The text encoding; nil for workbooks.
  public var encoding: String?
  /// What the encoding was chosen from, where it is a guess.
  public var encodingGuess: EncodingCandidates?
  /// Whether a byte order mark was there.
  public var hasByteOrderMark = false
  /// The delimiter of delimited text.
  public var delimiter: String?
  /// The quote of delimited text; nil where none was seen.
  public var quote: String?
  /// How a quote inside quotes is written: `doubled` or `backslash`.
  public var quoteEscape: String?
  /// `LF`, `CR LF`, `CR` or `mixed`; nil where no line ended.
  public var lineEnding: String?
  /// The row with the column names; nil where names stand with each row.
  public var headerRow: Int?
  /// Where the rows were found: JSON pointer, element path, sheet name.
  public var rowsAt: String?

  /// A dialect of which only the format is known.
  public init(format: ExportFormat) { self.format = format }
}
