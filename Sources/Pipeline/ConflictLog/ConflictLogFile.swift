public import Effects
public import Formats
public import Mirror

/// The conflict log: an append-only NDJSON file that follows the conflict store line by line.
///
/// The store is the truth. Lines are appended and flushed first; then the mirror notes how far the
/// files are, a digest of each line, and what the file system says of each file. A file that is as
/// it was noted agrees with the store; any other (a crash between the two steps, a cut line, a
/// hand that edited it) is compared with the store line by line, and written anew where it differs.
///
/// Whoever changes a conflict lets the log follow: runs, commands and the desk. A lock beside the
/// file has one of them write at a time.
public struct ConflictLogFile: Sendable {
  let path: String
  let masking: Masking
  let files: Files
  private let bytesMax: Int
  private let time: any TimeSource

  /// Rotated files that are kept beside the current one: `NAME.1` is the newest.
  public static let rotatedMax = 8
  /// Lines that are read and written at once.
  static let linesPerBatch = 500
  /// How long another writer is waited for, in seconds.
  private static let lockWaitSeconds = 10.0

  /// A log at a path, rotated before it would grow beyond `bytesMax` bytes; e-mail addresses in it
  /// are written as `masking` says.
  public init(
    path: String, bytesMax: Int, masking: Masking, files: Files, time: any TimeSource
  ) {
    self.path = path
    self.bytesMax = bytesMax
    self.masking = masking
    self.files = files
    self.time = time
  }

  /// Writes what the store has and the files lack; says what had to be mended.
  ///
  /// Throws `FileError`, `MirrorError`.
  @discardableResult
  public func follow(_ mirror: Mirror) async throws -> ConflictLogRepair {
    try files.makeFolder(FilePath.folder(of: path))
    let lock = try await lock()
    defer { lock.release() }
    var state = shifted(try await mirror.conflictLogState())
    let repair = try await agree(&state, mirror)
    try await appendNew(&state, mirror)
    return repair
  }

  private func lock() async throws -> RunLock {
    do {
      return try await RunLock.acquire(
        "\(path).lock", as: .current(command: "conflict log", since: time.now),
        waitSeconds: Self.lockWaitSeconds, time: time)
    } catch {
      guard case .held(_, by: let holder, _) = error else { throw error }
      let who = holder.map { "\($0)" } ?? "another process"
      throw FileError(path: path, action: "write", reason: "\(who) is writing it")
    }
  }

  func name(_ place: Int) -> String { place == 0 ? path : "\(path).\(place)" }

  // MARK: Agreement

  /// The parts as the files are named now: a crash may have come between a rotation and its note.
  private func shifted(_ state: ConflictLogState) -> ConflictLogState {
    guard let current = state.parts.first, let stamp = stamp(name(1)),
      ConflictLogStamp.isSameFile(stamp, current.stamp), !files.exists(path) || isAnother(current)
    else { return state }
    var state = state
    state.parts.insert(
      ConflictLogPart(first: current.last + 1, last: current.last, stamp: []), at: 0)
    return state
  }

  private func isAnother(_ part: ConflictLogPart) -> Bool {
    stamp(path).map { !ConflictLogStamp.isSameFile($0, part.stamp) } ?? true
  }

  private func stamp(_ name: String) -> [String]? {
    (try? files.facts(name)).flatMap { $0 }.map(ConflictLogStamp.text)
  }

  /// Compares each file that is not as it was noted, and mends it.
  private func agree(
    _ state: inout ConflictLogState, _ mirror: Mirror
  ) async throws -> ConflictLogRepair {
    var total = ConflictLogRepair()
    if state.parts.isEmpty { state.parts = [try await unknownPart(state, mirror)] }
    for place in state.parts.indices.reversed() {
      let part = state.parts[place]
      guard let found = stamp(name(place)) else {
        // A rotated file was collected. Without the current one all its lines are due again.
        if place == 0 { state.parts[0].last = part.first - 1 }
        continue
      }
      guard found != part.stamp else { continue }
      let comparison = ConflictLogComparison(
        log: self, place: place, mirror: mirror, after: part.first - 1,
        through: place == 0 ? .max : part.last)
      guard let result = try await comparison.run() else { continue }
      state.parts[place].last = result.last
      state.parts[place].stamp = stamp(name(place)) ?? []
      total.add(result.repair)
      state.last = state.parts[0].last
      try await mirror.noteConflictLog(
        state, lines: result.notes, repair: result.repair, at: time.now)
    }
    state.last = state.parts[0].last
    return total
  }

