internal import Foundation

/// An open descriptor, closed with its owner.
final class Descriptor: Sendable {
  let number: Int32
  let path: String

  init(_ path: String, _ flags: Int32, mode: mode_t = 0) throws(FileError) {
    var number: Int32
    repeat {
      number = unsafe open(PathText.system(path), flags | O_CLOEXEC, mode)
    } while number < 0 && errno == EINTR
    guard number >= 0 else { throw FileError(path: path, action: "open", code: errno) }
    self.number = number
    self.path = path
  }

  deinit {
    close(number)
  }

  func facts() throws(FileError) -> FileFacts {
    var status = Foundation.stat()
    guard unsafe fstat(number, &status) == 0 else {
      throw FileError(path: path, action: "look at", code: errno)
    }
    return FileFacts(status)
  }

  func writeAll(_ bytes: [UInt8]) throws(FileError) {
    var sent = 0
    while sent < bytes.count {
      let count = unsafe bytes[sent...].withUnsafeBytes {
        unsafe write(number, $0.baseAddress, $0.count)
      }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { throw FileError(path: path, action: "write", code: errno) }
      sent += count
    }
  }

  /// Reads up to `count` bytes at a place; fewer only at the end of the file.
  func read(at offset: Int, count: Int) throws(FileError) -> [UInt8] {
    var failure: Int32 = 0
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      while filled < count {
        let part = unsafe pread(
          number, buffer.baseAddress.map { unsafe $0 + filled }, count - filled,
          off_t(offset + filled))
        if part < 0 && errno == EINTR { continue }
        if part < 0 { failure = errno }
        guard part > 0 else { return }
        filled += part
      }
    }
    guard failure == 0 else { throw FileError(path: path, action: "read", code: failure) }
    return bytes
  }

  func sync() throws(FileError) {
    guard fsync(number) == 0 else {
      throw FileError(path: path, action: "store", code: errno)
    }
  }
}

/// A file that is read anywhere, without moving a position; safe to share between threads.
public final class FileReader: Sendable {
  private let descriptor: Descriptor

  /// Opens a file for reading.
  public init(_ path: String) throws(FileError) {
    descriptor = try Descriptor(path, O_RDONLY)
  }

  /// Size, times and permissions of the open file, also when its name points elsewhere by now.
  public func facts() throws(FileError) -> FileFacts {
    try descriptor.facts()
  }

  /// Reads up to `count` bytes from byte `offset` on; fewer only at the end of the file.
  public func read(at offset: Int, count: Int) throws(FileError) -> [UInt8] {
    try descriptor.read(at: offset, count: count)
  }
}

/// A file that grows at its end; each append is one piece, also with several writers.
public final class AppendFile: Sendable {
  private let descriptor: Descriptor

  /// Opens a file for appending and makes it, readable by nobody else, where there is none.
  public init(_ path: String, mode: UInt32 = 0o600) throws(FileError) {
    descriptor = try Descriptor(path, O_WRONLY | O_APPEND | O_CREAT, mode: mode_t(mode))
  }

  /// Adds the bytes at the end.
  public func append(_ bytes: [UInt8]) throws(FileError) {
    try descriptor.writeAll(bytes)
  }

  /// Cuts the file after its first `size` bytes: what a crash left unfinished goes.
  public func cut(to size: Int) throws(FileError) {
    guard ftruncate(descriptor.number, off_t(size)) == 0 else {
      throw FileError(path: descriptor.path, action: "cut", code: errno)
    }
  }

  /// Waits until everything appended has reached the disk.
  public func sync() throws(FileError) {
    try descriptor.sync()
  }

  /// The size of the file now, in bytes.
  public func size() throws(FileError) -> Int {
    try descriptor.facts().size
  }
}
