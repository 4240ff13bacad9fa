/// The central directory of a ZIP archive, checked.
struct ZipDirectory {
  private(set) var entries: [ZipEntry] = []
  /// Where the directory starts in the file.
  private(set) var offset = 0
  /// How far the archive starts behind the file's start, for archives behind a program.
  private(set) var shift = 0

  private struct End {
    var count: Int
    var size: Int
    var offset: Int
    /// Where the directory must end in the file.
    var limit: Int
  }

  private let names: ZipNames

  init(_ source: any ByteSource, _ names: ZipNames, limits: ArchiveLimits) throws {
    self.names = names
    let end = try Self.findEnd(source)
    guard end.count <= limits.entriesMax else {
      throw ArchiveError(
        .directoryMax, "ZIP archive of more than entriesMax = \(limits.entriesMax) entries")
    }
    guard end.size <= limits.directoryBytesMax else {
      throw ArchiveError(
        .directoryMax,
        "ZIP directory is longer than directoryBytesMax = \(limits.directoryBytesMax) bytes")
    }
    guard end.size <= end.limit, end.offset <= end.limit - end.size else {
      throw ArchiveError(.malformed, "ZIP directory lies outside the file")
    }
    offset = end.limit - end.size
    shift = offset - end.offset
    let bytes = try source.read(at: offset, count: end.size)
    guard bytes.count == end.size else { throw BitInput.truncated }
    try readEntries(bytes, count: end.count)
  }

  // MARK: - The end record

  private static func findEnd(_ source: any ByteSource) throws -> End {
    let tailLength = min(source.size, 22 + 65535)
    let base = source.size - tailLength
    let tail = try source.read(at: base, count: tailLength)
    guard tail.count >= 22, tail.count == tailLength else { throw noZip }
    var at = tail.count - 22
    while at >= 0 {
      if tail[at] == 0x50, tail[at + 1] == 0x4B, tail[at + 2] == 5, tail[at + 3] == 6,
        at + 22 + littleEndian(tail, at + 20, 2) == tail.count
      {
        return try readEnd(source, tail, at, base + at)
      }
      at -= 1
    }
    throw noZip
  }

  private static func readEnd(
    _ source: any ByteSource, _ tail: [UInt8], _ at: Int, _ place: Int
  ) throws -> End {
    if let wide = try readWideEnd(source, place) { return wide }
    let disk = littleEndian(tail, at + 4, 2)
    guard disk == littleEndian(tail, at + 6, 2),
      littleEndian(tail, at + 8, 2) == littleEndian(tail, at + 10, 2), disk == 0
    else { throw ArchiveError(.unsupported, "ZIP archive on several disks") }
    return End(
      count: littleEndian(tail, at + 10, 2), size: littleEndian(tail, at + 12, 4),
      offset: littleEndian(tail, at + 16, 4), limit: place)
  }

  /// The ZIP64 end record, if its locator stands before the end record.
  private static func readWideEnd(_ source: any ByteSource, _ place: Int) throws -> End? {
    guard place >= 20 else { return nil }
    let locator = try source.read(at: place - 20, count: 20)
    guard locator.count == 20, locator.starts(with: [0x50, 0x4B, 6, 7]) else { return nil }
    let offset = littleEndian(locator, 8, 8)
    guard place - 20 >= 56, offset <= place - 20 - 56 else {
      throw ArchiveError(.malformed, "ZIP64 end record lies outside the file")
    }
    let record = try source.read(at: offset, count: 56)
    guard record.count == 56, record.starts(with: [0x50, 0x4B, 6, 6]) else {
      throw ArchiveError(.malformed, "no ZIP64 end record where its locator says")
    }
    guard littleEndian(record, 16, 4) == 0, littleEndian(record, 20, 4) == 0 else {
      throw ArchiveError(.unsupported, "ZIP archive on several disks")
    }
    return End(
      count: littleEndian(record, 32, 8), size: littleEndian(record, 40, 8),
      offset: littleEndian(record, 48, 8), limit: offset)
  }

  private static var noZip: ArchiveError {
    ArchiveError(.wrongFormat, "no ZIP archive, or one that is cut off")
  }

  // MARK: - Entries

  private mutating func readEntries(_ bytes: [UInt8], count: Int) throws(ArchiveError) {
    var at = 0
    var names: Set<String> = []
    for _ in 0..<count {
      guard bytes.count - at >= 46, littleEndian(bytes, at, 4) == 0x0201_4B50 else {
        throw ArchiveError(.malformed, "ZIP directory with fewer entries than it says")
      }
      let nameLength = littleEndian(bytes, at + 28, 2)
      let extraLength = littleEndian(bytes, at + 30, 2)
      let next = at + 46 + nameLength + extraLength + littleEndian(bytes, at + 32, 2)
      guard next <= bytes.count else {
        throw ArchiveError(.malformed, "ZIP directory entry runs over the directory's end")
      }
      let entry = try entry(bytes, at, nameLength, extraLength, directory: offset - shift)
      guard names.insert(entry.name).inserted else {
        throw ArchiveError(.unsafeName, "ZIP archive with two entries of one name")
      }
      entries.append(entry)
      at = next
    }
    guard at == bytes.count else {
      throw ArchiveError(.malformed, "ZIP directory with more in it than its entries")
    }
  }

