internal import Formats
internal import Glibc

/// The kill switch: a mark beside the mirror, which says whether anything may be written.
///
///     MIRROR.pause   {"kind":"pause","at":…,"by":…,"reason":…}⏎   one line an act, the last counts
///                    {"kind":"resume","at":…,"by":…}⏎
///
/// It asks nothing of the database, so that it is set and seen at once whatever holds the mirror.
/// The next run that begins takes the acts into the journal. What can't be read, was cut or is
/// empty counts as paused: a disk that is full, or a file of somebody else, can't let a write go.
public struct PauseMark: Sendable, Hashable {
  /// The whole path of the mark, beside the mirror.
  public let path: String
  /// The file whose owner the mark gets, so that a pause by root can be ended by the daemon's user.
  private let mirrorPath: String

  /// Acts in bytes; beyond, what runs have not yet taken into the journal gives way to the newest.
  static let bytesMax = 65_536

  /// The mark of the mirror at a path, which need not be there.
  public init(mirror path: String) {
    mirrorPath = path
    self.path = path + ".pause"
  }

  // MARK: Reading

  /// Who paused, since when and why; nil while writing is allowed.
  public func current() -> PauseNote? {
    do {
      guard let text = try read() else { return nil }
      guard let last = PauseAct.lines(of: text).last, let act = PauseAct(last) else {
        throw MirrorError(.unexpected, "it holds no act that can be read")
      }
      guard act.pauses else { return nil }
      return PauseNote(since: act.act.at, by: act.act.by, reason: act.act.reason)
    } catch {
      return PauseNote(
        since: changedAt, by: "somebody",
        reason: "\(path): \((error as? MirrorError)?.message ?? "")"
      )
    }
  }

