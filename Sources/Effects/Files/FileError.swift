internal import Foundation

/// What went wrong with which file.
public struct FileError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The path as it was asked for.
  public let path: String
  /// What was tried, such as `open`.
  public let action: String
  /// The error number of the operating system (`errno(3)`), 0 when it was none of its errors.
  public let code: Int32
  /// The reason in words.
  public let reason: String

  /// Makes an error with words of one's own.
  public init(path: String, action: String, reason: String) {
    self.path = path
    self.action = action
    self.reason = reason
    code = 0
  }

  /// Makes an error of an `errno(3)`, with the system's words for it.
  public init(path: String, action: String, code: Int32) {
    self.path = path
    self.action = action
    self.code = code
    reason = unsafe String(cString: strerror(code))
  }

  /// Whether the file or its folder is not there.
  public var isMissing: Bool { code == ENOENT || code == ENOTDIR }
  /// Whether links lead to each other and to no file.
  public var isLinkLoop: Bool { code == ELOOP }
  /// Whether the disk is full or a quota used up.
  public var isDiskFull: Bool { code == ENOSPC || code == EDQUOT }

  /// One line, such as `can't open /path: No such file or directory`.
  public var description: String { "can't \(action) \(path): \(reason)" }
}
