/// Why a request can't be served: the status to answer with and a sentence for the client.
struct RequestRefusal: Error, Equatable {
  let status: Int
  let reason: String

  init(_ status: Int, _ reason: String) {
    self.status = status
    self.reason = reason
  }
}

/// Finds the end of a header section byte by byte, over as many reads as it takes.
///
/// Lines end with CRLF only: a bare LF or CR is refused, since recipients that disagree about line
/// ends disagree about where a message ends (RFC 9112 §2.2, §11.2).
struct HeadScanner {
  private(set) var lines: [Range<Int>] = []
  private var position = 0
  private var lineStart = 0
  private let limits: HTTPServerLimits

  init(limits: HTTPServerLimits) {
    self.limits = limits
  }

  /// Scans what came since the last call; the offset after the head once it is complete.
  mutating func scan(_ buffer: [UInt8]) throws(RequestRefusal) -> Int? {
    while position < buffer.count {
      let byte = buffer[position]
      if byte == 0x0A {
        guard position > lineStart, buffer[position - 1] == 0x0D else {
          throw RequestRefusal(400, "a line ends without CRLF")
        }
        let line = lineStart..<(position - 1)
        position += 1
        lineStart = position
        if try finish(line) { return position }
        continue
      }
      if position > lineStart, buffer[position - 1] == 0x0D {
        throw RequestRefusal(400, "a bare CR")
      }
      position += 1
    }
    try checkSizes()
    return nil
  }

  /// Takes one line; true when it was the empty one that ends the head.
  private mutating func finish(_ line: Range<Int>) throws(RequestRefusal) -> Bool {
    if line.isEmpty {
      // Empty lines before the request line are skipped (RFC 9112 §2.2), but not for ever.
      if lines.isEmpty && lineStart <= 8 { return false }
      if lines.isEmpty { throw RequestRefusal(400, "no request line") }
      try checkSizes()
      return true
    }
    lines.append(line)
    try checkSizes()
    return false
  }

  private func checkSizes() throws(RequestRefusal) {
    // Of a line that is still open the last byte may be the CR of its end.
    let requestLineBytes = lines.first?.count ?? (position - lineStart - 1)
    if requestLineBytes > limits.requestLineBytesMax {
      throw RequestRefusal(
        414, "the request line is longer than \(limits.requestLineBytesMax) bytes")
    }
    if lines.count > limits.headerCountMax + 1 {
      throw RequestRefusal(431, "more than \(limits.headerCountMax) field lines")
    }
    guard let first = lines.first else { return }
    if position - first.upperBound > limits.headerBytesMax + 4 {
      throw RequestRefusal(
        431, "the header section is larger than \(limits.headerBytesMax) bytes")
    }
  }
}

/// How a request's content is framed (RFC 9112 §6).
enum BodyFraming: Equatable {
  case none
  case length(Int)
  case chunked
}

/// A parsed request head.
struct RequestHead {
  var method: HTTPMethod
  var target: String
  var isHTTP11: Bool
  var fields: HTTPFields
  var framing: BodyFraming
  var keepsAlive: Bool
  var expectsContinue: Bool

  /// Parses the lines that a `HeadScanner` found.
  init(
    _ buffer: [UInt8], lines: [Range<Int>], limits: HTTPServerLimits
  ) throws(RequestRefusal) {
    let line = try RequestLine(buffer[lines[0]])
    var fields = HTTPFields()
    for range in lines.dropFirst() {
      let field = try FieldLine.parse(buffer[range])
      fields.append(field.name, field.value)
    }
    target = line.target
    isHTTP11 = line.minorVersion >= 1
    self.fields = fields
    try Self.checkHost(fields, isHTTP11: isHTTP11)
    framing = try Self.framing(fields, isHTTP11: isHTTP11, limits: limits)
    let options = Self.list(fields, "Connection")
    keepsAlive = isHTTP11 ? !options.contains("close") : options.contains("keep-alive")
    expectsContinue = try Self.expectation(fields) && isHTTP11 && framing != .none
    guard let known = HTTPMethod(rawValue: line.method) else {
      throw RequestRefusal(501, "the method is not implemented")
    }
    method = known
  }

  private static func checkHost(
    _ fields: HTTPFields, isHTTP11: Bool
  ) throws(RequestRefusal) {
    let hosts = fields.values(of: "Host")
    if hosts.count > 1 || (hosts.isEmpty && isHTTP11) {
      throw RequestRefusal(400, "a request has exactly one Host field")
    }
    if let host = hosts.first,
      host.utf8.contains(where: { $0 <= 0x20 || $0 >= 0x7F || $0 == 0x2F || $0 == 0x40 })
    {
      throw RequestRefusal(400, "the Host field is malformed")
    }
  }

