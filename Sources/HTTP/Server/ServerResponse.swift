/// Takes the pieces of an answer of unknown length; each becomes one chunk (RFC 9112 §7.1).
public struct HTTPChunkSink {
  let write: ([UInt8]) -> Bool

  /// Sends one piece at once; false when the client is gone and producing more is useless.
  public func send(_ piece: [UInt8]) -> Bool {
    piece.isEmpty || write(piece)
  }
}

/// How an answer travels.
public enum HTTPDelivery: Sendable {
  /// Completely, with its length declared.
  case whole
  /// In chunks as the closure produces them; `body` is ignored.
  case chunked(@Sendable (HTTPChunkSink) -> Void)
  /// As somebody else sends it, for a server that plays a broken one.
  case custom(HTTPCustomDelivery)
}

/// Sends answers in a way of its own.
public struct HTTPCustomDelivery: Sendable {
  /// What it is called, for logs and for who plays the client too.
  public let name: String
  /// Whether the client gets an answer at all, cut off or not.
  public let answers: Bool
  let play: @Sendable (inout HTTPWire) -> Bool

  /// A delivery.
  ///
  /// - Parameters:
  ///   - name: what it is called
  ///   - answers: whether the client gets an answer at all
  ///   - play: sends it; false when the connection is to be closed
  public init(
    name: String, answers: Bool, play: @escaping @Sendable (_ wire: inout HTTPWire) -> Bool
  ) {
    self.name = name
    self.answers = answers
    self.play = play
  }
}

/// What a server sends back for one request.
public struct HTTPServerResponse: Sendable {
  /// The status code, 200 to 599.
  public var status: Int
  /// Field lines; `Content-Length`, `Connection`, `Date` and `Transfer-Encoding` are the server's.
  public var fields: HTTPFields
  /// The content.
  public var body: [UInt8]
  /// How the answer travels.
  public var delivery = HTTPDelivery.whole
  /// A pause before anything is sent, in seconds.
  public var delaySeconds = 0.0
  /// Close the connection after this answer.
  public var closes = false

  /// Makes an answer.
  public init(status: Int, fields: HTTPFields = HTTPFields(), body: [UInt8] = []) {
    self.status = status
    self.fields = fields
    self.body = body
  }

  /// Makes an answer of text with its media type.
  public init(status: Int, mediaType: String, text: String) {
    self.init(
      status: status, fields: HTTPFields([("Content-Type", mediaType)]), body: Array(text.utf8))
  }
}

/// Reason phrases and the head of an answer (RFC 9112 §4, RFC 9110 §15).
enum ResponseHead {
  static func phrase(_ status: Int) -> String {
    phrases[status] ?? "Status"
  }

  /// Whether an answer with this status can have content at all (RFC 9110 §6.4.1).
  static func allowsContent(_ status: Int) -> Bool {
    status >= 200 && status != 204 && status != 304
  }

  private static let phrases = [
    200: "OK", 201: "Created", 202: "Accepted", 204: "No Content", 206: "Partial Content",
    301: "Moved Permanently", 302: "Found", 303: "See Other", 304: "Not Modified",
    307: "Temporary Redirect", 308: "Permanent Redirect", 400: "Bad Request",
    401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed",
    406: "Not Acceptable", 408: "Request Timeout", 409: "Conflict", 411: "Length Required",
    413: "Content Too Large", 414: "URI Too Long", 415: "Unsupported Media Type",
    417: "Expectation Failed", 422: "Unprocessable Content", 423: "Locked",
    429: "Too Many Requests", 431: "Request Header Fields Too Large",
    500: "Internal Server Error", 501: "Not Implemented", 502: "Bad Gateway",
    503: "Service Unavailable", 504: "Gateway Timeout", 505: "HTTP Version Not Supported",
  ]
}
