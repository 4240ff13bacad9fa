internal import Effects
internal import Foundation

/// A folder of its own for one test, removed with its owner.
public final class TemporaryFolder: Sendable {
  /// The absolute path, without a slash at the end.
  public let path: String

  /// Makes a fresh folder that only this user can enter, in the usual place unless told another.
  public init(in parent: String? = nil) throws {
    let base = parent ?? NSTemporaryDirectory()
    let name = "resetsync-\(String(SystemRandom().next(), radix: 36))"
    path = (base.hasSuffix("/") ? base : base + "/") + name
    try Files().makeFolder(path)
  }

  deinit {
    try? FileManager.default.removeItem(atPath: path)
  }

  /// The path of a name inside the folder.
  public func path(_ name: String) -> String { path + "/" + name }

  /// Writes a file inside the folder, making folders on the way, and returns its path.
  @discardableResult
  public func write(_ text: String, to name: String) throws -> String {
    try write(Array(text.utf8), to: name)
  }

  /// Writes a file inside the folder, making folders on the way, and returns its path.
  @discardableResult
  public func write(_ bytes: [UInt8], to name: String) throws -> String {
    let path = path(name)
    try Files().makeFolder(FilePath.folder(of: path))
    try Files().write(bytes, to: path)
    return path
  }

  /// Dates a file inside the folder back.
  public func setModified(_ name: String, secondsAgo: Double) throws {
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSinceNow: -secondsAgo)], ofItemAtPath: path(name))
  }

  /// The content of a file inside the folder, as text.
  public func read(_ name: String) throws -> String {
    String(decoding: try Files().read(path(name), bytesMax: 1 << 30), as: UTF8.self)
  }
}
