public import Effects
public import Mirror

/// The conflict log: an append-only NDJSON file that follows the conflict store line by line.
///
/// Lines are appended and flushed first; then the mirror notes how far the file is. A crash in
/// between leaves lines (the last perhaps cut) at the end of the file that the next run would write
/// again: it finds them there and writes only what is missing.
public struct ConflictLogFile: Sendable {
  private let path: String
  private let bytesMax: Int
  private let files: Files

  /// Rotated files that are kept beside the current one: `NAME.1` is the newest.
  public static let rotatedMax = 8
  /// Lines that are written between two notes.
  private static let linesPerBatch = 500

  /// A log at a path, rotated before it would grow beyond `bytesMax` bytes.
  public init(path: String, bytesMax: Int, files: Files) {
    self.path = path
    self.bytesMax = bytesMax
    self.files = files
  }

  /// Writes what the store has and the file lacks.
  public func follow(_ mirror: Mirror) async throws {
    var isFirst = true
    while true {
      let lines = try await mirror.conflictLogLines(limit: Self.linesPerBatch)
      guard let last = lines.last else { return }
      let bytes = lines.flatMap { Array($0.text.utf8) + [UInt8(ascii: "\n")] }
      try append(bytes, afterCrash: isFirst)
      try await mirror.noteConflictLog(upTo: last.number)
      isFirst = false
    }
  }

  private func append(_ bytes: [UInt8], afterCrash: Bool) throws {
    try files.makeFolder(FilePath.folder(of: path))
    var file = try AppendFile(path)
    let size = try file.size()
    let written = afterCrash ? try overlap(of: bytes, size: size) : 0
    if written == 0, size > 0, size + bytes.count > bytesMax {
      try rotate()
      file = try AppendFile(path)
    }
    try file.append(Array(bytes.dropFirst(written)))
    try file.sync()
  }

  /// How many of these bytes already end the file.
  private func overlap(of bytes: [UInt8], size: Int) throws -> Int {
    let count = min(size, bytes.count)
    guard count > 0 else { return 0 }
    let tail = try FileReader(path).read(at: size - count, count: count)
    for length in stride(from: tail.count, to: 0, by: -1)
    where tail.suffix(length).elementsEqual(bytes.prefix(length)) {
      return length
    }
    return 0
  }

  private func rotate() throws {
    for number in stride(from: Self.rotatedMax - 1, through: 1, by: -1)
    where files.exists("\(path).\(number)") {
      try files.rename("\(path).\(number)", to: "\(path).\(number + 1)")
    }
    try files.rename(path, to: "\(path).1")
  }
}
