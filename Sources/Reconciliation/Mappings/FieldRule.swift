public import Formats

/// Who wins when a managed field differs (Contract#Merge).
public enum Policy: String, Sendable, Hashable, CaseIterable {
  /// A person decides where both sides moved or the remote alone did.
  case ask
  /// The source wins.
  case source
  /// The remote wins.
  case remote
  /// The source fills a blank remote value and otherwise yields.
  case fillBlank = "fill_blank"
  /// The later change wins.
  case newest
}

/// What an empty source cell means.
public enum BlankRule: String, Sendable, Hashable, CaseIterable {
  /// The field is left out of this run.
  case ignore
  /// The remote key is to be removed.
  case clear
  /// The empty text is converted like any other.
  case value
}

/// The declared type of a field.
public enum ValueType: String, Sendable, Hashable, CaseIterable {
  /// Text, as it is.
  case string
  /// A whole number of any length.
  case integer
  /// A decimal number; the spelling is kept.
  case decimal
  /// True or false.
  case boolean
  /// A day, written `yyyy-MM-dd`.
  case date
  /// An instant, written as RFC 3339 in UTC.
  case datetime
  /// JSON inside the cell.
  case json
  /// Texts separated by `separator`, written as an array.
  case list

  /// The type with its article, for reasons.
  var noun: String {
    switch self {
    case .string: "a text"
    case .integer: "a whole number"
    case .decimal: "a decimal number"
    case .boolean: "true or false"
    case .date: "a date"
    case .datetime: "a date and time"
    case .json: "JSON"
    case .list: "a list"
    }
  }
}

/// Which character is the decimal mark of a number.
public enum DecimalMark: String, Sendable, Hashable, CaseIterable {
  /// Dot; commas and blanks may group by three.
  case dot = "."
  /// Comma; dots and blanks may group by three.
  case comma = ","
}

/// One managed field: a column of the source and the metadata value that it feeds.
public struct FieldRule: Sendable, Hashable {
  /// The column or member of the export.
  public let column: String
  /// The metadata target as the mapping spells it; also the field's name everywhere.
  public let metadata: String
  /// The target, parsed.
  public let target: FieldTarget
  /// The declared type.
  public var type: ValueType = .string
  /// Who wins.
  public var policy: Policy = .ask
  /// What an empty cell means.
  public var blank: BlankRule = .ignore
  /// Source text to value, nil when there is no list; a text that isn't listed is `invalid`.
  public var values: [String: JSONValue]?
  /// The texts that mean true; nil for the usual ones of several languages.
  public var trueTexts: [String]?
  /// The texts that mean false; nil for the usual ones of several languages.
  public var falseTexts: [String]?
  /// Steps applied to the text before conversion.
  public var transform: [Normalization] = []
  /// The longest text allowed, in characters.
  public var maxLength: Int?
  /// What separates the elements of a list.
  public var separator: String = ","
  /// Whether a list is a set: order and repeats don't count.
  public var unordered = false
  /// The pattern of a date or datetime; nil for ISO 8601 and the common unambiguous forms.
  public var dateFormat: DateForm?
  /// The zone of datetimes without an offset.
  public var zone: LocalZone = .utc
  /// The decimal mark of texts as the mapping declares it; nil to go by what the column proves.
  public var decimalMark: DecimalMark?
  /// The decimal mark that the column proved, where none is declared.
  public var provedMark: ProvedMark?

  /// A field of texts with every rule at its default; set the others afterwards.
  public init(column: String, metadata: String, target: FieldTarget) {
    self.column = column
    self.metadata = metadata
    self.target = target
  }

  /// The decimal mark of texts, declared or proved; nil where only what can be read in one way is
  /// a number.
  public var mark: DecimalMark? { decimalMark ?? provedMark?.mark }

  /// Whether the texts of the column tell the mark: none is declared, and the cells are numbers.
  var learnsMark: Bool {
    (type == .decimal || type == .integer) && decimalMark == nil && values == nil
  }

  /// The value in the form that comparisons use: sets sorted, instants in one spelling.
  public func canonical(_ value: FieldValue) -> FieldValue {
    guard type == .datetime else { return value.canonical(unordered: unordered) }
    guard let text = value.json?.text, let instant = DateText.instant(text) else { return value }
    return .text(DateText.written(instant))
  }

  /// The base in the form that comparisons use.
  func canonical(_ base: BasePair) -> BasePair {
    guard type == .datetime else { return base }
    return BasePair(source: base.source.map(canonical), remote: base.remote.map(canonical))
  }
}
