public import Effects
public import Formats
public import Mirror

/// The conflict log: an append-only NDJSON file that follows the conflict store line by line.
///
/// Lines are appended and flushed first; then the mirror notes how far the file is, and the digest
/// of its last line. A file that ends otherwise lost lines, or has some that were not noted before
/// a crash: its last whole line is then looked up in the store, and writing goes on after it. The
/// store is the truth; lines missing in the middle of a file are not noticed.
public struct ConflictLogFile: Sendable {
  private let path: String
  private let bytesMax: Int
  private let masking: Masking
  private let files: Files

  /// Rotated files that are kept beside the current one: `NAME.1` is the newest.
  public static let rotatedMax = 8
  /// Lines that are written between two notes.
  private static let linesPerBatch = 500
  /// Last lines that are looked up before the search is given up.
  private static let linesTriedMax = 100
  /// Bytes of a file's end that are read to find its last line.
  private static let tailBytes = 4 << 20

  /// A log at a path, rotated before it would grow beyond `bytesMax` bytes; e-mail addresses in it
  /// are written as `masking` says.
  public init(path: String, bytesMax: Int, masking: Masking, files: Files) {
    self.path = path
    self.bytesMax = bytesMax
    self.masking = masking
    self.files = files
  }

  /// Writes what the store has and the file lacks.
  public func follow(_ mirror: Mirror) async throws {
    var number = try await standing(in: mirror)
    while true {
      let lines = fitting(
        try await mirror.conflictLogLines(
          after: number, limit: Self.linesPerBatch, masking: masking))
      guard let last = lines.last else { return }
      try append(lines.flatMap { Array($0.text.utf8) + [UInt8(ascii: "\n")] })
      try await mirror.noteConflictLog(
        ConflictLogMark(number: last.number, digest: SHA256.hex(of: last.text)))
      number = last.number
    }
  }

  // MARK: Where the file stands

  /// The number of the file's last line; what stands cut off after it is removed.
  private func standing(in mirror: Mirror) async throws -> Int64 {
    let mark = try await mirror.conflictLogMark()
    guard let tail = try tail(), let last = tail.last else {
      // No file, or nothing whole in it: all that the store has is written again.
      return 0
    }
    if SHA256.hex(of: last) == mark.digest { return mark.number }
    for line in tail.reversed().prefix(Self.linesTriedMax) {
      guard let json = try? JSONValue(parsing: line) else { continue }
      if let number = try await mirror.conflictLogNumber(of: json) { return number }
    }
    // Lines of a store that forgot them, or of another: nothing tells what is missing.
    return mark.number
  }

  /// The last whole lines of the newest file that has any, oldest first; nil if there is no file.
  private func tail() throws -> [String]? {
    let names = [path] + (1...Self.rotatedMax).map { "\(path).\($0)" }
    for name in names where files.exists(name) {
      let reader = try FileReader(name)
      let size = try reader.facts().size
      let start = max(0, size - Self.tailBytes)
      let bytes = try reader.read(at: start, count: size - start)
      guard let end = bytes.lastIndex(of: UInt8(ascii: "\n")) else {
        if name == path, start == 0, size > 0 { try AppendFile(path).cut(to: 0) }
        continue
      }
      if name == path, end + 1 < bytes.count { try AppendFile(path).cut(to: start + end + 1) }
      let lines = bytes[...end].split(separator: UInt8(ascii: "\n"))
      return lines.map { String(decoding: $0, as: UTF8.self) }
    }
    return nil
  }

  // MARK: Writing

  /// The first of these lines, as many as one file may hold; at least one.
  private func fitting(_ lines: [ConflictLogLine]) -> [ConflictLogLine] {
    var bytes = 0
    let count = lines.prefix { line in
      bytes += line.text.utf8.count + 1
      return bytes <= bytesMax
    }.count
    return Array(lines.prefix(max(1, count)))
  }

  private func append(_ bytes: [UInt8]) throws {
    try files.makeFolder(FilePath.folder(of: path))
    var file = try AppendFile(path)
    let size = try file.size()
    if size > 0, size + bytes.count > bytesMax {
      try rotate()
      file = try AppendFile(path)
    }
    try file.append(bytes)
    try file.sync()
  }

  private func rotate() throws {
    for number in stride(from: Self.rotatedMax - 1, through: 1, by: -1)
    where files.exists("\(path).\(number)") {
      try files.rename("\(path).\(number)", to: "\(path).\(number + 1)")
    }
    try files.rename(path, to: "\(path).1")
  }
}
