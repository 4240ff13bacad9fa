internal import Formats
internal import Reconciliation

/// Raw cells as one compact JSON array: `"text"`, `null`, `[]` for absent, `[value]` for typed.
///
/// Equal cells give equal bytes, so "did this row change?" is one comparison of bytes.
enum CellText {
  /// Writes cells into `bytes`, which is emptied first and keeps its capacity.
  static func encode(_ cells: [Cell], into bytes: inout [UInt8]) {
    bytes.removeAll(keepingCapacity: true)
    bytes.append(UInt8(ascii: "["))
    for (place, cell) in cells.enumerated() {
      if place > 0 { bytes.append(UInt8(ascii: ",")) }
      switch cell {
      case .text(let text): quote(text, into: &bytes)
      case .null: bytes.append(contentsOf: nullBytes)
      case .absent: bytes.append(contentsOf: absentBytes)
      case .json(let value):
        bytes.append(UInt8(ascii: "["))
        bytes.append(contentsOf: value.written().utf8)
        bytes.append(UInt8(ascii: "]"))
      }
    }
    bytes.append(UInt8(ascii: "]"))
  }

  private static let nullBytes = Array("null".utf8)
  private static let absentBytes = Array("[]".utf8)
  private static let hexDigits = Array("0123456789abcdef".utf8)

  private static func quote(_ text: String, into bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "\""))
    let start = bytes.count
    bytes.append(contentsOf: text.utf8)
    let needsEscape = bytes[start...].contains { $0 < 0x20 || $0 == 0x22 || $0 == 0x5C }
    if needsEscape {
      bytes.removeSubrange(start...)
      for byte in text.utf8 { escape(byte, into: &bytes) }
    }
    bytes.append(UInt8(ascii: "\""))
  }

  private static func escape(_ byte: UInt8, into bytes: inout [UInt8]) {
    switch byte {
    case 0x22, 0x5C:
      bytes.append(0x5C)
      bytes.append(byte)
    case 0..<0x20:
      bytes.append(contentsOf: [0x5C, UInt8(ascii: "u"), 0x30, 0x30])
      bytes.append(hexDigits[Int(byte >> 4)])
      bytes.append(hexDigits[Int(byte & 15)])
    default: bytes.append(byte)
    }
  }

  /// Reads what `encode` wrote.
  static func decode(_ bytes: [UInt8]) throws -> [Cell] {
    try parts(bytes).map { try cell(bytes[$0]) }
  }

  /// Where each cell stands in the bytes; cells with equal bytes are equal.
  static func parts(_ bytes: [UInt8]) -> [Range<Int>] {
    guard bytes.count > 2 else { return [] }
    var parts: [Range<Int>] = []
    var (start, depth, index) = (1, 0, 1)
    let end = bytes.count - 1
    while index < end {
      switch bytes[index] {
      case UInt8(ascii: "\""): index = endOfString(bytes, index)
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

  private static func endOfString(_ bytes: [UInt8], _ open: Int) -> Int {
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
