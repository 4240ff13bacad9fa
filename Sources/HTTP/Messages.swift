/// The fields of a message in the order they came, looked up without regard to case (RFC 9110
/// §5.1).
public struct HTTPFields: Sendable, Equatable {
  /// One name and one value, as written.
  public struct Field: Sendable, Equatable {
    /// The name as written, such as `Content-Type`.
    public let name: String
    /// The value without surrounding white space.
    public let value: String

    /// Makes a field from its two parts.
    public init(name: String, value: String) {
      self.name = name
      self.value = value
    }
  }

  /// All fields, in order.
  public private(set) var all: [Field]

  /// Makes a list of fields from pairs of name and value.
  public init(_ pairs: [(String, String)] = []) {
    all = pairs.map { Field(name: $0.0, value: $0.1) }
  }

  /// The first value of a field, or nil; setting replaces every field of that name.
  public subscript(name: String) -> String? {
    get { all.first { Self.same($0.name, name) }?.value }
    set {
      all.removeAll { Self.same($0.name, name) }
      if let newValue { all.append(Field(name: name, value: newValue)) }
    }
  }

  /// Every value of a field, in order.
  public func values(of name: String) -> [String] {
    all.filter { Self.same($0.name, name) }.map(\.value)
  }

  /// Adds a field after those already there.
  public mutating func append(_ name: String, _ value: String) {
    all.append(Field(name: name, value: value))
  }

  private static func same(_ left: String, _ right: String) -> Bool {
    left.utf8.elementsEqual(right.utf8) { lowered($0) == lowered($1) }
  }

  private static func lowered(_ byte: UInt8) -> UInt8 {
    byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte
  }
}

/// A request method of RFC 9110 that this house uses.
public enum HTTPMethod: String, Sendable, CaseIterable {
  /// Read without a body.
  case get = "GET"
  /// Like `get`, answered without a body.
  case head = "HEAD"
  /// Create, or submit a form.
  case post = "POST"
  /// Replace.
  case put = "PUT"
  /// Change in part.
  case patch = "PATCH"
  /// Remove.
  case delete = "DELETE"
  /// Ask what is allowed.
  case options = "OPTIONS"
  /// Have the request echoed; known so that servers can say that they don't allow it.
  case trace = "TRACE"
  /// Read by a body instead of an address; known for the same reason.
  case query = "QUERY"
}

/// A request that a client sends: absolute address, fields, body.
public struct HTTPRequest: Sendable, Equatable {
  /// What to do with the resource.
  public var method: HTTPMethod
  /// The absolute address, such as `https://yourdomain.commercelayer.io/api/customers`.
  public var url: String
  /// Field lines; `Host`, `Content-Length` and connection management are the transport's.
  public var fields: HTTPFields
  /// The content, empty for none.
  public var body: [UInt8]

  /// Makes a request; without fields and body unless given.
  public init(
    _ method: HTTPMethod, _ url: String, fields: HTTPFields = HTTPFields(), body: [UInt8] = []
  ) {
    self.method = method
    self.url = url
    self.fields = fields
    self.body = body
  }
}

/// A complete response: status, fields, body after transfer and content decoding.
public struct HTTPResponse: Sendable, Equatable {
  /// The status code, 100 to 599.
  public var status: Int
  /// Field lines as received or to be sent.
  public var fields: HTTPFields
  /// The content, decoded.
  public var body: [UInt8]

  /// Makes a response.
  public init(status: Int, fields: HTTPFields = HTTPFields(), body: [UInt8] = []) {
    self.status = status
    self.fields = fields
    self.body = body
  }
}

/// Why no complete response came.
public enum HTTPTransportError: Error, Sendable, Equatable {
  /// The address can't be used; nothing was sent.
  case badAddress(String)
  /// Name resolution, connection or TLS failed; nothing was sent. The text names host and cause.
  case cannotConnect(String)
  /// The server's certificate does not prove that it is the host of the address; nothing was sent.
  case untrustedServer(String)
  /// The connection broke or timed out after the request may have reached the server.
  case outcomeUnknown(String)
  /// The answer was larger than the limit, in bytes.
  case bodyTooLarge(limitBytes: Int)
  /// The answer was not HTTP, was cut short, or its coding could not be undone.
  case malformedAnswer(String)
  /// The caller's task was cancelled.
  case cancelled
}

/// Whatever carries a request to a server and brings the answer back.
public protocol HTTPTransport: Sendable {
  /// Sends one request and waits for the whole answer; any status is an answer, not an error.
  func send(_ request: HTTPRequest) async throws(HTTPTransportError) -> HTTPResponse
}
