import Effects
import Foundation

/// Files that come and go.
enum Scratch {
  /// Removes a file or folder, if it is there.
  static func remove(_ path: String) throws {
    guard FileManager.default.fileExists(atPath: path) else { return }
    try FileManager.default.removeItem(atPath: path)
  }

  /// Copies a database with the log that a process may have left beside it; what was there before
  /// is replaced.
  static func copyDatabase(_ from: String, to path: String) throws {
    for suffix in ["", "-wal", "-shm"] { try remove(path + suffix) }
    for suffix in ["", "-wal"] where Files().exists(from + suffix) {
      try FileManager.default.copyItem(atPath: from + suffix, toPath: path + suffix)
    }
  }

  /// Writes what is on its way to the disk, so that it isn't counted to what comes next.
  static func settle() { sync() }

  static func size(_ path: String) -> Int {
    ((try? Files().facts(path)) ?? nil)?.size ?? 0
  }
}
