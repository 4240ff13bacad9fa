/// Passes a document type declaration; nothing it names is fetched.
///
/// Productions [28] to [29] of XML 1.0. What changes the content of a document is refused by name:
/// entities, and values for attributes that are left out.
struct XMLDoctype {
  private let limits: ExportLimits

  init(_ limits: ExportLimits) { self.limits = limits }

  /// Passes everything behind `<!`, up to and with the last `>`.
  func pass(_ cursor: inout ByteCursor) throws {
    try expect("DOCTYPE", &cursor)
    try name(&cursor)
    try blanks(&cursor)
    switch try cursor.peek() {
    case UInt8(ascii: "S"):
      try expect("SYSTEM", &cursor)
      try literal(&cursor)
    case UInt8(ascii: "P"):
      try expect("PUBLIC", &cursor)
      try literal(&cursor)
      try literal(&cursor)
    default: break
    }
    try blanks(&cursor)
    if try cursor.peek() == UInt8(ascii: "[") {
      cursor.advance()
      try subset(&cursor)
      try blanks(&cursor)
    }
    guard try take(&cursor) == UInt8(ascii: ">") else { throw damaged(cursor) }
  }

  /// Declarations, instructions and comments up to and with the `]`.
  private func subset(_ cursor: inout ByteCursor) throws {
    while true {
      try blanks(&cursor)
      switch try take(&cursor) {
      case UInt8(ascii: "]"): return
      case UInt8(ascii: "%"):
        throw fault(.doctype, "the document type refers to declarations elsewhere (%…;)", cursor)
      case UInt8(ascii: "<"):
        switch try take(&cursor) {
        case UInt8(ascii: "?"): try skip(past: "?>", &cursor)
        case UInt8(ascii: "!"): try declaration(&cursor)
        default: throw damaged(cursor)
        }
      default: throw damaged(cursor)
      }
    }
  }

  private func declaration(_ cursor: inout ByteCursor) throws {
    if try cursor.peek() == UInt8(ascii: "-") {
      cursor.advance()
      guard try take(&cursor) == UInt8(ascii: "-") else { throw damaged(cursor) }
      try skip(past: "--", &cursor)
      guard try take(&cursor) == UInt8(ascii: ">") else { throw damaged(cursor) }
      return
    }
    let keyword = try word(&cursor)
    guard ["ENTITY", "ELEMENT", "ATTLIST", "NOTATION"].contains(keyword) else {
      throw damaged(cursor)
    }
    guard keyword != "ENTITY" else {
      throw fault(.doctype, "the document type declares entities, which are not read", cursor)
    }
    try name(&cursor)
    try rest(of: keyword, &cursor)
  }

  /// Passes what is left of a declaration; quotes in one of attributes hold their default values.
  private func rest(of keyword: String, _ cursor: inout ByteCursor) throws {
    while true {
      switch try take(&cursor) {
      case UInt8(ascii: ">"): return
      case UInt8(ascii: "<"): throw damaged(cursor)
      case let quote? where quote == 0x22 || quote == 0x27:
        guard keyword == "NOTATION" else {
          throw fault(
            .doctype, "the document type gives values to attributes that are left out", cursor)
        }
        while let byte = try take(&cursor), byte != quote {}
      default: continue
      }
    }
  }

  // MARK: - Parts

  /// A blank and a name.
  private func name(_ cursor: inout ByteCursor) throws {
    guard try blanks(&cursor) else { throw damaged(cursor) }
    let name = try word(&cursor)
    guard let first = name.unicodeScalars.first, XMLCharacters.startsName(first),
      name.unicodeScalars.allSatisfy(XMLCharacters.continuesName)
    else { throw damaged(cursor) }
  }

  private func word(_ cursor: inout ByteCursor) throws -> String {
    var bytes: [UInt8] = []
    let more = try cursor.take(
      into: &bytes, bytesMax: limits.nameBytesMax, until: XMLCharacters.endsName)
    guard more else { throw cut(cursor) }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// A blank and a text in quotes.
  private func literal(_ cursor: inout ByteCursor) throws {
    guard try blanks(&cursor), let quote = try take(&cursor), quote == 0x22 || quote == 0x27 else {
      throw damaged(cursor)
    }
    while let byte = try take(&cursor), byte != quote {}
  }

  @discardableResult
  private func blanks(_ cursor: inout ByteCursor) throws -> Bool {
    var any = false
    while let byte = try cursor.peek(), XMLCharacters.isBlank(byte) {
      cursor.advance()
      any = true
    }
    return any
  }

  private func expect(_ word: StaticString, _ cursor: inout ByteCursor) throws {
    for byte in word.description.utf8 {
      guard try take(&cursor) == byte else { throw damaged(cursor) }
    }
  }

  /// Passes everything up to and with two bytes.
  private func skip(past end: StaticString, _ cursor: inout ByteCursor) throws {
    let end = Array(end.description.utf8)
    var last: UInt8 = 0
    while let byte = try take(&cursor) {
      if last == end[0], byte == end[1] { return }
      last = byte
    }
  }

  /// The next byte, which must be there.
  private func take(_ cursor: inout ByteCursor) throws -> UInt8? {
    guard let byte = try cursor.take() else { throw cut(cursor) }
    guard byte >= 0x20 || XMLCharacters.isBlank(byte) else { throw damaged(cursor) }
    return byte
  }

  private func damaged(_ cursor: ByteCursor) -> ExportRefusal {
    fault(.malformed, "a damaged document type declaration", cursor)
  }

  private func cut(_ cursor: ByteCursor) -> ExportRefusal {
    fault(.truncated, "the document stops inside its document type declaration", cursor)
  }

  private func fault(
    _ code: ExportRefusal.Code, _ message: String, _ cursor: ByteCursor
  ) -> ExportRefusal {
    ExportRefusal(code, message, line: cursor.line, column: cursor.column)
  }
}
