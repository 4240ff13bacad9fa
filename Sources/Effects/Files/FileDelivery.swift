internal import Foundation

/// What somebody asked for, written part by part to the place that they named, as `cp` would.
///
/// A regular file is replaced once all is there, and keeps its permissions; a new one is readable
/// by its owner only. What is no regular file (a device, a pipe) and what a link names is written
/// into: nothing takes its place.
public final class FileDelivery {
  private let path: String
  /// Beside the place; nil where that is written into.
  private let temporary: String?
  private let file: Descriptor
  private let isRegular: Bool
  private var isFinished = false

  /// Opens the place, or a file beside it; throws where nothing can be written there.
  public init(to path: String) throws(FileError) {
    self.path = path
    let place = try Files().facts(path)
    let isLink = Self.isLink(path)
    guard place != nil || !isLink else {
      throw FileError(path: path, action: "write", reason: "it is a link that leads nowhere")
    }
    isRegular = place.map { $0.kind == .file } ?? true
    guard isRegular, !isLink else {
      temporary = nil
      file = try Descriptor(path, isRegular ? O_WRONLY | O_TRUNC : O_WRONLY)
      return
    }
    let beside = "\(path).\(getpid()).\(SystemRandom().next()).tmp"
    temporary = beside
    do throws(FileError) {
      file = try Descriptor(
        beside, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode: mode_t(place?.mode ?? 0o600))
    } catch {
      throw FileError(path: path, action: "write", code: error.code)
    }
  }

  deinit {
    guard let temporary, !isFinished else { return }
    _ = unsafe unlink(PathText.system(temporary))
  }

  /// Adds bytes.
  public func write(_ bytes: [UInt8]) throws(FileError) {
    try named { () throws(FileError) in try file.writeAll(bytes) }
  }

  /// Puts the whole in its place; without it a file that was there stays as it was.
  public func finish() throws(FileError) {
    if isRegular { try named { () throws(FileError) in try file.sync() } }
    guard let temporary else { return }
    try named { () throws(FileError) in try Files().rename(temporary, to: path) }
    isFinished = true
    try Files().syncFolder(of: path)
  }

  /// Errors name the place that was asked for.
  private func named(_ body: () throws(FileError) -> Void) throws(FileError) {
    do throws(FileError) {
      try body()
    } catch {
      throw FileError(path: path, action: "write", code: error.code)
    }
  }

  private static func isLink(_ path: String) -> Bool {
    var status = Foundation.stat()
    return unsafe lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK
  }
}
