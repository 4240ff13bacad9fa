/// Message authentication with SHA-256, RFC 2104.
public enum HMACSHA256 {
  /// The authentication code of a message under a key, 32 bytes.
  public static func code(of message: [UInt8], key: [UInt8]) -> [UInt8] {
    var block = key.count > SHA256.blockLength ? SHA256.digest(of: key) : key
    block += repeatElement(0, count: SHA256.blockLength - block.count)
    var inner = SHA256()
    inner.update(block.map { $0 ^ 0x36 })
    inner.update(message)
    var outer = SHA256()
    outer.update(block.map { $0 ^ 0x5C })
    outer.update(inner.finish())
    return outer.finish()
  }

  /// Whether a code is that of a message under a key; the time taken does not tell where it
  /// differs.
  public static func verify(_ code: [UInt8], of message: [UInt8], key: [UInt8]) -> Bool {
    equalInConstantTime(code, self.code(of: message, key: key))
  }
}

/// Whether two byte strings are equal, in a time that depends on their lengths only; for secrets.
public func equalInConstantTime(_ a: [UInt8], _ b: [UInt8]) -> Bool {
  guard a.count == b.count else { return false }
  var difference: UInt8 = 0
  for i in a.indices { difference |= a[i] ^ b[i] }
  return difference == 0
}
