/// Decompresses gzip data (RFC 1952), several members one after the other included.
///
/// Checksum and length of each member are checked; zero bytes behind the last one are padding.
public struct GzipReader: ByteStream {
  private enum State {
    case header, body, end
  }

  private var inflater: Inflater
  private let limits: ArchiveLimits
  private var state = State.header
  private var memberCount = 0
  private var crc = CRC32()
  private var memberBytes = 0
  private var totalBytes = 0

  /// A reader over a whole gzip file.
  public init(_ source: any ByteSource, limits: ArchiveLimits = .standard) {
    inflater = Inflater(BitInput(source, range: 0..<source.size))
    self.limits = limits
  }

  /// Whether bytes start as gzip data does.
  public static func matches(_ bytes: some Collection<UInt8>) -> Bool {
    bytes.prefix(3).elementsEqual(magic)
  }

  private static let magic: [UInt8] = [0x1F, 0x8B, 0x08]

  /// The next chunk of content; throws `ArchiveError`, and what the source throws.
  public mutating func next() throws -> [UInt8]? {
    while true {
      switch state {
      case .end: return nil
      case .header: state = try readHeader() ? .body : .end
      case .body:
        if let chunk = try inflater.next() {
          crc.update(chunk)
          memberBytes &+= chunk.count
          totalBytes &+= chunk.count
          try limits.check(output: totalBytes, from: inflater.input.taken(since: 0))
          return chunk
        }
        try readTrailer()
        state = .header
      }
    }
  }

  /// A member's header, section 2.3; false at the end of the data.
  private mutating func readHeader() throws -> Bool {
    guard let first = try inflater.input.byte() else {
      guard memberCount > 0 else { throw noMember }
      return false
    }
    if first == 0, memberCount > 0 { return try skipPadding() }
    var header = [first]
    while header.count < 10 {
      guard Self.magic.starts(with: header.prefix(Self.magic.count)) else { throw noMember }
      header.append(try headerByte())
    }
    let flags = header[3]
    guard flags & 0xE0 == 0 else {
      throw ArchiveError(.malformed, "gzip header with unknown flags")
    }
    if flags & 4 != 0 {
      let low = try headerByte()
      let high = try headerByte()
      header += [low, high]
      for _ in 0..<Int(low) | Int(high) << 8 { header.append(try headerByte()) }
    }
    for flag in [UInt8(8), 16] where flags & flag != 0 { try readText(&header) }
    if flags & 2 != 0, try inflater.input.number(bytes: 2) != Int(CRC32.of(header) & 0xFFFF) {
      throw ArchiveError(.mismatch, "gzip header does not match its checksum")
    }
    memberCount += 1
    crc = CRC32()
    memberBytes = 0
    inflater.restart()
    return true
  }

  /// A file name or comment, which ends with a zero byte.
  private mutating func readText(_ header: inout [UInt8]) throws {
    var byte: UInt8
    repeat {
      byte = try headerByte()
      header.append(byte)
      guard header.count < 1 << 20 else {
        throw ArchiveError(.malformed, "gzip header of more than 1 MiB")
      }
    } while byte != 0
  }

  private mutating func headerByte() throws -> UInt8 {
    guard let byte = try inflater.input.byte() else { throw BitInput.truncated }
    return byte
  }

  private mutating func skipPadding() throws -> Bool {
    while let byte = try inflater.input.byte() {
      guard byte == 0 else { throw noMember }
    }
    return false
  }

  private mutating func readTrailer() throws {
    guard try inflater.input.number(bytes: 4) == Int(crc.value) else {
      throw ArchiveError(.mismatch, "gzip content does not match its checksum: damaged file")
    }
    guard try inflater.input.number(bytes: 4) == memberBytes & 0xFFFF_FFFF else {
      throw ArchiveError(.mismatch, "gzip content does not match its length: damaged file")
    }
  }

  /// What stands where a member should begin is none.
  private var noMember: ArchiveError {
    memberCount == 0
      ? ArchiveError(.wrongFormat, "no gzip data")
      : ArchiveError(
        .trailingData, "data that is no gzip stands behind the end of the gzip content")
  }
}