  /// The whole text; nil where there is no mark.
  private func read() throws(MirrorError) -> String? {
    let descriptor = unsafe Glibc.open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW)
    guard descriptor >= 0 else {
      if errno == ENOENT || errno == ENOTDIR { return nil }
      throw MirrorError(.cannotOpen, Self.reason)
    }
    defer { close(descriptor) }
    return try Self.text(of: descriptor)
  }

  private static func text(of descriptor: Int32) throws(MirrorError) -> String {
    var bytes = [UInt8](repeating: 0, count: 2 * bytesMax)
    var count: Int
    repeat {
      count = unsafe bytes.withUnsafeMutableBytes {
        unsafe pread(descriptor, $0.baseAddress, $0.count, 0)
      }
    } while count < 0 && errno == EINTR
    guard count >= 0 else { throw MirrorError(.cannotOpen, reason) }
    return String(decoding: bytes[..<count], as: UTF8.self)
  }

  private var changedAt: Timestamp {
    var facts = stat()
    guard unsafe lstat(path, &facts) == 0 else { return Timestamp(0) }
    return Timestamp(Int64(facts.st_mtim.tv_sec) * 1_000_000)
  }

  // MARK: Acts

  /// Stops all writing to the remote, before its next request; durable when it returns.
  ///
  /// Returns what could not be kept of who paused and why, on a disk that is full; it is paused all
  /// the same.
  @discardableResult
  public func pause(_ act: Act) throws(MirrorError) -> String? {
    try PrivateFiles.prepareFolder(of: path)
    return try locked(creates: true) { descriptor throws(MirrorError) in
      if let failure = Self.append(PauseAct(act: act, pauses: true), to: descriptor) {
        // An empty mark pauses too, and needs no room.
        guard ftruncate(descriptor, 0) == 0, fsync(descriptor) == 0 else {
          throw MirrorError(.cannotOpen, "can't write \(path): \(failure)")
        }
        return failure
      }
      return nil
    } ?? nil
  }

  /// Lets writing go on; returns the pause that it ended, nil where there was none.
  public func resume(_ act: Act) throws(MirrorError) -> PauseNote? {
    guard let note = current() else { return nil }
    _ = try locked(creates: false) { descriptor throws(MirrorError) in
      if let failure = Self.append(PauseAct(act: act, pauses: false), to: descriptor) {
        throw MirrorError(
          Self.isFull ? .diskFull : .cannotOpen, "can't write \(path): \(failure)",
          hint: "nothing is written until it can say so; make room, or remove the file")
      }
      return nil
    }
    return note
  }

  /// The acts after the one whose line has this digest, each with the digest of its line.
  func acts(after digest: String?) -> [(act: PauseAct, digest: String)] {
    guard let text = (try? read()) ?? nil else { return [] }
    let all = PauseAct.lines(of: text).compactMap { line in
      PauseAct(line).map { (act: $0, digest: SHA256.hex(of: line)) }
    }
    guard let digest, let place = all.lastIndex(where: { $0.digest == digest }) else { return all }
    return Array(all[(place + 1)...])
  }

  /// Removes the mark if the act of this digest is the last one and lets writing go on.
  func removeIfOver(after digest: String) {
    _ = try? locked(creates: false) { descriptor throws(MirrorError) in
      let lines = PauseAct.lines(of: try Self.text(of: descriptor))
      guard let last = lines.last, SHA256.hex(of: last) == digest,
        PauseAct(last).map({ !$0.pauses }) ?? false
      else { return nil }
      unsafe unlink(path)
      return nil
    }
  }

  // MARK: The file

  /// Changes the file while no other process does; nil where there is none and none is to be made.
  private func locked(
    creates: Bool, _ body: (Int32) throws(MirrorError) -> String?
  ) throws(MirrorError) -> String?? {
    while true {
      let flags = O_RDWR | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW | (creates ? O_CREAT : 0)
      let descriptor = unsafe Glibc.open(path, flags, 0o600)
      guard descriptor >= 0 else {
        if errno == ENOENT, !creates { return nil }
        throw MirrorError(
          .cannotOpen, "can't open \(path): \(Self.reason)",
          hint: "the mark that pauses lies beside the mirror: check owner and permissions there")
      }
      defer { close(descriptor) }
      while flock(descriptor, LOCK_EX) != 0, errno == EINTR {}
      // It may have been removed between opening and locking: a line there would reach nobody.
      guard isStill(descriptor) else { continue }
      giveToOwner(descriptor)
      let result = try body(descriptor)
      syncFolder()
      return result
    }
  }

  private func isStill(_ descriptor: Int32) -> Bool {
    var (open, named) = (stat(), stat())
    return unsafe fstat(descriptor, &open) == 0 && lstat(path, &named) == 0
      && open.st_ino == named.st_ino && open.st_dev == named.st_dev
  }

  private func giveToOwner(_ descriptor: Int32) {
    var facts = stat()
    guard geteuid() == 0, unsafe stat(mirrorPath, &facts) == 0 else { return }
    _ = fchown(descriptor, facts.st_uid, facts.st_gid)
  }

  private func syncFolder() {
    let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    let descriptor = unsafe Glibc.open(folder.isEmpty ? "/" : folder, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    _ = fsync(descriptor)
    close(descriptor)
  }

  /// Adds a line and has it on the disk; why that failed, or nil.
  private static func append(_ act: PauseAct, to descriptor: Int32) -> String? {
    var size = lseek(descriptor, 0, SEEK_END)
    if size > off_t(bytesMax) {
      guard ftruncate(descriptor, 0) == 0 else { return reason }
      size = 0
    }
    var bytes = Array((act.line + "\n").utf8)
    // A line that was cut stays one of its own.
    if size > 0 { bytes.insert(UInt8(ascii: "\n"), at: 0) }
    let written = unsafe pwrite(descriptor, bytes, bytes.count, size)
    guard written == bytes.count else { return written < 0 ? reason : "no space left" }
    return fsync(descriptor) == 0 ? nil : reason
  }

  private static var reason: String { unsafe String(cString: strerror(errno)) }
  private static var isFull: Bool { errno == ENOSPC || errno == EDQUOT }
}

/// One act at the kill switch, as a line of the mark.
struct PauseAct: Sendable, Hashable {
  let act: Act
  /// Whether it stops writing; else it lets it go on.
  let pauses: Bool

  init(act: Act, pauses: Bool) {
    self.act = act
    self.pauses = pauses
  }

  /// Reads a line; nil for one that this program did not write whole.
  init?(_ line: String) {
    guard let json = try? JSONValue(parsing: line),
      let kind = json["kind"]?.text, kind == "pause" || kind == "resume",
      let at = json["at"]?.text.flatMap({ Timestamp(rfc3339: $0) }), let by = json["by"]?.text
    else { return nil }
    pauses = kind == "pause"
    act = Act(by: by, at: at, reason: json["reason"]?.text)
  }

  var kind: String { pauses ? "pause" : "resume" }

  var line: String {
    var members: [(String, JSONValue)] = [
      ("kind", .string(kind)), ("at", .string(act.at.rfc3339Microseconds)),
      ("by", .string(act.by)),
    ]
    if let reason = act.reason { members.append(("reason", .string(reason))) }
    return JSONValue.object(JSONObject(members)).written()
  }

  /// The lines of a mark; what stands behind the last line end was cut, and is one too.
  static func lines(of text: String) -> [String] {
    text.split(separator: "\n").map(String.init)
  }
}
