import Formats

/// How an export is packed, by the suffix of its name.
struct ExportContainer {
  /// The kinds of containers.
  enum Kind: String {
    case none
    case gzip
    case zip
  }

  let kind: Kind
  /// The name of what is inside.
  let innerName: String
  private let bytes: any ByteSource
  private let entry: (archive: ZipArchive, entry: ZipEntry)?
  private let limits: ExportLimits

  /// Opens the container.
  ///
  /// Throws `ExportRefusal` where it is damaged or holds not exactly one file.
  init(_ file: ExportFile, _ bytes: any ByteSource, limits: ExportLimits) throws {
    self.bytes = bytes
    self.limits = limits
    let lower = file.name.lowercased()
    if lower.hasSuffix(".gz") {
      kind = .gzip
      innerName = String(file.name.dropLast(3))
      entry = nil
    } else if lower.hasSuffix(".zip") {
      kind = .zip
      let opened = try Self.translating {
        let archive = try ZipArchive(bytes, limits: limits.archive)
        return (archive, try archive.onlyFile())
      }
      entry = opened
      innerName = opened.1.name
    } else {
      kind = .none
      innerName = file.name
      entry = nil
    }
  }

  /// What is inside, from its start.
  func stream() throws -> any ByteStream {
    switch kind {
    case .none: return ReadStream(SourceStream(bytes))
    case .gzip: return ReadStream(GzipReader(bytes, limits: limits.archive))
    case .zip:
      guard let entry else { return ReadStream(SourceStream(bytes)) }
      return ReadStream(try Self.translating { try entry.archive.stream(entry.entry) })
    }
  }

  /// The first bytes of what is inside.
  func beginning() throws -> [UInt8] {
    var stream = try stream()
    return try stream.next() ?? []
  }

  /// What is inside, readable at any place: unpacked in memory, if it is packed.
  func wholeBytes() throws -> any ByteSource {
    guard kind != .none else { return bytes }
    var stream = try stream()
    return ByteArraySource(
      try Self.translating { try stream.readAll(bytesMax: limits.packedWorkbookBytesMax) })
  }

  /// Runs `body` and turns what unpacking throws into a refusal.
  static func translating<Value>(_ body: () throws -> Value) throws -> Value {
    do {
      return try body()
    } catch let error as ArchiveError {
      throw ExportRefusal(error)
    }
  }
}

extension ExportRefusal {
  init(_ error: ArchiveError) {
    let code: Code
    switch error.code {
    case .noSuchEntry, .unsafeName, .encrypted, .unsupported: code = .archiveEntries
    case .ratioMax, .outputBytesMax, .directoryMax: code = .bomb
    case .wrongFormat, .truncated, .malformed, .mismatch: code = .damagedArchive
    }
    self.init(code, error.message)
  }
}

/// A stream whose errors of unpacking are refusals.
struct ReadStream: ByteStream {
  private var base: any ByteStream

  init(_ base: any ByteStream) { self.base = base }

  mutating func next() throws -> [UInt8]? {
    do {
      return try base.next()
    } catch let error as ArchiveError {
      throw ExportRefusal(error)
    }
  }
}

/// A workbook in its ZIP container.
struct ZipWorkbook: WorkbookArchive {
  private let archive: ZipArchive

  init(_ bytes: any ByteSource, limits: ExportLimits) throws {
    archive = try ExportContainer.translating {
      try ZipArchive(bytes, limits: limits.archive)
    }
  }

  func part(_ name: String) throws -> (any ByteStream)? {
    let entry =
      archive.entry(named: name)
      ?? archive.entries.first { $0.name.lowercased() == name.lowercased() }
    guard let entry else { return nil }
    return ReadStream(try ExportContainer.translating { try archive.stream(entry) })
  }
}
