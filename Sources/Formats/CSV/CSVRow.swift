/// One row of a delimited text: its fields as ranges of one buffer, no `String` made until asked.
///
/// Meant to be used again for the next row, which then allocates nothing.
public struct CSVRow: Sendable {
  struct Field {
    var start: UInt32
    var end: UInt32
    var isQuoted: Bool
  }

  /// A field whose escapes are still in it, and where its text goes on after the closing quote.
  struct Unfinished {
    var field: Int
    var inner: Range<Int>
    var tail: Range<Int>
  }

  /// The bytes of the row, its fields unquoted and unescaped.
  public internal(set) var bytes: [UInt8] = []
  /// The fields; places from `count` on are of rows before, so that a row costs no allocation.
  var fields: [Field] = []
  var unfinished: [Unfinished] = []
  /// The physical line on which the row starts, counted from 1.
  public internal(set) var line = 0

  /// An empty row, to be filled by a reader.
  public init() {}

  /// How many fields there are.
  public internal(set) var count = 0

  /// The bytes of a field, unquoted and unescaped; the index must be in the row.
  public func bytes(_ index: Int) -> ArraySlice<UInt8> {
    let field = field(index)
    return bytes[Int(field.start)..<Int(field.end)]
  }

  /// Where a field stands in the bytes of the row; the index must be in the row.
  public func range(_ index: Int) -> Range<Int> {
    let field = field(index)
    return Int(field.start)..<Int(field.end)
  }

  /// The text of a field, unquoted and unescaped; the index must be in the row.
  public func text(_ index: Int) -> String {
    let field = field(index)
    return Formats.text(of: bytes.span, Int(field.start)..<Int(field.end))
  }

  /// Whether a field stood in quotes; the index must be in the row.
  public func isQuoted(_ index: Int) -> Bool { field(index).isQuoted }

  /// Whether a field has no bytes; the index must be in the row.
  public func isEmpty(_ index: Int) -> Bool { range(index).isEmpty }

  /// The texts of all fields.
  public var texts: [String] { (0..<count).map(text) }

  private func field(_ index: Int) -> Field {
    precondition(index < count, "no such field in the row")
    return fields[index]
  }

  mutating func add(_ field: Field) {
    if count < fields.count { fields[count] = field } else { fields.append(field) }
    count += 1
  }

  /// Makes places for so many more fields at least.
  mutating func reserve(_ more: Int) {
    let lacking = count + more - fields.count
    guard lacking > 0 else { return }
    let none = Field(start: 0, end: 0, isQuoted: false)
    fields.append(contentsOf: repeatElement(none, count: lacking))
  }

  mutating func clear(line: Int) {
    bytes.removeAll(keepingCapacity: true)
    count = 0
    unfinished.removeAll(keepingCapacity: true)
    self.line = line
  }

  /// Takes over the row's bytes, whose fields are known, and removes what is escape only.
  mutating func fill(from source: Span<UInt8>, _ range: Range<Int>, _ dialect: CSVScanner.Signs) {
    unsafe source.extracting(range).withUnsafeBufferPointer {
      unsafe bytes.append(contentsOf: $0)
    }
    for part in unfinished { collapse(part, dialect) }
  }

  private mutating func collapse(_ part: Unfinished, _ dialect: CSVScanner.Signs) {
    let isQuoted = fields[part.field].isQuoted
    var out = part.inner.lowerBound
    var at = part.inner.lowerBound
    var text = bytes.mutableSpan
    while at < part.inner.upperBound {
      var byte = text[at]
      if byte == 0x5C || byte == dialect.quote, at + 1 < part.inner.upperBound,
        Self.escapes(byte, text[at + 1], dialect, isQuoted: isQuoted)
      {
        at += 1
        byte = text[at]
      }
      text[out] = byte
      out += 1
      at += 1
    }
    for place in part.tail {
      text[out] = text[place]
      out += 1
    }
    fields[part.field].end = UInt32(out)
  }

  /// Whether the first of two bytes only says that the second stands for itself.
  private static func escapes(
    _ first: UInt8, _ second: UInt8, _ dialect: CSVScanner.Signs, isQuoted: Bool
  ) -> Bool {
    if isQuoted, first == dialect.quote, second == dialect.quote { return true }
    guard dialect.escape == .backslash, first == 0x5C else { return false }
    return second == 0x5C || second == dialect.quote || second == dialect.delimiter
  }
}