  private static func framing(
    _ fields: HTTPFields, isHTTP11: Bool, limits: HTTPServerLimits
  ) throws(RequestRefusal) -> BodyFraming {
    let lengths = fields.values(of: "Content-Length")
    let codings = fields.values(of: "Transfer-Encoding")
    guard codings.isEmpty else {
      if !lengths.isEmpty {
        throw RequestRefusal(400, "Content-Length and Transfer-Encoding together")
      }
      if !isHTTP11 { throw RequestRefusal(400, "Transfer-Encoding in HTTP/1.0") }
      let names = list(fields, "Transfer-Encoding")
      if names == ["chunked"] { return .chunked }
      if names.dropLast().contains("chunked") || names.isEmpty {
        throw RequestRefusal(400, "chunked is not the last transfer coding, once")
      }
      throw RequestRefusal(501, "the transfer coding is not implemented")
    }
    guard let text = lengths.first else { return .none }
    guard lengths.count == 1, !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) })
    else { throw RequestRefusal(400, "Content-Length is not one decimal number") }
    guard let length = Int(text), length <= limits.bodyBytesMax else {
      throw RequestRefusal(413, "the content is larger than \(limits.bodyBytesMax) bytes")
    }
    return length == 0 ? .none : .length(length)
  }

  private static func expectation(_ fields: HTTPFields) throws(RequestRefusal) -> Bool {
    guard let expect = fields["Expect"] else { return false }
    guard expect.lowercased() == "100-continue" else {
      throw RequestRefusal(417, "the expectation is not 100-continue")
    }
    return true
  }

  private static func list(_ fields: HTTPFields, _ name: String) -> [String] {
    fields.values(of: name).flatMap { $0.lowercased().split(separator: ",") }
      .map { $0.trimmingBlanks }
      .filter { !$0.isEmpty }
  }
}

/// The three parts of a request line (RFC 9112 §3).
struct RequestLine {
  let method: String
  let target: String
  let minorVersion: Int

  init(_ line: ArraySlice<UInt8>) throws(RequestRefusal) {
    let parts = line.split(separator: 0x20, omittingEmptySubsequences: false)
    guard parts.count == 3, !parts[0].isEmpty, parts[0].allSatisfy(FieldLine.isToken) else {
      throw RequestRefusal(400, "the request line is not METHOD TARGET VERSION")
    }
    method = String(decoding: parts[0], as: UTF8.self)
    minorVersion = try Self.version(parts[2])
    guard !parts[1].isEmpty, parts[1].allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != 0x23 }) else {
      throw RequestRefusal(400, "the request target has characters that must be percent-encoded")
    }
    target = try Self.origin(String(decoding: parts[1], as: UTF8.self), method: method)
  }

  private static func version(_ part: ArraySlice<UInt8>) throws(RequestRefusal) -> Int {
    let bytes = Array(part)
    guard bytes.count == 8, bytes.starts(with: "HTTP/".utf8), bytes[6] == 0x2E,
      (0x30...0x39).contains(bytes[5]), (0x30...0x39).contains(bytes[7])
    else { throw RequestRefusal(400, "the HTTP version is malformed") }
    guard bytes[5] == 0x31 else { throw RequestRefusal(505, "only HTTP/1.0 and HTTP/1.1") }
    return Int(bytes[7] - 0x30)
  }

  /// Brings the four target forms (RFC 9112 §3.2) to origin-form.
  private static func origin(
    _ target: String, method: String
  ) throws(RequestRefusal) -> String {
    if target.utf8.first == 0x2F { return target }
    if target == "*" && method == "OPTIONS" { return "/*" }
    let lowered = target.prefix(8).lowercased()
    for scheme in ["http://", "https://"] where lowered.hasPrefix(scheme) {
      let rest = target.dropFirst(scheme.count)
      guard let end = rest.firstIndex(where: { $0 == "/" || $0 == "?" }) else { return "/" }
      return rest[end] == "/" ? String(rest[end...]) : "/" + rest[end...]
    }
    if method == "CONNECT" { throw RequestRefusal(501, "CONNECT is not implemented") }
    throw RequestRefusal(400, "the request target is not a path")
  }
}

/// One field line (RFC 9112 §5).
enum FieldLine {
  static func parse(_ line: ArraySlice<UInt8>) throws(RequestRefusal) -> HTTPFields.Field {
    if line.first == 0x20 || line.first == 0x09 {
      throw RequestRefusal(400, "folded field lines are refused (obs-fold)")
    }
    guard let colon = line.firstIndex(of: 0x3A), colon > line.startIndex,
      line[..<colon].allSatisfy(isToken)
    else { throw RequestRefusal(400, "a field line is not NAME: VALUE") }
    let value = line[(colon + 1)...].trimmingBlanks
    guard value.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }) else {
      throw RequestRefusal(400, "a field value has control characters")
    }
    return HTTPFields.Field(
      name: String(decoding: line[..<colon], as: UTF8.self), value: text(value))
  }

  static func isToken(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
    case 0x21, 0x23...0x27, 0x2A, 0x2B, 0x2D, 0x2E, 0x5E...0x60, 0x7C, 0x7E: true
    default: false
    }
  }

  /// UTF-8 where it is, else ISO 8859-1, which every byte sequence is.
  private static func text(_ bytes: ArraySlice<UInt8>) -> String {
    if let text = String(validating: bytes, as: UTF8.self) { return text }
    return String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
  }
}

extension ArraySlice<UInt8> {
  /// Without spaces and tabs at both ends.
  var trimmingBlanks: ArraySlice<UInt8> {
    var slice = self
    while let first = slice.first, first == 0x20 || first == 0x09 { slice = slice.dropFirst() }
    while let last = slice.last, last == 0x20 || last == 0x09 { slice = slice.dropLast() }
    return slice
  }
}

extension Substring {
  /// Without spaces and tabs at both ends.
  var trimmingBlanks: String {
    String(decoding: Array(utf8)[...].trimmingBlanks, as: UTF8.self)
  }
}
