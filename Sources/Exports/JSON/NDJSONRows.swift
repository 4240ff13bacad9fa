import Formats

/// The rows of newline-delimited JSON, one object per line.
///
/// A damaged line is rejected; a cut last one refuses the file, and so does a first line that shows
/// that the text is no NDJSON.
struct NDJSONRows: RowSource {
  private var stream: any ByteStream
  private var reader: NDJSONReader
  private var shape: JSONRowShape
  private let isStrict: Bool
  private let hasTrailer: Bool
  private var endsInLine = false
  private var ended = false
  /// Whether a line was an object.
  private var hasRows = false
  private var firstFault: RowRejection?

  init(
    _ stream: any ByteStream, _ selection: ColumnSelection, hasTrailer: Bool = false,
    limits: ExportLimits
  ) {
    self.stream = stream
    self.hasTrailer = hasTrailer
    isStrict = selection.isStrict
    reader = NDJSONReader(
      limits: JSONLimits(depthMax: limits.depthMax, bytesMax: limits.rowBytesMax))
    shape = JSONRowShape(selection, limits: limits)
  }

  var table: ColumnTable { shape.table }

  mutating func next() throws -> RowEvent? {
    while true {
      let document: JSONDocument?
      do throws(JSONError) {
        document = try reader.next()
      } catch {
        return try damaged(error)
      }
      if let document { return try event(document) }
      guard !ended else { break }
      try feed()
    }
    if isStrict, !hasRows, let firstFault {
      throw ExportRefusal(
        .malformed, "no line is an object; the first: \(firstFault.reason)", line: firstFault.line)
    }
    return nil
  }

  private mutating func event(_ document: JSONDocument) throws -> RowEvent {
    let first =
      document.root.kind == .array ? document.root.elements.first(where: { _ in true }) : nil
    if document.root.kind == .array, !hasRows, isStrict || first?.kind == .object {
      throw NDJSONFault.list.refusal(line: reader.line)
    }
    let line = JSONElement(bytes: document.bytes, line: reader.line, column: 1)
    if let error = document.firstAmbiguity { return noted(try shape.rejected(line, error)) }
    return noted(try shape.event(document.root, line: reader.line))
  }

  private mutating func noted(_ event: RowEvent) -> RowEvent {
    if case .rejected(let rejection, _) = event {
      firstFault = firstFault ?? rejection
    } else {
      hasRows = true
    }
    return event
  }

  private mutating func feed() throws {
    guard let piece = try stream.next() else {
      ended = true
      reader.finish()
      return
    }
    endsInLine = piece.last != 0x0A
    reader.feed(piece)
  }

  /// A line without its end that is no JSON is the mark of a cut transfer.
  private mutating func damaged(_ error: JSONError) throws -> RowEvent {
    if ended, endsInLine, !hasTrailer, try isLast() {
      throw ExportRefusal(
        .truncated, "the last line has no end and is no JSON: \(error.message)", line: error.line,
        column: error.column)
    }
    let fault = NDJSONFault(reader.bytes, error)
    if let fault, !hasRows, firstFault == nil, !hasTrailer {
      throw fault.refusal(line: error.line)
    }
    if error.isDuplicateKey {
      // The error tells the line in the whole text, the element where it starts.
      let place = JSONError(
        message: error.message, line: 1, column: error.column, offset: error.offset)
      return noted(
        try shape.rejected(JSONElement(bytes: reader.bytes, line: error.line, column: 1), place))
    }
    return noted(
      .rejected(
        RowRejection(
          line: error.line,
          reason: fault?.words ?? "column \(error.column): \(error.message)")))
  }

  private mutating func isLast() throws -> Bool {
    var copy = reader
    do throws(JSONError) {
      return try copy.next() == nil
    } catch {
      return false
    }
  }
}

/// What a text is that is taken for NDJSON and is none, told by one of its lines.
enum NDJSONFault {
  case list
  case comma
  case unfinished
  case several

  /// The fault of a line that is no JSON; nil where it is damaged in some other way.
  init?(_ line: [UInt8], _ error: JSONError) {
    let isBlank: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }
    let text = line.drop(while: isBlank)
    let end = (text.lastIndex { !isBlank($0) } ?? text.startIndex - 1) + 1
    let body = Array(text[..<end])
    switch body.first {
    case UInt8(ascii: "["): self = .list
    case UInt8(ascii: "{"):
      if body.last == UInt8(ascii: ","), (try? JSONDocument(Array(body.dropLast()))) != nil {
        self = .comma
      } else if error.offset >= end {
        self = .unfinished
      } else if error.offset < line.count, line[error.offset] == UInt8(ascii: "{"),
        (try? JSONDocument(Array(line[..<error.offset]))) != nil
      {
        self = .several
      } else {
        return nil
      }
    default: return nil
    }
  }

  /// What is there and what is expected.
  var words: String {
    switch self {
    case .list: "a list, where one object per line is expected"
    case .comma: "a comma behind the object, where each line is expected to hold an object alone"
    case .unfinished:
      "an object that goes on in the next line, where each line is expected to hold one whole"
    case .several: "several objects in one line, where one per line is expected"
    }
  }

  /// The refusal of a text that begins so.
  func refusal(line: Int) -> ExportRefusal {
    let advice =
      switch self {
      case .list, .unfinished:
        "is the format json? set export.format, or have the source write lines"
      case .comma, .several: "have the source write one object per line and nothing between them"
      }
    return ExportRefusal(.wrongFormat, "this is no NDJSON: \(words)", line: line, advice: advice)
  }
}
