/// Writes rows as RFC 4180 asks: quotes where needed, doubled inside.
public struct CSVWriter: Sendable {
  /// Which fields stand in quotes.
  public enum Quoting: Sendable, Hashable {
    /// Those that need it.
    case whereNeeded
    /// All of them.
    case all
  }

  private let delimiter: UInt8
  private let lineEnding: [UInt8]
  private let quoting: Quoting
  private let guardsFormulas: Bool
  /// The bytes written so far and not yet taken.
  public private(set) var bytes: [UInt8] = []

  /// A writer of rows.
  ///
  /// With `guardsFormulas` a cell that a spreadsheet would take for a formula begins with
  /// an apostrophe: one whose first character past spaces, control characters and quotes is
  /// `= + - @` or a full-width form of them.
  public init(
    delimiter: UInt8 = 0x2C, lineEnding: String = "\r\n", quoting: Quoting = .whereNeeded,
    guardsFormulas: Bool = false
  ) {
    self.delimiter = delimiter
    self.lineEnding = Array(lineEnding.utf8)
    self.quoting = quoting
    self.guardsFormulas = guardsFormulas
  }

  /// Writes one row.
  public mutating func write(_ fields: some Sequence<String>) {
    var isFirst = true
    var count = 0
    let start = bytes.count
    for field in fields {
      if !isFirst { bytes.append(delimiter) }
      isFirst = false
      count += 1
      append(field)
    }
    // A row of one empty field would read as a blank line.
    if count == 1, bytes.count == start { bytes += [0x22, 0x22] }
    bytes += lineEnding
  }

  /// Hands out what was written and starts with nothing.
  public mutating func take() -> [UInt8] {
    defer { bytes = [] }
    return bytes
  }

  /// What was written as text.
  public var text: String { String(decoding: bytes, as: UTF8.self) }

  private mutating func append(_ field: String) {
    let guarded = guardsFormulas && Self.startsFormula(field)
    let needsQuotes =
      quoting == .all || guarded || field.first == " " || field.last == " "
      || field.utf8.contains { $0 == delimiter || $0 == 0x22 || $0 == 0x0A || $0 == 0x0D }
    if needsQuotes { bytes.append(0x22) }
    if guarded { bytes.append(0x27) }
    for byte in field.utf8 {
      if byte == 0x22 { bytes.append(0x22) }
      bytes.append(byte)
    }
    if needsQuotes { bytes.append(0x22) }
  }

  /// Whether a spreadsheet could read a cell as a formula.
  public static func startsFormula(_ field: String) -> Bool {
    if let first = field.utf8.first, first == 0x09 || first == 0x0D || first == 0x0A { return true }
    for scalar in field.unicodeScalars {
      switch scalar {
      case "=", "+", "-", "@", "\u{FF1D}", "\u{FF0B}", "\u{FF0D}", "\u{FF20}", "\u{2212}":
        return true
      case "\"", "'", "\u{FEFF}", "\u{200B}", "\u{00AD}": continue
      default:
        let category = scalar.properties.generalCategory
        let isInvisible =
          scalar.properties.isWhitespace || category == .control || category == .format
        if !isInvisible { return false }
      }
    }
    return false
  }
}
