internal import Foundation

/// A process that holds a lock on a file, as the kernel tells it.
public struct LockingProcess: Sendable, Equatable {
  /// Its number.
  public let id: Int32
  /// The name of its program, such as `sqlite3`; nil where that can't be told.
  public let name: String?

  /// The other processes that hold a lock for writing (`fcntl(2)`) on one byte of a file.
  ///
  /// Told by `/proc/locks`: to ask through a descriptor of the file would, with its closing, drop
  /// this process's own locks on it. Empty where the kernel tells nothing.
  public static func writing(byte: Int, of path: String) -> [LockingProcess] {
    var status = stat()
    guard unsafe stat(path, &status) == 0,
      let table = try? String(contentsOfFile: "/proc/locks", encoding: .utf8)
    else { return [] }
    let file = device(status.st_dev) + ":\(status.st_ino)"
    return table.split(separator: "\n").compactMap { line in
      holder(line.split(separator: " "), of: file, byte)
    }
  }

  /// The holder that a line of the table names: `1: POSIX ADVISORY WRITE 4711 08:01:131 120 120`;
  /// one that waits has an arrow in its second place.
  private static func holder(
    _ words: [Substring], of file: String, _ byte: Int
  ) -> LockingProcess? {
    guard words.count == 8, words[3] == "WRITE", words[5] == file, let id = Int32(words[4]),
      id > 0, id != getpid(), let first = Int(words[6]), first <= byte,
      byte <= Int(words[7]) ?? .max
    else { return nil }
    let name = try? String(contentsOfFile: "/proc/\(id)/comm", encoding: .utf8)
    return LockingProcess(id: id, name: name?.trimmingCharacters(in: .newlines))
  }

  /// A device number as the table writes it: `major:minor` in hex.
  private static func device(_ number: dev_t) -> String {
    let major = (number >> 8) & 0xFFF | (number >> 32) & ~0xFFF
    let minor = number & 0xFF | (number >> 12) & ~0xFF
    return [major, minor].map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }
      .joined(separator: ":")
  }
}
