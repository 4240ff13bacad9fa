internal import Foundation

/// What a look for the paths of a pattern found.
public struct FolderLook: Sendable, Equatable {
  /// Where the look began: the part of the pattern before its first wildcard, a folder.
  public let folder: String
  /// The paths that fit, in byte order.
  public fileprivate(set) var paths: [String] = []
  /// Why `folder` could not be looked into; nil if it was.
  public fileprivate(set) var fault: FileError?
  /// Folders below it that could not be looked into.
  public fileprivate(set) var unread: [FileError] = []

  /// How many names a folder may hold.
  public static let namesMax = 1_000_000
}

extension Files {
  /// Looks for the paths that fit a pattern (`glob(7)`, compared byte by byte).
  ///
  /// A name is there whatever it leads to: a folder, or a link to nothing.
  public func look(for pattern: String) -> FolderLook {
    var parts = pattern.split(separator: "/").map(String.init)[...]
    var folder = pattern.hasPrefix("/") ? "/" : "."
    while parts.count > 1, let next = parts.first, !FolderWalk.isPattern(next) {
      folder = FilePath.resolve(next, in: folder)
      parts.removeFirst()
    }
    var walk = FolderWalk(look: FolderLook(folder: folder))
    walk.step(into: folder, parts)
    walk.look.paths.sort { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    return walk.look
  }

  /// The paths that fit a pattern (`glob(7)`), in byte order; none, and no folder, is no error.
  public func list(_ pattern: String) throws(FileError) -> [String] {
    let look = look(for: pattern)
    if let fault = look.fault, !fault.isMissing { throw fault }
    if let unread = look.unread.first { throw unread }
    return look.paths
  }
}

private struct FolderWalk {
  var look: FolderLook

  static func isPattern(_ part: String) -> Bool {
    part.utf8.contains { [0x2A, 0x3F, 0x5B, 0x5C].contains($0) }
  }

  mutating func step(into folder: String, _ parts: ArraySlice<String>) {
    guard let part = parts.first else { return }
    let rest = parts.dropFirst()
    do throws(FileError) {
      for name in Self.isPattern(part) ? try names(in: folder, part) : try known(part, in: folder) {
        let path = FilePath.resolve(name, in: folder)
        if rest.isEmpty { look.paths.append(path) } else { step(into: path, rest) }
      }
    } catch {
      if folder == look.folder {
        look.fault = error
      } else if !error.isMissing {
        look.unread.append(error)
      }
    }
  }

  /// A name without wildcards, if it is there; throws where that can't be told.
  private func known(_ name: String, in folder: String) throws(FileError) -> [String] {
    var status = stat()
    let path = PathText.system(FilePath.resolve(name, in: folder))
    if unsafe lstat(path, &status) == 0 { return [name] }
    let code = errno
    guard code == ENOENT else { throw FileError(path: folder, action: "look into", code: code) }
    guard unsafe stat(PathText.system(folder), &status) == 0 else {
      throw FileError(path: folder, action: "look into", code: errno)
    }
    return []
  }

  /// The names of a folder that fit.
  private func names(in folder: String, _ pattern: String) throws(FileError) -> [String] {
    guard let stream = unsafe opendir(PathText.system(folder)) else {
      throw FileError(path: folder, action: "look into", code: errno)
    }
    defer { unsafe closedir(stream) }
    let pattern = PathText.system(pattern)
    var names: [String] = []
    var count = 0
    while true {
      errno = 0
      guard let entry = unsafe readdir(stream) else { break }
      count += 1
      guard count <= FolderLook.namesMax else {
        throw FileError(
          path: folder, action: "look into",
          reason: "it holds more than \(FolderLook.namesMax) names")
      }
      let name = unsafe withUnsafeBytes(of: entry.pointee.d_name) {
        unsafe $0.prefix { $0 != 0 }.map { CChar(bitPattern: $0) }
      }
      guard unsafe fnmatch(pattern, name + [0], FNM_PERIOD) == 0 else { continue }
      names.append(PathText.text(name.map { UInt8(bitPattern: $0) }))
    }
    guard errno == 0 else { throw FileError(path: folder, action: "look into", code: errno) }
    return names
  }
}
