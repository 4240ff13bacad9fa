internal import Effects
internal import Formats
internal import Mirror

/// Compares one file of the conflict log with the store, line by line, and mends it.
///
///     file   A B   D x D' F        B → next of the store: kept          x → no line: dropped
///     store  A B C D   E  F        D → the store has C before it: C restored, D kept
///                                  D' → D was there already: dropped
///
/// Lines that the store doesn't know are kept if they look like lines of such a log: retention
/// forgot them, or the mirror was restored from a backup that is older than they are.
struct ConflictLogComparison {
  let log: ConflictLogFile
  let place: Int
  let mirror: Mirror
  /// The number before the first line of the file.
  let after: Int64
  /// The last number that the file may hold.
  let through: Int64

  /// What a comparison found.
  struct Result {
    /// The number of the last line of the file.
    var last: Int64
    var repair = ConflictLogRepair()
    /// Lines whose digest the mirror doesn't know yet.
    var notes: [ConflictLogNote] = []
  }

  private var path: String { log.name(place) }

  /// Mends the file; nil if it is none of ours and was left alone.
  func run() async throws -> Result? {
    var result = Result(last: after)
    var lines = try LogLines(path)
    let copy = "\(path).repair"
    try log.files.remove(copy)
    defer { try? log.files.remove(copy) }
    let output = BufferedAppend(try AppendFile(copy))
    var feed = Feed(log: log, mirror: mirror, last: after, through: through)
    var isKnown = false
    while let line = try lines.next() {
      let before = result.last
      try await take(line, &feed, output, &result)
      if result.last > before { isKnown = true }
    }
    if place > 0 {
      guard isKnown else { return nil }
      while let missing = try await feed.next() { try restore(missing, &feed, output, &result) }
    }
    if !result.repair.isEmpty {
      try output.finish()
      try log.files.rename(copy, to: path)
      try log.files.syncFolder(of: path)
    } else if lines.wholeBytes < lines.size {
      // A line that a crash left unfinished.
      try AppendFile(path).cut(to: lines.wholeBytes)
    }
    return result
  }

  private func take(
    _ line: String, _ feed: inout Feed, _ output: BufferedAppend, _ result: inout Result
  ) async throws {
    if let next = try await feed.next(), Self.isWritten(line, as: next) {
      return try keep(line, next, &feed, output, &result)
    }
    guard let json = try? JSONValue(parsing: line), Self.looksLikeOurs(json) else {
      result.repair.dropped += 1
      return
    }
    let number = try await mirror.conflictLogNumber(of: json, after: feed.last, through: through)
    guard let number else {
      let known = try await mirror.conflictLogNumber(of: json, through: feed.last)
      if known != nil { result.repair.dropped += 1 } else { try output.append(line) }
      return
    }
    while let missing = try await feed.next(), missing.number < number {
      try restore(missing, &feed, output, &result)
    }
    guard let next = try await feed.next(), next.number == number else { return }
    if let digest = next.digest, digest != ConflictLogNote.digest(of: line) {
      result.repair.changed += 1
      try write(next.text, next, &feed, output, &result)
    } else {
      try keep(line, next, &feed, output, &result)
    }
  }

  private func keep(
    _ line: String, _ next: ConflictLogLine, _ feed: inout Feed, _ output: BufferedAppend,
    _ result: inout Result
  ) throws {
    try write(line, next, &feed, output, &result)
  }

  private func restore(
    _ missing: ConflictLogLine, _ feed: inout Feed, _ output: BufferedAppend,
    _ result: inout Result
  ) throws {
    result.repair.restored += 1
    try write(missing.text, missing, &feed, output, &result)
  }

  private func write(
    _ text: String, _ line: ConflictLogLine, _ feed: inout Feed, _ output: BufferedAppend,
    _ result: inout Result
  ) throws {
    try output.append(text)
    let note = ConflictLogNote(number: line.number, text: text)
    if note.digest != line.digest { result.notes.append(note) }
    feed.pop()
    result.last = line.number
  }

  private static func isWritten(_ line: String, as stored: ConflictLogLine) -> Bool {
    stored.digest.map { $0 == ConflictLogNote.digest(of: line) } ?? (stored.text == line)
  }

  private static func looksLikeOurs(_ json: JSONValue) -> Bool {
    ["time", "conflict", "state"].allSatisfy { json[$0]?.text != nil }
  }
}

/// The lines of the store, a batch in memory at a time.
private struct Feed {
  let log: ConflictLogFile
  let mirror: Mirror
  /// The number of the last line that was taken.
  var last: Int64
  let through: Int64
  private var batch: ArraySlice<ConflictLogLine> = []

  init(log: ConflictLogFile, mirror: Mirror, last: Int64, through: Int64) {
    self.log = log
    self.mirror = mirror
    self.last = last
    self.through = through
  }

  /// The next line, which stays the next until it is taken.
  mutating func next() async throws -> ConflictLogLine? {
    if batch.isEmpty {
      batch = try await mirror.conflictLogLines(
        after: last, through: through, limit: ConflictLogFile.linesPerBatch, masking: log.masking)[
          ...]
    }
    return batch.first
  }

  mutating func pop() { last = batch.removeFirst().number }
}

/// Appends lines to a file, some hundred kilobytes at a time.
private final class BufferedAppend {
  private let file: AppendFile
  private var bytes: [UInt8] = []
  private static let bytesPerWrite = 1 << 18

  init(_ file: AppendFile) { self.file = file }

  func append(_ line: String) throws {
    bytes.append(contentsOf: line.utf8)
    bytes.append(UInt8(ascii: "\n"))
    if bytes.count > Self.bytesPerWrite { try flush() }
  }

  private func flush() throws {
    try file.append(bytes)
    bytes.removeAll(keepingCapacity: true)
  }

  func finish() throws {
    try flush()
    try file.sync()
  }
}

/// The whole lines of a file, read in pieces.
struct LogLines {
  private let reader: FileReader
  /// The size of the file when it was opened, in bytes.
  let size: Int
  /// Bytes of the whole lines so far.
  private(set) var wholeBytes = 0
  private var offset = 0
  private var piece: ArraySlice<UInt8> = []

  private static let bytesPerRead = 1 << 18

  init(_ path: String) throws {
    reader = try FileReader(path)
    size = try reader.facts().size
  }

  /// The next line that has an end; nil when there is none.
  mutating func next() throws -> String? {
    var searched = piece.startIndex
    while true {
      if let end = piece[searched...].firstIndex(of: UInt8(ascii: "\n")) {
        let line = String(decoding: piece[..<end], as: UTF8.self)
        wholeBytes += end + 1 - piece.startIndex
        piece = piece[(end + 1)...]
        return line
      }
      guard offset < size else { return nil }
      let more = try reader.read(at: offset, count: min(Self.bytesPerRead, size - offset))
      guard !more.isEmpty else { return nil }
      offset += more.count
      let rest = piece.count
      piece = ArraySlice(Array(piece) + more)
      searched = rest
    }
  }
}
