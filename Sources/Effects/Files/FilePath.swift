internal import Foundation

/// Takes paths apart and puts them together, as text.
public enum FilePath {
  /// The folder that holds a path; `.` for a bare name, `/` for the root.
  public static func folder(of path: String) -> String {
    var trimmed = Substring(path)
    while trimmed.count > 1, trimmed.last == "/" { trimmed = trimmed.dropLast() }
    guard let slash = trimmed.lastIndex(of: "/") else { return "." }
    return slash == trimmed.startIndex ? "/" : String(trimmed[..<slash])
  }

  /// The last part of a path.
  public static func name(of path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? path
  }

  /// Whether a name fits a pattern of names (`fnmatch(3)`), compared byte by byte.
  ///
  /// A dot at the start must stand in the pattern.
  public static func matches(_ name: String, _ pattern: String) -> Bool {
    unsafe fnmatch(PathText.system(pattern), PathText.system(name), FNM_PERIOD) == 0
  }

  /// The pattern (`glob(7)`) that fits this path and no other.
  public static func pattern(of path: String) -> String {
    path.reduce(into: "") { pattern, character in
      if "*?[\\".contains(character) { pattern.append("\\") }
      pattern.append(character)
    }
  }

  /// A path as seen from a folder; absolute ones stay as they are.
  public static func resolve(_ path: String, in folder: String) -> String {
    if path.hasPrefix("/") || folder == "." || folder.isEmpty { return path }
    return folder.hasSuffix("/") ? folder + path : folder + "/" + path
  }

  /// A path without `.`, `..` and doubled slashes, by its text alone: links are not followed.
  public static func normalized(_ path: String) -> String {
    var parts: [Substring] = []
    for part in path.split(separator: "/") where part != "." {
      if part == "..", let last = parts.last, last != ".." {
        parts.removeLast()
      } else if part != ".." || !path.hasPrefix("/") {
        parts.append(part)
      }
    }
    let joined = parts.joined(separator: "/")
    return path.hasPrefix("/") ? "/" + joined : joined.isEmpty ? "." : joined
  }
}
