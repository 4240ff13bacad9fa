import Formats

/// Reads XML 1.0 with namespaces strictly, token by token, in memory of one token.
///
/// There is no entity but the five of the standard: a document type that declares more is refused
/// where it stands, any other is passed over (`XMLDoctype`). The bytes must be
/// well-formed UTF-8; a declared encoding has been seen to before.
struct XMLTokens {
  private var cursor: ByteCursor
  private let limits: ExportLimits
  private var open: [XMLName] = []
  private var prefixes: [(depth: Int, prefix: String)] = []
  private var known: [[UInt8]: XMLName] = [:]
  private var pendingEnd = false
  private var rootSeen = false
  private var atStart = true
  private var typeSeen = false
  /// Whether a reference to half of a surrogate pair is noted in place of a refusal, with U+FFFD
  /// where it stands.
  var notesHalfCharacters = false
  /// The first such reference since somebody looked.
  var halfCharacter: ExportRefusal?
  /// Where the last token starts.
  private(set) var line = 1
  /// The column where the last token starts.
  private(set) var column = 1

  init(_ stream: any ByteStream, limits: ExportLimits) {
    cursor = ByteCursor(stream)
    self.limits = limits
  }

  /// How many elements are open around the next token.
  var depth: Int { open.count }

  /// The next token; nil at the end of a sound document.
  mutating func next() throws -> XMLToken? {
    if pendingEnd {
      pendingEnd = false
      return .end(close())
    }
    while true {
      line = cursor.line
      column = cursor.column
      guard let byte = try cursor.peek() else { return try finish() }
      if byte != UInt8(ascii: "<") {
        let text = try text()
        if !open.isEmpty { return .text(text) }
        continue
      }
      cursor.advance()
      if let token = try markup() { return token }
    }
  }

  private func finish() throws -> XMLToken? {
    if let element = open.last {
      throw fault(.truncated, "the document stops inside <\(element.qualified)>")
    }
    guard rootSeen else { throw fault(.empty, "the document has no element") }
    return nil
  }

  // MARK: - Text

  private mutating func text() throws -> [UInt8] {
    var out: [UInt8] = []
    while try take(&out, until: Self.stopsText) {
      guard let byte = try cursor.peek(), byte != UInt8(ascii: "<") else { break }
      cursor.advance()
      switch byte {
      case UInt8(ascii: "&"): try reference(&out)
      case UInt8(ascii: "]"):
        out.append(byte)
        // Counted back from the end so that a split over two pieces is seen too.
        if try cursor.peek() == UInt8(ascii: ">"), out.suffix(2).elementsEqual([0x5D, 0x5D]) {
          throw fault(.malformed, "]]> outside a CDATA section")
        }
      case 0x0D: try lineEnd(&out)
      default: throw fault(.malformed, "a control character, which XML does not allow")
      }
    }
    if open.isEmpty, !out.allSatisfy(XMLCharacters.isBlank) {
      throw fault(.malformed, "text outside the document element")
    }
    try checkNoncharacters(out)
    return out
  }

