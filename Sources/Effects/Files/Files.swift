internal import Foundation

/// The file system: whole reads within a limit, writes that happen wholly or not at all.
public struct Files: Sendable {
  /// Makes an access; it holds nothing.
  public init() {}

  /// What the file system knows of a path, nil when nothing is there.
  public func facts(_ path: String) throws(FileError) -> FileFacts? {
    var status = Foundation.stat()
    guard unsafe stat(PathText.system(path), &status) == 0 else {
      let error = FileError(path: path, action: "look at", code: errno)
      if error.isMissing { return nil }
      throw error
    }
    return FileFacts(status)
  }

  /// Whether something is there that may be looked at.
  public func exists(_ path: String) -> Bool {
    ((try? facts(path)) ?? nil) != nil
  }

  /// Why this user may not read a file; nil if it may.
  public func readFault(_ path: String) -> FileError? {
    unsafe faccessat(AT_FDCWD, PathText.system(path), R_OK, AT_EACCESS) == 0
      ? nil : FileError(path: path, action: "read", code: errno)
  }

  /// Whether another file system begins with a folder than the one that holds it.
  public func isMountPoint(_ folder: String) -> Bool {
    guard let here = try? facts(folder), let above = try? facts(folder + "/..") else {
      return false
    }
    return here.identity.first != above.identity.first
  }

  /// The whole content; throws when it is larger than `bytesMax` bytes.
  public func read(_ path: String, bytesMax: Int) throws(FileError) -> [UInt8] {
    let file = try Descriptor(path, O_RDONLY)
    let facts = try file.facts()
    guard facts.kind == .file else { return try readStream(file, bytesMax: bytesMax) }
    let bytes = try file.read(at: 0, count: min(facts.size, bytesMax) + 1)
    try check(bytes, path, bytesMax)
    return bytes
  }

  /// Pipes and devices have no size and no places.
  private func readStream(_ file: Descriptor, bytesMax: Int) throws(FileError) -> [UInt8] {
    var bytes: [UInt8] = []
    var part = [UInt8](repeating: 0, count: 65_536)
    while bytes.count <= bytesMax {
      let count = unsafe part.withUnsafeMutableBytes {
        unsafe Foundation.read(file.number, $0.baseAddress, $0.count)
      }
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw FileError(path: file.path, action: "read", code: errno) }
      if count == 0 { break }
      bytes += part[..<count]
    }
    try check(bytes, file.path, bytesMax)
    return bytes
  }

  private func check(_ bytes: [UInt8], _ path: String, _ bytesMax: Int) throws(FileError) {
    guard bytes.count <= bytesMax else {
      throw FileError(
        path: path, action: "read", reason: "it is larger than \(bytesMax) bytes")
    }
  }

  /// Replaces a file by way of a temporary one beside it.
  ///
  /// Readers see the old or the new content, and a crash leaves one of them. The file is readable
  /// by its owner only unless `mode` says more.
  public func write(
    _ bytes: [UInt8], to path: String, mode: UInt32 = 0o600
  ) throws(FileError) {
    let temporary = "\(path).\(getpid()).\(SystemRandom().next()).tmp"
    do throws(FileError) {
      let file = try Descriptor(
        temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode: mode_t(mode))
      try file.writeAll(bytes)
      try file.sync()
      try rename(temporary, to: path)
    } catch {
      _ = unsafe unlink(PathText.system(temporary))
      throw FileError(path: path, action: "write", code: error.code)
    }
    try syncFolder(of: path)
  }

  /// Writes what somebody asked for to the place that they named, as `FileDelivery` does.
  public func deliver(_ bytes: [UInt8], to path: String) throws(FileError) {
    let delivery = try FileDelivery(to: path)
    try delivery.write(bytes)
    try delivery.finish()
  }

  /// The path of what links lead to; the path itself where nothing is there.
  public func resolved(_ path: String) -> String {
    guard let real = unsafe realpath(path, nil) else { return path }
    defer { unsafe free(real) }
    return unsafe String(cString: real)
  }

  /// Renames within a file system, replacing what is there.
  public func rename(_ path: String, to other: String) throws(FileError) {
    guard unsafe Foundation.rename(PathText.system(path), PathText.system(other)) == 0 else {
      throw FileError(path: path, action: "rename", code: errno)
    }
  }

  /// Removes a file; nothing happens when there is none.
  public func remove(_ path: String) throws(FileError) {
    guard unsafe unlink(PathText.system(path)) == 0 || errno == ENOENT else {
      throw FileError(path: path, action: "remove", code: errno)
    }
  }

  /// Makes a folder and those above it, for the owner only unless `mode` says more.
  public func makeFolder(_ path: String, mode: UInt32 = 0o700) throws(FileError) {
    if unsafe mkdir(PathText.system(path), mode_t(mode)) == 0 { return }
    let code = errno
    if code == EEXIST, try facts(path)?.kind == .folder { return }
    let parent = FilePath.folder(of: path)
    guard code == ENOENT, parent != path else {
      throw FileError(path: path, action: "make the folder", code: code)
    }
    try makeFolder(parent, mode: mode)
    guard unsafe mkdir(PathText.system(path), mode_t(mode)) == 0 || errno == EEXIST else {
      throw FileError(path: path, action: "make the folder", code: errno)
    }
  }

  /// Bytes that may still be written to the file system of a path.
  public func freeBytes(at path: String) throws(FileError) -> Int {
    var status = statvfs()
    guard unsafe statvfs(PathText.system(path), &status) == 0 else {
      throw FileError(path: path, action: "look at", code: errno)
    }
    return Int(clamping: UInt64(status.f_bavail) * UInt64(status.f_frsize))
  }

  /// A rename is lost by a power failure until its folder has reached the disk.
  public func syncFolder(of path: String) throws(FileError) {
    try Descriptor(FilePath.folder(of: path), O_RDONLY | O_DIRECTORY).sync()
  }
}
