import Effects
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

  /// Opens the container; `member` is the name or pattern of the file in an archive of several.
  ///
  /// Throws `ExportRefusal` where it is damaged, is none, or does not tell which file to read.
  init(
    _ file: ExportFile, _ bytes: any ByteSource, member: String? = nil, limits: ExportLimits
  ) throws {
    self.bytes = bytes
    self.limits = limits
    let lower = file.name.lowercased()
    if lower.hasSuffix(".gz") {
      kind = .gzip
      innerName = String(file.name.dropLast(3))
      entry = nil
      if let other = try Self.other(bytes, than: GzipReader.matches, "gzip") { throw other }
    } else if lower.hasSuffix(".zip") {
      kind = .zip
      let archive = try Self.archive(bytes, limits)
      let member = try ArchiveMember(named: member, in: archive).entry
      entry = (archive, member)
      innerName = member.name
    } else {
      kind = .none
      innerName = file.name
      entry = nil
    }
  }

  /// An archive may stand behind a program, so that its first bytes alone tell nothing.
  private static func archive(
    _ bytes: any ByteSource, _ limits: ExportLimits
  ) throws -> ZipArchive {
    do {
      return try translating { try ZipArchive(bytes, limits: limits.archive) }
    } catch {
      throw try other(bytes, than: ZipArchive.matches, "ZIP") ?? error
    }
  }

  /// Names what a file is whose suffix only says that it is packed; nil where that can't be told.
  private static func other(
    _ bytes: any ByteSource, than matches: ([UInt8]) -> Bool, _ name: String
  ) throws -> ExportRefusal? {
    let start = try bytes.read(at: 0, count: ForeignContent.startBytes)
    guard start.count >= 4, !matches(start), let found = ForeignContent.kind(start) else {
      return nil
    }
    return ExportRefusal(
      .wrongFormat, "this is \(found.words), and its name says that it is packed as \(name)",
      advice: "have the source pack it, or drop that ending of its name")
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

/// Which file of an archive is the export.
struct ArchiveMember {
  /// How many names a refusal lists.
  private static let namesMax = 10

  let entry: ZipEntry

  /// The only file, or the only one that a pattern names.
  init(named pattern: String?, in archive: ZipArchive) throws(ExportRefusal) {
    let files = archive.files
    let found = pattern.map { text in files.filter { NamePattern(text).matches($0.name) } } ?? files
    guard found.count == 1 else { throw Self.refusal(pattern, files, found) }
    entry = found[0]
  }

  private static func refusal(
    _ pattern: String?, _ files: [ZipEntry], _ found: [ZipEntry]
  ) -> ExportRefusal {
    guard !files.isEmpty else {
      return ExportRefusal(
        .archiveEntries, "the archive holds no file",
        advice: "the delivery failed: have the source write it again")
    }
    let names = files.prefix(namesMax).map { "“\($0.name)”" }.joined(separator: ", ")
    let more = files.count > namesMax ? " and \(files.count - namesMax) more" : ""
    let held =
      "the archive holds \(files.count) \(files.count == 1 ? "file" : "files"): \(names)\(more)"
    guard let pattern else {
      return ExportRefusal(
        .archiveEntries, held,
        advice: "name the one to read by export.member, such as \"member\": \"*.csv\"")
    }
    let count = found.isEmpty ? "none" : "\(found.count)"
    return ExportRefusal(
      .archiveEntries, "\(held); export.member “\(pattern)” names \(count) of them",
      advice: "set export.member to a pattern that names exactly one of them")
  }
}

extension ExportRefusal {
  init(_ error: ArchiveError) {
    let (code, advice): (Code, String?) =
      switch error.code {
      case .encrypted: (.archiveEntries, "have the source write it without a password")
      case .unsupported: (.archiveEntries, "have the source pack it as an ordinary ZIP archive")
      case .unsafeName: (.archiveEntries, "have the source pack the export under a plain name")
      case .ratioMax, .outputBytesMax, .directoryMax: (.bomb, nil)
      case .trailingData:
        (.damagedArchive, "have the source write the packed export and nothing behind it")
      case .wrongFormat, .truncated, .malformed, .mismatch: (.damagedArchive, nil)
      }
    self.init(code, error.message, advice: advice)
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
      try ZipArchive(bytes, names: .parts, limits: limits.archive)
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
