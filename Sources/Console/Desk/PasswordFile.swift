public import Effects
internal import Formats

/// Names and password hashes of people who may use the desk: one `NAME:HASH` per line.
///
/// A hash is `pbkdf2-sha256$ITERATIONS$SALT$KEY` (RFC 8018 §5.2), salt and key in base 64.
public struct PasswordFile: Sendable {
  /// Why a line can't be used.
  public struct Problem: Error, Sendable, Equatable, CustomStringConvertible {
    /// The line, from 1.
    public let line: Int
    /// What is wrong.
    public let description: String
  }

  private struct Entry {
    let iterations: Int
    let salt: [UInt8]
    let key: [UInt8]
  }

  /// Rounds of a new hash.
  public static let iterations = 120_000
  /// The fewest and the most rounds that are accepted.
  static let iterationsRange = 10_000...2_000_000
  /// The longest password, in bytes.
  static let passwordBytesMax = 1_024

  private let entries: [String: Entry]

  /// Reads the lines of a file; empty lines and lines that begin with `#` are left out.
  public init(parsing text: String) throws(Problem) {
    var entries: [String: Entry] = [:]
    let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    for (place, line) in lines.enumerated() {
      guard !line.isEmpty, line.first != "#" else { continue }
      let parts = line.split(separator: ":", maxSplits: 1)
      guard parts.count == 2, !parts[0].isEmpty, let entry = Self.entry(parts[1]) else {
        throw Problem(
          line: place + 1, description: "line \(place + 1) is not NAME:pbkdf2-sha256$…")
      }
      entries[String(parts[0])] = entry
    }
    self.entries = entries
  }

  /// A line for a name and a password.
  public static func line(
    name: String, password: String, iterations: Int = Self.iterations, random: any RandomSource
  ) -> String {
    let salt = random.bytes(16)
    let key = derive(password, salt, iterations)
    return "\(name):pbkdf2-sha256$\(iterations)$\(Base64.encode(salt))$\(Base64.encode(key))"
  }

  /// Whether the password is that of the name; takes as long for a name that doesn't exist.
  public func allows(name: String, password: String) -> Bool {
    guard password.utf8.count <= Self.passwordBytesMax else { return false }
    let entry = entries[name]
    let salt = entry?.salt ?? Array(repeating: 0, count: 16)
    let rounds = entry?.iterations ?? entries.values.map(\.iterations).max() ?? Self.iterations
    let derived = Self.derive(password, salt, rounds)
    let expected = entry?.key ?? Array(repeating: 0, count: 32)
    return equalInConstantTime(derived, expected) && entry != nil
  }

  private static func entry(_ text: Substring) -> Entry? {
    let parts = text.split(separator: "$", omittingEmptySubsequences: false)
    guard parts.count == 4, parts[0] == "pbkdf2-sha256", let iterations = Int(parts[1]),
      iterationsRange.contains(iterations), let salt = Base64.decode(String(parts[2])),
      salt.count >= 8, let key = Base64.decode(String(parts[3])), key.count == 32
    else { return nil }
    return Entry(iterations: iterations, salt: salt, key: key)
  }

  /// One block of PBKDF2 with HMAC-SHA-256: 32 bytes.
  static func derive(_ password: String, _ salt: [UInt8], _ iterations: Int) -> [UInt8] {
    let key = Array(password.utf8)
    var block = HMACSHA256.code(of: salt + [0, 0, 0, 1], key: key)
    var result = block
    for _ in 1..<max(1, iterations) {
      block = HMACSHA256.code(of: block, key: key)
      for place in result.indices { result[place] ^= block[place] }
    }
    return result
  }
}
