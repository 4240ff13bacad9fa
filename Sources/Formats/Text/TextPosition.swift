/// A place in a text: line and column, both counted from 1, columns in Unicode scalars.
public struct TextPosition: Sendable, Hashable, Comparable {
  /// The line, counted from 1; LF, CR LF and a lone CR end a line.
  public let line: Int
  /// The column, counted from 1, in Unicode scalars.
  public let column: Int

  /// A place given by line and column, both from 1.
  public init(line: Int, column: Int) {
    self.line = line
    self.column = column
  }

  /// Orders places as they stand in a text.
  public static func < (a: TextPosition, b: TextPosition) -> Bool {
    (a.line, a.column) < (b.line, b.column)
  }
}

/// Finds line and column of byte offsets in one UTF-8 text: one pass to build, then quick to ask.
public struct LineIndex: Sendable {
  private let bytes: [UInt8]
  private let lineStarts: [Int]

  /// Notes where each line of `bytes` starts.
  public init(_ bytes: [UInt8]) {
    self.bytes = bytes
    var starts = [0]
    var i = 0
    while i < bytes.count {
      let byte = bytes[i]
      i += 1
      if byte == 0x0D, i < bytes.count, bytes[i] == 0x0A { continue }
      if byte == 0x0A || byte == 0x0D { starts.append(i) }
    }
    lineStarts = starts
  }

  /// The place of a byte offset; an offset past the end counts as the end.
  public func position(at offset: Int) -> TextPosition {
    let offset = min(max(0, offset), bytes.count)
    var low = 0
    var high = lineStarts.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if lineStarts[middle] <= offset { low = middle } else { high = middle }
    }
    var column = 1
    for byte in bytes[lineStarts[low]..<offset] where byte & 0xC0 != 0x80 { column += 1 }
    return TextPosition(line: low + 1, column: column)
  }

  /// The line of a byte offset, counted from 1, without counting columns.
  public func line(at offset: Int) -> Int { position(at: offset).line }
}
