import Formats

/// The raw cells of a row as one compact JSON array: `"text"`, `null`, `[]` for absent, `[value]`
/// for typed.
///
/// Equal cells give equal bytes, so "did this row change?" is one comparison of bytes. The bytes
/// may be a part of a larger buffer, which they then keep alive.
public struct CellText: Sendable, Hashable {
  /// The JSON array in UTF-8.
  public let bytes: ArraySlice<UInt8>

  /// Takes what a `CellWriter` wrote.
  public init(bytes: ArraySlice<UInt8>) { self.bytes = bytes }

  /// The text of these cells.
  public init(_ cells: [Cell]) {
    var bytes: [UInt8] = []
    CellWriter.append(cells, to: &bytes)
    self.bytes = bytes[...]
  }

  /// Reads the cells; throws `JSONError` where the bytes are none.
  public func cells() throws -> [Cell] { try parts.map { try Self.cell(bytes[$0]) } }

  /// Where each cell stands in the bytes; cells with equal bytes are equal.
  public var parts: [Range<Int>] {
    guard bytes.count > 2 else { return [] }
    var parts: [Range<Int>] = []
    var (start, depth, index) = (bytes.startIndex + 1, 0, bytes.startIndex + 1)
    let end = bytes.endIndex - 1
    while index < end {
      switch bytes[index] {
      case UInt8(ascii: "\""): index = endOfString(index)
      case UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
      case UInt8(ascii: "]"), UInt8(ascii: "}"): depth -= 1
      case UInt8(ascii: ",") where depth == 0:
        parts.append(start..<index)
        start = index + 1
      default: break
      }
      index += 1
    }
    parts.append(start..<end)
    return parts
  }

  private func endOfString(_ open: Int) -> Int {
    var index = open + 1
    while bytes[index] != UInt8(ascii: "\"") { index += bytes[index] == 0x5C ? 2 : 1 }
    return index
  }

  private static func cell(_ bytes: ArraySlice<UInt8>) throws -> Cell {
    switch bytes.first {
    case UInt8(ascii: "\""):
      let inside = bytes.dropFirst().dropLast()
      guard inside.contains(0x5C) else { return .text(String(decoding: inside, as: UTF8.self)) }
      return .text(try JSONValue(parsing: Array(bytes)).text ?? "")
    case UInt8(ascii: "["):
      guard bytes.count > 2 else { return .absent }
      return .json(try JSONValue(parsing: Array(bytes.dropFirst().dropLast())))
    default: return .null
    }
  }
}

/// Writes cells in the form of `CellText`, behind what a buffer holds already.
enum CellWriter {
  static func append(_ cells: [Cell], to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "["))
    for (place, cell) in cells.enumerated() {
      if place > 0 { bytes.append(UInt8(ascii: ",")) }
      switch cell {
      case .text(var text): text.withUTF8 { unsafe append($0.span, 0..<$0.count, to: &bytes) }
      case .null: appendNull(to: &bytes)
      case .absent: bytes.append(contentsOf: absent)
      case .json(let value):
        bytes.append(UInt8(ascii: "["))
        bytes.append(contentsOf: value.written().utf8)
        bytes.append(UInt8(ascii: "]"))
      }
    }
    bytes.append(UInt8(ascii: "]"))
  }

  static func appendNull(to bytes: inout [UInt8]) { bytes.append(contentsOf: null) }

  /// A text cell from a part of some UTF-8.
  static func append(_ text: Span<UInt8>, _ range: Range<Int>, to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "\""))
    var at = range.lowerBound
    while true {
      let start = at
      while at < range.upperBound, !needsEscape(text[at]) { at &+= 1 }
      unsafe text.extracting(start..<at).withUnsafeBufferPointer {
        unsafe bytes.append(contentsOf: $0)
      }
      guard at < range.upperBound else { break }
      escape(text[at], to: &bytes)
      at &+= 1
    }
    bytes.append(UInt8(ascii: "\""))
  }

  private static let null = Array("null".utf8)
  private static let absent = Array("[]".utf8)
  private static let hexDigits = Array("0123456789abcdef".utf8)

  @inline(__always)
  private static func needsEscape(_ byte: UInt8) -> Bool {
    byte < 0x20 || byte == 0x22 || byte == 0x5C
  }

  private static func escape(_ byte: UInt8, to bytes: inout [UInt8]) {
    if byte >= 0x20 {
      bytes.append(0x5C)
      bytes.append(byte)
    } else {
      bytes.append(contentsOf: [0x5C, UInt8(ascii: "u"), 0x30, 0x30])
      bytes.append(hexDigits[Int(byte >> 4)])
      bytes.append(hexDigits[Int(byte & 15)])
    }
  }
}

extension CellText {
  /// Writes cells behind what a buffer holds already, in the form of this type.
  public static func append(_ cells: [Cell], to bytes: inout [UInt8]) {
    CellWriter.append(cells, to: &bytes)
  }
}
