/// The hash SHA-256 of FIPS 180-4, fed in pieces.
public struct SHA256: Sendable {
  /// The length of a digest in bytes.
  public static let digestLength = 32
  static let blockLength = 64

  private var state: SIMD8<UInt32> = SHA256.initialState
  private var pending: [UInt8] = []
  private var length: UInt64 = 0

  private static let initialState = SIMD8<UInt32>(
    0x6A09_E667, 0xBB67_AE85, 0x3C6E_F372, 0xA54F_F53A,
    0x510E_527F, 0x9B05_688C, 0x1F83_D9AB, 0x5BE0_CD19)

  /// A hash of nothing yet.
  public init() { pending.reserveCapacity(SHA256.blockLength) }

  /// Takes the next bytes.
  public mutating func update(_ bytes: [UInt8]) { update(bytes.span) }

  /// Takes the next bytes.
  public mutating func update(_ bytes: ArraySlice<UInt8>) { update(bytes.span) }

  /// Takes the next bytes.
  public mutating func update(_ bytes: some Sequence<UInt8>) { update(Array(bytes)) }

  /// Takes the next bytes; the pointer is not kept.
  public mutating func update(_ bytes: UnsafeRawBufferPointer) {
    unsafe bytes.withMemoryRebound(to: UInt8.self) { unsafe update($0.span) }
  }

  /// Takes the next bytes.
  public mutating func update(_ bytes: Span<UInt8>) {
    length &+= UInt64(bytes.count)
    var at = 0
    if !pending.isEmpty {
      while pending.count < Self.blockLength, at < bytes.count {
        pending.append(bytes[at])
        at += 1
      }
      guard pending.count == Self.blockLength else { return }
      let block = pending
      pending.removeAll(keepingCapacity: true)
      SHA256Block.compress(block.span, from: 0, count: 1, into: &state)
    }
    let blocks = (bytes.count - at) / Self.blockLength
    SHA256Block.compress(bytes, from: at, count: blocks, into: &state)
    at += blocks * Self.blockLength
    while at < bytes.count {
      pending.append(bytes[at])
      at += 1
    }
  }

  /// The digest of all bytes, 32 bytes; the hash then starts anew.
  public mutating func finish() -> [UInt8] {
    let bits = length &* 8
    var tail = pending
    tail.append(0x80)
    while tail.count % Self.blockLength != 56 { tail.append(0) }
    for shift in stride(from: 56, through: 0, by: -8) {
      tail.append(UInt8(truncatingIfNeeded: bits >> UInt64(shift)))
    }
    SHA256Block.compress(tail.span, from: 0, count: tail.count / Self.blockLength, into: &state)
    var digest: [UInt8] = []
    digest.reserveCapacity(Self.digestLength)
    for word in state.indices.map({ state[$0] }) {
      for shift in [24, 16, 8, 0] {
        digest.append(UInt8(truncatingIfNeeded: word >> UInt32(shift)))
      }
    }
    self = SHA256()
    return digest
  }

  /// The digest of all bytes as 64 lower-case hex digits; the hash then starts anew.
  public mutating func finishHex() -> String { Hex.encode(finish()) }

  /// The digest of some bytes, 32 bytes.
  public static func digest(of bytes: [UInt8]) -> [UInt8] {
    var hash = SHA256()
    hash.update(bytes)
    return hash.finish()
  }

  /// The digest of some bytes as 64 lower-case hex digits.
  public static func hex(of bytes: [UInt8]) -> String { Hex.encode(digest(of: bytes)) }

  /// The digest of a text's UTF-8 as 64 lower-case hex digits.
  public static func hex(of text: String) -> String { hex(of: Array(text.utf8)) }
}
