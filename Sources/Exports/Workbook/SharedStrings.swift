import Formats

/// The texts of a workbook that several cells share, kept as bytes: a String each would take more.
struct SharedStrings {
  private var bytes: [UInt8] = []
  private var ends: [Int] = []

  init() {}

  /// Reads the part `sharedStrings.xml`.
  init(_ stream: any ByteStream, limits: ExportLimits) throws {
    var tokens = try XMLTokens(part: stream, limits: limits)
    var collector = WorkbookText()
    while let token = try tokens.next() {
      switch token {
      case .start(let name, _):
        if name.local == "si" { collector = WorkbookText() }
        collector.start(name.local)
      case .text(let text): collector.add(text)
      case .end(let name):
        collector.end(name.local)
        guard name.local == "si" else { continue }
        bytes += collector.bytes
        ends.append(bytes.count)
        guard bytes.count <= limits.sharedStringBytesMax else {
          throw ExportRefusal(
            .tooLarge,
            "the shared strings are longer than sharedStringBytesMax = "
              + "\(limits.sharedStringBytesMax) bytes")
        }
      }
    }
  }

  /// The text of an index with its escapes, nil beyond the table.
  subscript(index: Int) -> ArraySlice<UInt8>? {
    guard ends.indices.contains(index) else { return nil }
    return bytes[(index == 0 ? 0 : ends[index - 1])..<ends[index]]
  }
}

/// Collects the text of an item: its `t` elements, but not those of phonetic hints.
struct WorkbookText {
  private(set) var bytes: [UInt8] = []
  private var inText = false
  private var phonetic = 0

  mutating func start(_ name: String) {
    if name == "rPh" { phonetic += 1 }
    if name == "t", phonetic == 0 { inText = true }
  }

  mutating func add(_ text: [UInt8]) {
    if inText { bytes += text }
  }

  mutating func end(_ name: String) {
    if name == "rPh" { phonetic -= 1 }
    if name == "t" { inText = false }
  }

  /// Text with `_xHHHH_` for the characters that XML can't hold, ECMA-376 part 1 section 22.9.2.19;
  /// nil where half of a surrogate pair is among them.
  static func unescaped(_ bytes: ArraySlice<UInt8>) -> String? {
    guard bytes.contains(UInt8(ascii: "_")) else { return String(decoding: bytes, as: UTF8.self) }
    var units: [UInt16] = []
    var rest = String(decoding: bytes, as: UTF8.self).utf16[...]
    while let first = rest.first {
      if first == 0x5F, let unit = escape(rest.prefix(7)) {
        units.append(unit)
        rest = rest.dropFirst(7)
      } else {
        units.append(first)
        rest = rest.dropFirst()
      }
    }
    return String(validating: units, as: UTF16.self)
  }

  private static func escape(_ text: Substring.UTF16View.SubSequence) -> UInt16? {
    let units = Array(text)
    guard units.count == 7, units[1] == 0x78, units[6] == 0x5F else { return nil }
    var value: UInt16 = 0
    for unit in units[2..<6] {
      guard let scalar = UnicodeScalar(unit), let digit = Character(scalar).hexDigitValue,
        scalar.isASCII
      else { return nil }
      value = value << 4 | UInt16(digit)
    }
    return value
  }
}