  /// The current file when the mirror knows nothing of it: an earlier version wrote it, or the
  /// mirror was restored from a backup.
  private func unknownPart(
    _ state: ConflictLogState, _ mirror: Mirror
  ) async throws -> ConflictLogPart {
    var first: Int64?
    for place in 0...1 where first == nil && files.exists(name(place)) {
      var lines = try LogLines(name(place))
      var tried = 0
      while tried < Self.linesPerBatch, let line = try lines.next() {
        tried += 1
        guard let json = try? JSONValue(parsing: line),
          let number = try await mirror.conflictLogNumber(of: json)
        else { continue }
        // What the rotated file has is not due again.
        first = place == 0 ? number : state.last + 1
        break
      }
    }
    let known = first ?? (files.exists(path) ? state.last + 1 : 1)
    return ConflictLogPart(first: known, last: known - 1, stamp: [])
  }

  // MARK: Writing

  private func appendNew(_ state: inout ConflictLogState, _ mirror: Mirror) async throws {
    while true {
      let lines = fitting(
        try await mirror.conflictLogLines(
          after: state.last, limit: Self.linesPerBatch, masking: masking))
      guard let first = lines.first, let last = lines.last else { return }
      let isRotated = try append(lines.flatMap { Array($0.text.utf8) + [UInt8(ascii: "\n")] })
      if isRotated {
        state.parts.insert(
          ConflictLogPart(first: first.number, last: last.number, stamp: []), at: 0)
        state.parts = Array(state.parts.prefix(Self.rotatedMax + 1))
      }
      state.last = last.number
      state.parts[0].last = last.number
      state.parts[0].stamp = stamp(path) ?? []
      try await mirror.noteConflictLog(
        state, lines: lines.map { ConflictLogNote(number: $0.number, text: $0.text) },
        at: time.now)
    }
  }

  /// The first of these lines, as many as one file may hold; at least one.
  private func fitting(_ lines: [ConflictLogLine]) -> [ConflictLogLine] {
    var bytes = 0
    let count = lines.prefix { line in
      bytes += line.text.utf8.count + 1
      return bytes <= bytesMax
    }.count
    return Array(lines.prefix(max(1, count)))
  }

  /// Appends, after a rotation if the file would grow too large; returns whether there was one.
  private func append(_ bytes: [UInt8]) throws -> Bool {
    var file = try AppendFile(path)
    let size = try file.size()
    let isFull = size > 0 && size + bytes.count > bytesMax
    if isFull {
      try rotate()
      file = try AppendFile(path)
    }
    try file.append(bytes)
    try file.sync()
    return isFull
  }

  private func rotate() throws {
    for number in stride(from: Self.rotatedMax - 1, through: 1, by: -1)
    where files.exists(name(number)) {
      try files.rename(name(number), to: name(number + 1))
    }
    try files.rename(path, to: name(1))
  }
}

extension ConflictLogRepair {
  mutating func add(_ other: ConflictLogRepair) {
    restored += other.restored
    changed += other.changed
    dropped += other.dropped
  }

  /// In words, for the log of the program.
  public var words: String {
    "the conflict log was not as the store says: \(restored) lines restored, "
      + "\(changed) written anew, \(dropped) dropped"
  }
}

/// What tells whether a file is as it was: size, time of the last change, device and number.
enum ConflictLogStamp {
  static func text(_ facts: FileFacts) -> [String] {
    ["\(facts.size)", "\(facts.modified.microseconds)"] + facts.identity.map { "\($0)" }
  }

  /// Whether both speak of one file, whatever its content.
  static func isSameFile(_ one: [String], _ other: [String]) -> Bool {
    one.count == 4 && other.count == 4 && one[2...] == other[2...]
  }
}
