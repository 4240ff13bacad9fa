/// How the rows and fields of a delimited text are told apart.
///
/// LF, CR LF and a lone CR end a row outside quotes, mixed as they come; inside quotes they belong
/// to the field.
public struct CSVDialect: Sendable, Hashable {
  /// How a quote is written inside a quoted field.
  public enum Escape: String, Sendable, Hashable {
    /// Twice (RFC 4180).
    case doubled
    /// After a backslash, which also escapes itself and the delimiter; doubling is taken too.
    case backslash
  }

  /// What an empty line means.
  public enum BlankLines: Sendable, Hashable {
    /// Nothing; it is counted as a line only.
    case skip
    /// A row of one empty field.
    case keep
  }

  /// The byte between fields; ASCII, neither a line break nor the quote.
  public var delimiter: UInt8
  /// The byte around quoted fields, nil where quotes are ordinary text.
  public var quote: UInt8?
  /// How a quote is written inside quotes.
  public var escape: Escape
  /// Whether spaces and tabs between a delimiter and a quote are dropped.
  public var trimsAroundQuotes: Bool
  /// Whether a quote inside an unquoted field, or text after a closing quote, is an error;
  /// otherwise both are ordinary text.
  public var isStrict: Bool
  /// What an empty line means.
  public var blankLines: BlankLines
  /// What a line begins with that is no row, where a row could begin; empty for none.
  public var comment: [UInt8]

  /// A dialect; the defaults are those of RFC 4180.
  public init(
    delimiter: UInt8 = 0x2C, quote: UInt8? = 0x22, escape: Escape = .doubled,
    trimsAroundQuotes: Bool = false, isStrict: Bool = true, blankLines: BlankLines = .skip,
    comment: [UInt8] = []
  ) {
    self.delimiter = delimiter
    self.quote = quote
    self.escape = escape
    self.trimsAroundQuotes = trimsAroundQuotes
    self.isStrict = isStrict
    self.blankLines = blankLines
    self.comment = comment
  }

  /// RFC 4180: commas, double quotes, doubled inside.
  public static let standard = CSVDialect()

  /// Tabs and no quotes, as databases write.
  public static let tabs = CSVDialect(delimiter: 0x09, quote: nil)
}

/// The limits of one delimited text; a row beyond them ends the reading.
public struct CSVLimits: Sendable, Hashable {
  /// How long a field may be, in bytes.
  public var fieldBytesMax: Int
  /// How many fields a row may have.
  public var fieldsPerRowMax: Int
  /// How long a row may be, in bytes with its quotes and delimiters; also bounds the memory.
  public var rowBytesMax: Int

  /// Limits of one's own; a row never takes more than 1 GiB.
  public init(
    fieldBytesMax: Int = 4 << 20, fieldsPerRowMax: Int = 16384, rowBytesMax: Int = 16 << 20
  ) {
    self.fieldBytesMax = fieldBytesMax
    self.fieldsPerRowMax = fieldsPerRowMax
    self.rowBytesMax = min(rowBytesMax, 1 << 30)
  }

  /// Fields of 4 MiB, 16,384 fields in a row, rows of 16 MiB.
  public static let standard = CSVLimits()
}

/// Why a row can't be read, and where.
public struct CSVError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The kinds of errors.
  public enum Code: String, Sendable {
    /// A quote inside an unquoted field (strict dialects).
    case strayQuote
    /// Text between a closing quote and the next delimiter (strict dialects).
    case textAfterQuote
    /// A quoted field without its closing quote at the end of the text.
    case unterminatedQuote
    /// A field longer than `fieldBytesMax`.
    case fieldBytesMax
    /// A row of more fields than `fieldsPerRowMax`.
    case fieldsPerRowMax
    /// A row longer than `rowBytesMax`.
    case rowBytesMax
  }

  /// What kind of error it is.
  public let code: Code
  /// What is wrong and what to do, without any value of the text.
  public let message: String
  /// The physical line, counted from 1.
  public let line: Int
  /// The column, counted from 1, in Unicode scalars.
  public let column: Int

  /// Whether only one row is lost: reading may go on, with the next physical line.
  public var isRowOnly: Bool { code == .strayQuote || code == .textAfterQuote }

  /// The message with its place.
  public var description: String { "line \(line), column \(column): \(message)" }
}
