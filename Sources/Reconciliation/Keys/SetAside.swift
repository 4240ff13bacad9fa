public import Formats

/// The rows of an export that `where` set aside, by the values for which it did.
public struct SetAside: Sendable, Hashable {
  /// How many values are told apart.
  public static let valuesMax = 20
  /// The longest part of a value that is kept, in characters.
  public static let charactersMax = 40

  /// All rows that were set aside.
  public private(set) var rows = 0
  /// How many records of the mirror have no row but such ones now: nothing is written for them.
  public var records = 0
  private var counts: [String: Int] = [:]

  /// Nothing yet.
  public init() {}

  /// Counts a row that was set aside for this value, as `words` gives it.
  public mutating func add(_ value: String) {
    rows += 1
    if counts[value] != nil || counts.count < Self.valuesMax { counts[value, default: 0] += 1 }
  }

  /// The values that are told apart, trimmed and cut to `charactersMax`, with their rows.
  ///
  /// Those of most rows come first; an empty value is an empty cell.
  public var values: [(value: String, rows: Int)] {
    counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { ($0.key, $0.value) }
  }

  /// How many of the rows have a value beyond the first `valuesMax`.
  public var rowsOfOtherValues: Int { rows - counts.values.reduce(0, +) }

  /// How a cell is told as a value.
  static func words(_ cell: Cell) -> String { String(cell.shown.trimmed.prefix(charactersMax)) }
}

/// A row that `where` set aside.
public struct SetAsideRow: Sendable, Hashable {
  /// The key that its cells tell.
  public let key: Key
  /// The value for which it was set aside, cut to `SetAside.charactersMax` characters.
  public let value: String
  /// The line of the row in its file, from 1.
  public let line: Int

  /// Takes all parts as they are.
  public init(key: Key, value: String, line: Int) {
    self.key = key
    self.value = value
    self.line = line
  }

  /// The same as a row of the file at a place, from 0, of an export in several files.
  public func placed(inPart part: Int) -> SetAsideRow {
    SetAsideRow(key: key, value: value, line: ExportPlaces.number(line: line, part: part))
  }

  /// Why, in words.
  public var reason: String {
    value.isEmpty
      ? "\"where\" sets the row aside: its cell is empty"
      : "\"where\" sets the row aside: \"\(value)\" is not among its values"
  }
}

extension SetAside {
  /// `{"rows", "records", "values": [{"value", "rows"}]}`.
  public var json: JSONValue {
    [
      "rows": .int(rows), "records": .int(records),
      "values": .array(
        values.map { ["value": .string($0.value), "rows": .int($0.rows)] as JSONValue }),
    ]
  }

  /// Reads `json` back; what is missing in it is nothing.
  public init(json: JSONValue) {
    rows = json["rows"]?.int ?? 0
    records = json["records"]?.int ?? 0
    for entry in json["values"]?.arrayValue ?? [] {
      counts[entry["value"]?.text ?? ""] = entry["rows"]?.int
    }
  }
}
