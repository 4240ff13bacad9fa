internal import Effects
public import Formats
internal import Foundation

/// Who holds the run lock.
public struct RunLockHolder: Sendable, Hashable, CustomStringConvertible {
  /// The user's name.
  public let owner: String
  /// The machine's name.
  public let host: String
  /// The process number.
  public let pid: Int32
  /// The command that runs, such as `reconcile` or `daemon`.
  public let command: String
  /// When the lock was taken.
  public let since: Timestamp

  /// The most that is read from a lock file, in bytes.
  static let bytesMax = 4_096

  /// Names a holder.
  public init(owner: String, host: String, pid: Int32, command: String, since: Timestamp) {
    self.owner = owner
    self.host = host
    self.pid = pid
    self.command = command
    self.since = since
  }

  /// This process.
  public static func current(command: String, since: Timestamp) -> RunLockHolder {
    var buffer = [CChar](repeating: 0, count: 256)
    let isNamed = unsafe gethostname(&buffer, buffer.count - 1) == 0
    let letters = buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
    // A container's user often has a number only.
    let name = NSUserName()
    let host = isNamed ? String(decoding: letters, as: UTF8.self) : "unknown"
    return RunLockHolder(
      owner: name.isEmpty ? "user \(getuid())" : name, host: host, pid: getpid(),
      command: command, since: since)
  }

  /// Who is named in a lock file; nil if nobody is, the text is unreadable, or the process
  /// named is known to be gone from this machine.
  public static func read(_ path: String) -> RunLockHolder? {
    guard let bytes = try? Files().read(path, bytesMax: bytesMax),
      let value = try? JSONValue(parsing: bytes), let holder = RunLockHolder(value)
    else { return nil }
    return holder.isGone ? nil : holder
  }

  /// One line for people.
  public var description: String {
    "\(command) of \(owner) on \(host), process \(pid), since \(since.rfc3339)"
  }

  var json: JSONValue {
    [
      "owner": .string(owner), "host": .string(host), "pid": .int(Int(pid)),
      "command": .string(command), "since": .string(since.rfc3339Microseconds),
    ]
  }

  private init?(_ value: JSONValue) {
    guard let owner = value["owner"]?.text, let host = value["host"]?.text,
      let pid = value["pid"]?.numberValue?.int, let command = value["command"]?.text,
      let since = value["since"]?.text.flatMap(Timestamp.init(rfc3339:))
    else { return nil }
    self.init(
      owner: owner, host: host, pid: Int32(clamping: pid), command: command, since: since)
  }

  /// Whether the process ran on this machine and no longer does.
  private var isGone: Bool {
    let here = Self.current(command: "", since: since)
    return host == here.host && pid > 0 && kill(pid, 0) != 0 && errno == ESRCH
  }
}

/// Why the run lock was not taken.
public enum RunLockError: Error, Sendable, Equatable, CustomStringConvertible {
  /// Another run holds it; nil if it could not be told which.
  case held(path: String, by: RunLockHolder?, waitedSeconds: Double)
  /// The file can't be opened or locked.
  case unusable(path: String, reason: String)
  /// The task was cancelled while it waited.
  case cancelled

  /// What happened and what to do, for people.
  public var description: String {
    switch self {
    case .held(let path, let holder, let waited):
      let who = holder.map(\.description) ?? "another run"
      let how = waited >= 1 ? " (waited \(Int(waited)) s)" : ""
      return "the mirror is in use by \(who)\(how); wait for its end, or stop it. Lock: \(path)"
    case .unusable(let path, let reason):
      return "can't lock \(path): \(reason); the folder must be writable for this user"
    case .cancelled:
      return "stopped while waiting for the run lock"
    }
  }
}