  private func entry(
    _ bytes: [UInt8], _ at: Int, _ nameLength: Int, _ extraLength: Int, directory: Int
  ) throws(ArchiveError) -> ZipEntry {
    let flags = littleEndian(bytes, at + 8, 2)
    let nameBytes = Array(bytes[at + 46..<at + 46 + nameLength])
    let name = try ZipName.decode(nameBytes, isUTF8: flags & 0x800 != 0, names)
    guard flags & 0x2041 == 0 else {
      throw ArchiveError(.encrypted, "\(name) is encrypted; export it without a password")
    }
    let method = littleEndian(bytes, at + 10, 2)
    guard method == 0 || method == 8 else {
      throw ArchiveError(
        .unsupported,
        "\(name) is compressed by method \(method); stored and deflated entries are read: "
          + "pack it as an ordinary ZIP")
    }
    var sizes = [
      littleEndian(bytes, at + 24, 4), littleEndian(bytes, at + 20, 4),
      littleEndian(bytes, at + 42, 4),
    ]
    let extra = at + 46 + nameLength
    try Self.widen(&sizes, Array(bytes[extra..<extra + extraLength]), name)
    guard sizes[2] <= directory, method != 0 || sizes[0] == sizes[1] else {
      throw ArchiveError(.malformed, "\(name) has impossible sizes in the directory")
    }
    return ZipEntry(
      name: name, size: sizes[0], compressedSize: sizes[1],
      crc32: UInt32(truncatingIfNeeded: littleEndian(bytes, at + 16, 4)), method: method,
      headerOffset: sizes[2], nameBytes: nameBytes)
  }

  /// Replaces each value of all ones by that of the ZIP64 extra field, in its order.
  private static func widen(
    _ sizes: inout [Int], _ extra: [UInt8], _ name: String
  ) throws(ArchiveError) {
    guard sizes.contains(0xFFFF_FFFF) else { return }
    var at = 0
    while at + 4 <= extra.count {
      let length = littleEndian(extra, at + 2, 2)
      let end = at + 4 + length
      guard end <= extra.count else { break }
      if littleEndian(extra, at, 2) == 1 {
        var field = at + 4
        for i in sizes.indices where sizes[i] == 0xFFFF_FFFF {
          guard field + 8 <= end else { break }
          sizes[i] = littleEndian(extra, field, 8)
          field += 8
        }
        return
      }
      at = end
    }
  }
}

/// Names inside ZIP archives.
enum ZipName {
  /// The text of a name; throws for one that leads out, where names are those of files.
  static func decode(
    _ bytes: [UInt8], isUTF8: Bool, _ names: ZipNames
  ) throws(ArchiveError) -> String {
    guard let text = text(bytes, isUTF8: isUTF8) else {
      throw ArchiveError(.unsafeName, "ZIP entry whose name is not the UTF-8 it claims to be")
    }
    guard names == .files else {
      return text.split(omittingEmptySubsequences: true) { $0 == "/" || $0 == "\\" }
        .joined(separator: "/") + (text.hasSuffix("/") ? "/" : "")
    }
    try check(text)
    return text
  }

  /// Names that don't say that they are UTF-8 are in code page 437.
  private static func text(_ bytes: [UInt8], isUTF8: Bool) -> String? {
    if isUTF8 || bytes.allSatisfy({ $0 < 0x80 }) { return String(validating: bytes, as: UTF8.self) }
    guard let encoding = TextEncoding(name: "cp437"), var decoder = try? TextDecoder(encoding)
    else {
      return nil
    }
    return (try? decoder.decode(bytes)).map { String(decoding: $0, as: UTF8.self) }
  }

  private static func check(_ text: String) throws(ArchiveError) {
    let parts = text.utf8.split(separator: 0x2F, omittingEmptySubsequences: false)
      .map { String(Substring($0)) }
    let isInside =
      !text.isEmpty && parts.first != "" && !parts.contains("..") && !parts.contains(".")
      && !parts.dropLast().contains("")
    let isPlain = !text.unicodeScalars.contains {
      $0 == "\\" || $0.value < 0x20 || $0.value == 0x7F
    }
    let hasDrive = text.utf8.count >= 2 && Array(text.utf8.prefix(2))[1] == 0x3A
    guard isInside, isPlain, !hasDrive else {
      throw ArchiveError(
        .unsafeName, "ZIP entry whose name could lead out of its folder (.., absolute or \\)")
    }
  }
}
