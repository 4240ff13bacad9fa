/// The parts of an absolute `http` or `https` address that decide whether it may be used.
///
/// Stricter than RFC 3986: no user information, no fragment, only letters, digits, dots and
/// hyphens in a host name. What passes is read in the same way by every parser.
public struct WebAddress: Sendable, Equatable {
  /// Whether the connection is encrypted.
  public let isSecure: Bool
  /// The host in lower case, an IPv6 address without its brackets.
  public let host: String
  /// The port as written, or the default of the scheme.
  public let port: Int

  /// Reads an address; nil unless it has a scheme, a plain host and printable ASCII without
  /// blanks, quotes, backslashes and fragment.
  public init?(_ text: String) {
    guard let (secure, start) = Self.scheme(of: text) else { return nil }
    let rest = text.utf8[start...]
    guard rest.allSatisfy(Self.isPlain) else { return nil }
    let end = rest.firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") }
    guard
      let (host, port) = Self.authority(String(text[start..<(end ?? text.endIndex)]))
    else { return nil }
    isSecure = secure
    self.host = host
    self.port = port ?? (secure ? 443 : 80)
  }

  /// Whether the host names this machine: `localhost`, `127.0.0.0/8` or `::1`.
  public var isLoopback: Bool {
    if host == "localhost" || host == "::1" { return true }
    let parts = host.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts[0] == "127" && parts.allSatisfy(Self.isOctet)
  }

  private static func scheme(of text: String) -> (secure: Bool, rest: String.Index)? {
    for (prefix, secure) in [("https://", true), ("http://", false)] {
      guard
        let end = text.utf8.index(
          text.startIndex, offsetBy: prefix.utf8.count, limitedBy: text.endIndex)
      else { continue }
      if text[..<end].lowercased() == prefix { return (secure, end) }
    }
    return nil
  }

  private static func authority(_ text: String) -> (host: String, port: Int?)? {
    if text.hasPrefix("[") {
      guard let close = text.firstIndex(of: "]") else { return nil }
      let host = text[text.index(after: text.startIndex)..<close].lowercased()
      let isAddress = host.utf8.allSatisfy {
        isHexDigit($0) || $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: ".")
      }
      guard isAddress, host.contains(":") else { return nil }
      return port(text[text.index(after: close)...]).map { (host, $0) }
    }
    let colon = text.firstIndex(of: ":") ?? text.endIndex
    let host = text[..<colon].lowercased()
    guard !host.isEmpty, host.utf8.allSatisfy(isHostByte) else { return nil }
    return port(text[colon...]).map { (host, $0) }
  }

  /// The port behind a colon; `.some(nil)` where there is none, nil where it is no port.
  private static func port(_ text: Substring) -> Int?? {
    if text.isEmpty { return .some(nil) }
    let digits = text.dropFirst()
    guard text.first == ":", (1...5).contains(digits.utf8.count),
      digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
      let number = Int(digits), (1...65_535).contains(number)
    else { return nil }
    return .some(number)
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    guard byte > 0x20, byte < 0x7F else { return false }
    return !"\"<>\\^`{|}#".utf8.contains(byte)
  }

  private static func isHostByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "."), UInt8(ascii: "-"),
      UInt8(ascii: "_"):
      true
    default: false
    }
  }

  private static func isHexDigit(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte)
  }

  private static func isOctet(_ text: Substring) -> Bool {
    guard (1...3).contains(text.utf8.count), let number = UInt8(text) else { return false }
    // "010" is eight to some resolvers and ten to others.
    return String(number) == text
  }
}
