/// One file of a ZIP archive.
public struct ZipEntry: Sendable, Hashable {
  /// The path inside the archive, with `/` between folders; checked to stay inside.
  public let name: String
  /// The length of the content in bytes, as the directory says.
  public let size: Int
  /// The length of the compressed content in bytes.
  public let compressedSize: Int
  /// The CRC-32 of the content, as the directory says.
  public let crc32: UInt32
  let method: Int
  let headerOffset: Int
  let nameBytes: [UInt8]

  /// Whether the entry is a folder.
  public var isFolder: Bool { name.utf8.last == 0x2F }
}

/// How the names in a ZIP archive are judged.
public enum ZipNames: Sendable {
  /// As files that could be unpacked: names that lead out of the archive's folder are refused.
  case files
  /// As parts of a document that is only read: `\` counts as `/`, and nothing can lead out.
  case parts
}

/// Reads a ZIP archive (APPNOTE 6.3, with ZIP64) by its directory: stored and deflated entries.
///
/// Encrypted archives, several disks, names that lead out of the archive's folder, and names that
/// occur twice are refused.
public struct ZipArchive: Sendable {
  /// The entries in the order of the directory.
  public let entries: [ZipEntry]
  private let source: any ByteSource
  private let limits: ArchiveLimits
  private let directoryOffset: Int
  private let shift: Int

  /// Reads the directory of an archive; throws `ArchiveError`, and what the source throws.
  public init(
    _ source: any ByteSource, names: ZipNames = .files, limits: ArchiveLimits = .standard
  ) throws {
    let directory = try ZipDirectory(source, names, limits: limits)
    self.source = source
    self.limits = limits
    entries = directory.entries
    directoryOffset = directory.offset
    shift = directory.shift
  }

  /// Whether bytes start as a ZIP archive does.
  public static func matches(_ bytes: some Collection<UInt8>) -> Bool {
    bytes.prefix(4).elementsEqual([0x50, 0x4B, 3, 4])
      || bytes.prefix(4).elementsEqual([0x50, 0x4B, 5, 6])
  }

  /// The entry of exactly this name.
  public func entry(named name: String) -> ZipEntry? { entries.first { $0.name == name } }

  /// The files of the archive; folders and what desktops add (`__MACOSX/`, `.DS_Store`,
  /// `Thumbs.db`) do not count.
  public var files: [ZipEntry] {
    entries.filter { !$0.isFolder && !Self.isAddedByDesktop($0.name) }
  }

  private static func isAddedByDesktop(_ name: String) -> Bool {
    let last = name.split(separator: "/").last ?? ""
    return name.hasPrefix("__MACOSX/") || last == ".DS_Store" || last == "Thumbs.db"
      || last == "desktop.ini"
  }

  /// A stream over an entry's content, checked against its length and checksum at the end.
  public func stream(_ entry: ZipEntry) throws -> ZipEntryReader {
    guard entry.size <= limits.outputBytesMax else {
      throw ArchiveError(
        .outputBytesMax,
        "\(entry.name) is longer than outputBytesMax = \(limits.outputBytesMax) bytes")
    }
    return ZipEntryReader(source, try dataRange(entry), entry, limits)
  }

  /// An entry's whole content; throws `ArchiveError` if it is longer than `bytesMax`.
  public func contents(of entry: ZipEntry, bytesMax: Int) throws -> [UInt8] {
    guard entry.size <= bytesMax else {
      throw ArchiveError(
        .outputBytesMax, "\(entry.name) is longer than bytesMax = \(bytesMax) bytes")
    }
    var stream = try stream(entry)
    return try stream.readAll(bytesMax: bytesMax)
  }

  /// Where the compressed bytes lie, behind the entry's own header.
  private func dataRange(_ entry: ZipEntry) throws -> Range<Int> {
    let offset = entry.headerOffset + shift
    let header = try source.read(at: offset, count: 30)
    guard header.count == 30, header.starts(with: [0x50, 0x4B, 3, 4]) else {
      throw ArchiveError(.malformed, "\(entry.name) has no header where the directory says")
    }
    let nameLength = littleEndian(header, 26, 2)
    let name = try source.read(at: offset + 30, count: nameLength)
    guard name == entry.nameBytes else {
      throw ArchiveError(.malformed, "\(entry.name) has another name in its own header")
    }
    let start = offset + 30 + nameLength + littleEndian(header, 28, 2)
    guard start <= directoryOffset, entry.compressedSize <= directoryOffset - start else {
      throw ArchiveError(.malformed, "\(entry.name) runs into the directory of the archive")
    }
    return start..<start + entry.compressedSize
  }
}

/// The content of one ZIP entry, chunk by chunk.
public struct ZipEntryReader: ByteStream {
  private enum Content {
    case stored(SourceStream)
    case deflated(Inflater)
  }

  private var content: Content
  private let entry: ZipEntry
  private let limits: ArchiveLimits
  private let range: Range<Int>
  private var crc = CRC32()
  private var count = 0
  private var isChecked = false

  init(_ source: any ByteSource, _ range: Range<Int>, _ entry: ZipEntry, _ limits: ArchiveLimits) {
    self.entry = entry
    self.limits = limits
    self.range = range
    content =
      entry.method == 0
      ? .stored(SourceStream(source, range: range))
      : .deflated(Inflater(BitInput(source, range: range)))
  }

  /// The next chunk of content; throws `ArchiveError`, and what the source throws.
  public mutating func next() throws -> [UInt8]? {
    guard let chunk = try nextChunk() else {
      if !isChecked { try checkEnd() }
      return nil
    }
    crc.update(chunk)
    count += chunk.count
    guard count <= entry.size else {
      throw ArchiveError(.mismatch, "\(entry.name) is longer than the directory says")
    }
    try limits.check(output: count, from: entry.compressedSize)
    return chunk
  }

  private mutating func nextChunk() throws -> [UInt8]? {
    switch content {
    case .stored(var stream):
      defer { content = .stored(stream) }
      return try stream.next()
    case .deflated(var inflater):
      // Taken out, so that its buffer is not shared while it is written to.
      content = .stored(SourceStream(ByteArraySource([])))
      defer { content = .deflated(inflater) }
      return try inflater.next()
    }
  }

  private mutating func checkEnd() throws {
    isChecked = true
    guard count == entry.size, crc.value == entry.crc32 else {
      throw ArchiveError(
        .mismatch, "\(entry.name) does not match its length or checksum: damaged archive")
    }
    if case .deflated(let inflater) = content,
      inflater.input.taken(since: range.lowerBound) != range.count
    {
      throw ArchiveError(.mismatch, "\(entry.name) has data behind its compressed content")
    }
  }
}

/// A little-endian number of up to seven bytes, or eight that fit `Int`; the bytes must be there.
func littleEndian(_ bytes: [UInt8], _ offset: Int, _ width: Int) -> Int {
  var value: UInt64 = 0
  for i in (0..<width).reversed() { value = value << 8 | UInt64(bytes[offset + i]) }
  return Int(clamping: value)
}