  @inline(__always)
  private static func stopsText(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "<") || byte == UInt8(ascii: "&") || byte == UInt8(ascii: "]")
      || byte < 0x20 && byte != 0x0A && byte != 0x09
  }

  /// CR LF and a lone CR are one LF (XML 1.0 section 2.11); the CR is passed already.
  private mutating func lineEnd(_ out: inout [UInt8]) throws {
    if try cursor.peek() == 0x0A { cursor.advance() }
    out.append(0x0A)
  }

  private mutating func reference(_ out: inout [UInt8]) throws {
    var name: [UInt8] = []
    let more = try cursor.take(into: &name, bytesMax: 12) {
      $0 == UInt8(ascii: ";") || $0 <= 0x20 || $0 == UInt8(ascii: "<")
    }
    guard more, try cursor.take() == UInt8(ascii: ";") else {
      throw fault(.malformed, "an & that starts no entity; text needs &amp;")
    }
    let text = String(decoding: name, as: UTF8.self)
    switch text {
    case "lt": out.append(UInt8(ascii: "<"))
    case "gt": out.append(UInt8(ascii: ">"))
    case "amp": out.append(UInt8(ascii: "&"))
    case "apos": out.append(UInt8(ascii: "'"))
    case "quot": out.append(UInt8(ascii: "\""))
    default:
      let code = Self.code(text)
      if let scalar = code.flatMap(UnicodeScalar.init), XMLCharacters.isAllowed(scalar.value) {
        out.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
      } else {
        let refusal = noEntity(text, code)
        guard notesHalfCharacters, let code, code & ~0x7FF == 0xD800 else { throw refusal }
        halfCharacter = halfCharacter ?? refusal
        out.append(contentsOf: UTF8.encodedReplacementCharacter)
      }
    }
  }

  private func noEntity(_ name: String, _ code: UInt32?) -> ExportRefusal {
    guard let code else {
      return fault(
        .malformed,
        "the entity &\(name); is none of the five of XML, and a DTD is not read; the text needs "
          + "the character itself")
    }
    return fault(
      .malformed,
      code & ~0x7FF == 0xD800
        ? "half a character (&\(name); without its other half): the text was cut"
        : "the reference &\(name); to no character of XML")
  }

  /// The code point of a reference to a character; nil for one to an entity.
  private static func code(_ reference: String) -> UInt32? {
    guard reference.hasPrefix("#") else { return nil }
    let isHex = reference.hasPrefix("#x")
    let digits = reference.dropFirst(isHex ? 2 : 1)
    return digits.first == "+" ? nil : UInt32(digits, radix: isHex ? 16 : 10)
  }

  // MARK: - Markup

  private mutating func markup() throws -> XMLToken? {
    let first = atStart
    atStart = false
    switch try cursor.peek() {
    case UInt8(ascii: "?"):
      cursor.advance()
      try instruction(first: first)
      return nil
    case UInt8(ascii: "!"):
      cursor.advance()
      return try declaration()
    case UInt8(ascii: "/"):
      cursor.advance()
      return try endTag()
    default:
      return try startTag()
    }
  }

  private mutating func instruction(first: Bool) throws {
    let target = try name()
    let isXML = target.qualified.lowercased() == "xml"
    if isXML, !(first && line == 1 && column == 1) {
      throw fault(.malformed, "an XML declaration that is not at the start")
    }
    // Production [17]: the name is reserved in every case, and the declaration's is lower.
    if isXML, target.qualified != "xml" {
      throw fault(.malformed, "an XML declaration that does not start with <?xml")
    }
    // Production [16]: a blank parts the name from the rest.
    guard let next = try cursor.peek(), !XMLCharacters.isBlank(next) else {
      return try skip(past: "?>", "a processing instruction")
    }
    try expect("?>", "a processing instruction")
  }

  private mutating func declaration() throws -> XMLToken? {
    switch try cursor.peek() {
    case UInt8(ascii: "-"):
      try expect("--", "a comment")
      try skip(past: "--", "a comment")
      guard try cursor.take() == UInt8(ascii: ">") else {
        throw fault(.malformed, "-- inside a comment")
      }
      return nil
    case UInt8(ascii: "["):
      try expect("[CDATA[", "a CDATA section")
      guard !open.isEmpty else {
        throw fault(.malformed, "a CDATA section outside the document element")
      }
      return .text(try section())
    case UInt8(ascii: "D"):
      guard !rootSeen, !typeSeen else {
        throw fault(.malformed, "a document type declaration that is not before the first element")
      }
      typeSeen = true
      try XMLDoctype(limits).pass(&cursor)
      return nil
    default:
      throw fault(.malformed, "a declaration that is none of XML")
    }
  }

  private mutating func section() throws -> [UInt8] {
    var out: [UInt8] = []
    while try take(&out, until: { $0 == UInt8(ascii: ">") || $0 < 0x20 }) {
      guard let byte = try cursor.take() else { break }
      if byte == UInt8(ascii: ">"), out.suffix(2).elementsEqual([0x5D, 0x5D]) {
        out.removeLast(2)
        try checkNoncharacters(out)
        return out
      }
      switch byte {
      case 0x0D: try lineEnd(&out)
      case 0x09, 0x0A, UInt8(ascii: ">"): out.append(byte)
      default: throw fault(.malformed, "a control character, which XML does not allow")
      }
    }
    throw fault(.truncated, "the document stops inside a CDATA section")
  }

  private mutating func startTag() throws -> XMLToken {
    guard !(open.isEmpty && rootSeen) else {
      throw fault(.malformed, "a second document element")
    }
    rootSeen = true
    let element = try name()
    open.append(element)
    guard open.count <= limits.depthMax else {
      throw fault(.tooLarge, "elements nest deeper than depthMax = \(limits.depthMax)")
    }
    var attributes: [XMLAttribute] = []
    while true {
      let blank = try skipBlanks()
      switch try cursor.take() {
      case UInt8(ascii: ">"):
        return .start(try bound(element, attributes), attributes)
      case UInt8(ascii: "/"):
        guard try cursor.take() == UInt8(ascii: ">") else {
          throw fault(.malformed, "a / inside a start tag")
        }
        pendingEnd = true
        return .start(try bound(element, attributes), attributes)
      case nil: throw fault(.truncated, "the document stops inside a start tag")
      case let byte?:
        guard blank else { throw fault(.malformed, "a blank is missing before an attribute") }
        try attribute(from: byte, &attributes)
      }
    }
  }

  private mutating func attribute(
    from byte: UInt8, _ attributes: inout [XMLAttribute]
  ) throws {
    let name = try name(from: byte)
    try skipBlanks()
    guard try cursor.take() == UInt8(ascii: "=") else {
      throw fault(.malformed, "an attribute without a value")
    }
    try skipBlanks()
    guard let quote = try cursor.take(), quote == 0x22 || quote == 0x27 else {
      throw fault(.malformed, "an attribute value without quotes")
    }
    let value = try attributeValue(quote)
    if name.qualified == "xmlns" { return }
    if name.prefix == "xmlns" {
      prefixes.append((open.count, name.local))
      return
    }
    guard !attributes.contains(where: { $0.name == name }) else {
      throw fault(.malformed, "the attribute \(name.qualified) is there twice")
    }
    guard attributes.count < limits.columnsMax else {
      throw fault(.tooLarge, "more than columnsMax = \(limits.columnsMax) attributes")
    }
    attributes.append(XMLAttribute(name: name, value: value))
  }

  private mutating func attributeValue(_ quote: UInt8) throws -> String {
    var out: [UInt8] = []
    while try take(&out, until: { $0 == quote || $0 == 0x26 || $0 == 0x3C || $0 < 0x20 }) {
      guard let byte = try cursor.take() else { break }
      switch byte {
      case quote:
        try checkNoncharacters(out)
        return String(decoding: out, as: UTF8.self)
      case UInt8(ascii: "&"): try reference(&out)
      case 0x0D:
        if try cursor.peek() == 0x0A { cursor.advance() }
        out.append(0x20)
      case 0x09, 0x0A: out.append(0x20)
      default: throw fault(.malformed, "a < or control character in an attribute value")
      }
    }
    throw fault(.truncated, "the document stops inside an attribute value")
  }

  private mutating func endTag() throws -> XMLToken {
    let name = try name()
    try skipBlanks()
    guard try cursor.take() == UInt8(ascii: ">") else {
      throw fault(.malformed, "an end tag that is not closed")
    }
    guard let element = open.last else {
      throw fault(.malformed, "the end tag </\(name.qualified)> without its start tag")
    }
    guard element == name else {
      throw fault(
        .malformed, "</\(name.qualified)> where </\(element.qualified)> was expected")
    }
    return .end(close())
  }

  private mutating func close() -> XMLName {
    while let last = prefixes.last, last.depth >= open.count { prefixes.removeLast() }
    return open.removeLast()
  }

  /// Checks that the prefixes of an element and its attributes are declared.
  private func bound(_ element: XMLName, _ attributes: [XMLAttribute]) throws -> XMLName {
    try checkPrefix(element)
    for attribute in attributes { try checkPrefix(attribute.name) }
    return element
  }

  private func checkPrefix(_ name: XMLName) throws {
    guard let prefix = name.prefix, prefix != "xml" else { return }
    guard prefixes.contains(where: { $0.prefix == prefix }) else {
      throw fault(.malformed, "the namespace prefix \(prefix): is not declared")
    }
  }

  // MARK: - Names and blanks

  private mutating func name(from first: UInt8? = nil) throws -> XMLName {
    var bytes: [UInt8] = first.map { [$0] } ?? []
    let more = try cursor.take(
      into: &bytes, bytesMax: limits.nameBytesMax, until: XMLCharacters.endsName)
    if let name = known[bytes] { return name }
    guard bytes.count <= limits.nameBytesMax else {
      throw fault(.tooLarge, "a name longer than nameBytesMax = \(limits.nameBytesMax) bytes")
    }
    guard more || !bytes.isEmpty else {
      throw fault(.truncated, "the document stops inside a tag")
    }
    let text = String(decoding: bytes, as: UTF8.self)
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    let sound = parts.count <= 2 && parts.allSatisfy(Self.isName)
    guard sound, let local = parts.last else {
      throw fault(.malformed, "a < that starts no tag; text needs &lt;")
    }
    let name = XMLName(qualified: text, local: String(local))
    if known.count < limits.columnsMax { known[bytes] = name }
    return name
  }

  private static func isName(_ part: Substring) -> Bool {
    guard let first = part.unicodeScalars.first else { return false }
    return XMLCharacters.startsName(first)
      && part.unicodeScalars.dropFirst().allSatisfy(XMLCharacters.continuesName)
  }

  @discardableResult
  private mutating func skipBlanks() throws -> Bool {
    var any = false
    while let byte = try cursor.peek(), XMLCharacters.isBlank(byte) {
      cursor.advance()
      any = true
    }
    return any
  }

  private mutating func expect(_ text: StaticString, _ what: String) throws {
    for expected in text.description.utf8 {
      guard let byte = try cursor.take() else {
        throw fault(.truncated, "the document stops at the start of \(what)")
      }
      guard byte == expected else { throw fault(.malformed, "a damaged start of \(what)") }
    }
  }

  /// Passes everything up to and with `end`.
  private mutating func skip(past end: String, _ what: String) throws {
    let end = Array(end.utf8)
    var matched = 0
    var last: UInt32 = 0
    while let byte = try cursor.take() {
      last = last << 8 & 0xFF_FFFF | UInt32(byte)
      let isControl = byte < 0x20 && !XMLCharacters.isBlank(byte)
      // U+FFFE and U+FFFF in UTF-8.
      guard !isControl, last != 0xEF_BFBE, last != 0xEF_BFBF else {
        throw fault(.malformed, "a character that XML does not allow")
      }
      // Both ends used (`--`, `?>`) can only overlap by their first byte.
      matched = byte == end[matched] ? matched + 1 : (byte == end[0] ? 1 : 0)
      if matched == end.count { return }
    }
    throw fault(.truncated, "the document stops inside \(what)")
  }

  private mutating func take(
    _ out: inout [UInt8], until stops: (UInt8) -> Bool
  ) throws -> Bool {
    let more = try cursor.take(into: &out, bytesMax: limits.cellBytesMax, until: stops)
    guard out.count <= limits.cellBytesMax else {
      throw fault(.tooLarge, "a text longer than cellBytesMax = \(limits.cellBytesMax) bytes")
    }
    return more
  }

  /// U+FFFE and U+FFFF are well-formed UTF-8 and yet no characters of XML.
  private func checkNoncharacters(_ bytes: [UInt8]) throws {
    var i = 0
    while i + 2 < bytes.count {
      if bytes[i] == 0xEF, bytes[i + 1] == 0xBF, bytes[i + 2] >= 0xBE {
        throw fault(.malformed, "a character that XML does not allow")
      }
      i += 1
    }
  }

  private func fault(_ code: ExportRefusal.Code, _ message: String) -> ExportRefusal {
    ExportRefusal(code, message, line: cursor.line, column: cursor.column)
  }
}
