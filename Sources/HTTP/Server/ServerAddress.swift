/// Why a server could not start.
public enum HTTPServerError: Error, Sendable, Equatable {
  /// The address is none of `127.0.0.1:PORT`, `[::1]:PORT`, `localhost:PORT`, `unix:PATH`.
  case badAddress(String)
  /// The system refused to listen there; the text names address and cause.
  case cannotListen(String)
  /// The server was started before.
  case alreadyStarted
}

/// Where a server listens.
public enum HTTPServerAddress: Sendable, Equatable, CustomStringConvertible {
  /// An IPv4 address in dotted form and a port.
  case ipv4(host: String, port: UInt16)
  /// An IPv6 address without brackets and a port.
  case ipv6(host: String, port: UInt16)
  /// The path of a socket in the file system.
  case unix(path: String)

  /// Reads `HOST:PORT`, `[IPV6]:PORT`, `localhost:PORT` (IPv4 loopback) or `unix:PATH`.
  ///
  /// Port 0 asks for a free one.
  public init(_ text: String) throws(HTTPServerError) {
    if text.hasPrefix("unix:") {
      self = .unix(path: String(text.dropFirst(5)))
      return
    }
    guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...])
    else { throw HTTPServerError.badAddress(text) }
    let host = text[..<colon]
    if host.hasPrefix("["), host.hasSuffix("]") {
      self = .ipv6(host: String(host.dropFirst().dropLast()), port: port)
    } else if !host.contains(":"), !host.isEmpty {
      self = .ipv4(host: host == "localhost" ? "127.0.0.1" : String(host), port: port)
    } else {
      throw HTTPServerError.badAddress(text)
    }
  }

  /// The address as `init` reads it, with the port that was bound.
  public var description: String {
    switch self {
    case .ipv4(let host, let port): "\(host):\(port)"
    case .ipv6(let host, let port): "[\(host)]:\(port)"
    case .unix(let path): "unix:\(path)"
    }
  }

  /// The port, or nil for a socket in the file system.
  public var port: UInt16? {
    switch self {
    case .ipv4(_, let port), .ipv6(_, let port): port
    case .unix: nil
    }
  }

  /// True when only this machine can connect.
  public var isLoopback: Bool {
    switch self {
    case .ipv4(let host, _): host.hasPrefix("127.")
    case .ipv6(let host, _): host == "::1"
    case .unix: true
    }
  }
}
