/// One pair of a query string, decoded.
public struct HTTPQueryItem: Sendable, Equatable {
  /// The name, decoded.
  public let name: String
  /// The value, decoded; empty when there was no equals sign.
  public let value: String

  /// Makes an item from decoded parts.
  public init(_ name: String, _ value: String) {
    self.name = name
    self.value = value
  }
}

/// A complete request as a server received it: strict HTTP/1.1, content decoded from its framing.
public struct HTTPServerRequest: Sendable, Equatable {
  /// What the client asks for.
  public var method: HTTPMethod
  /// Path and query as sent (origin-form; the authority of an absolute-form is cut off).
  public var target: String
  /// The path's segments, percent-decoded: `/a/b%2Fc` gives `a` and `b/c`.
  public var pathSegments: [String]
  /// The query's items in order, form-decoded.
  public var query: [HTTPQueryItem]
  /// All field lines.
  public var fields: HTTPFields
  /// The content, empty for none.
  public var body: [UInt8]
  /// The client's address without port: `127.0.0.1`, `::1`, or `unix`.
  public var peer: String
  /// True unless the client speaks HTTP/1.0.
  public var isHTTP11 = true

  /// Makes a request from a target, for callers that go round the socket.
  ///
  /// Nil if the target can't be decoded.
  public init?(
    _ method: HTTPMethod, _ target: String, fields: HTTPFields = HTTPFields(), body: [UInt8] = [],
    peer: String = "127.0.0.1"
  ) {
    guard let parts = HTTPTarget(target) else { return nil }
    self.method = method
    self.target = target
    self.pathSegments = parts.segments
    self.query = parts.query
    self.fields = fields
    self.body = body
    self.peer = peer
  }

  /// The raw path, without the query.
  public var path: String {
    String(target.prefix { $0 != "?" })
  }

  /// The first query value of that name, or nil.
  public func queryValue(_ name: String) -> String? {
    query.first { $0.name == name }?.value
  }
}

/// The decoded parts of an origin-form target (RFC 9112 §3.2.1).
struct HTTPTarget {
  let segments: [String]
  let query: [HTTPQueryItem]

  init?(_ target: String) {
    let bytes = Array(target.utf8)
    let mark = bytes.firstIndex(of: 0x3F) ?? bytes.endIndex
    var segments: [String] = []
    for part in bytes[..<mark].split(separator: 0x2F) {
      guard let segment = PercentCoding.decoded(part) else { return nil }
      segments.append(segment)
    }
    self.segments = segments
    guard mark < bytes.endIndex else {
      query = []
      return
    }
    guard let query = Self.items(bytes[(mark + 1)...]) else { return nil }
    self.query = query
  }

  /// Decodes `a=1&b=2`, a query or a form body; nil for a broken escape.
  static func items(_ bytes: ArraySlice<UInt8>) -> [HTTPQueryItem]? {
    var items: [HTTPQueryItem] = []
    for pair in bytes.split(separator: 0x26) {
      let equals = pair.firstIndex(of: 0x3D) ?? pair.endIndex
      guard let name = PercentCoding.decoded(pair[..<equals], plusIsSpace: true),
        let value = PercentCoding.decoded(pair[equals...].dropFirst(), plusIsSpace: true)
      else { return nil }
      items.append(HTTPQueryItem(name, value))
    }
    return items
  }
}

extension HTTPQueryItem {
  /// The pairs of an `application/x-www-form-urlencoded` content; nil for a broken escape.
  public static func form(_ body: [UInt8]) -> [HTTPQueryItem]? {
    HTTPTarget.items(body[...])
  }
}
