public import Formats
internal import Foundation

/// What the file system knows of a file.
public struct FileFacts: Sendable, Equatable {
  /// Kinds of what a path can name.
  public enum Kind: Sendable {
    /// An ordinary file.
    case file
    /// A folder.
    case folder
    /// A device, pipe or socket.
    case other
  }

  /// File, folder or neither; symbolic links are followed.
  public let kind: Kind
  /// The size in bytes.
  public let size: Int
  /// When the content last changed.
  public let modified: Timestamp
  /// The permission bits, such as `0o600`.
  public let mode: UInt32
  /// The number of the owner.
  public let owner: UInt32
  /// Device and number of the file: the same for two names of one file.
  public let identity: [UInt64]

  init(_ status: stat) {
    switch status.st_mode & S_IFMT {
    case S_IFREG: kind = .file
    case S_IFDIR: kind = .folder
    default: kind = .other
    }
    size = Int(status.st_size)
    modified = Timestamp(
      microseconds: Int64(status.st_mtim.tv_sec) * 1_000_000
        + Int64(status.st_mtim.tv_nsec) / 1_000)
    mode = UInt32(status.st_mode & 0o7777)
    owner = status.st_uid
    identity = [UInt64(status.st_dev), UInt64(status.st_ino)]
  }

  /// Whether group or others may read it.
  public var isReadableByOthers: Bool { mode & 0o044 != 0 }
  /// Whether group or others may change it.
  public var isWritableByOthers: Bool { mode & 0o022 != 0 }
}
