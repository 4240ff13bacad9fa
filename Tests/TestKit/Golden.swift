internal import Effects

/// Compares a text with a file of the project that holds what is right.
///
/// With `RESETSYNC_ACCEPT_GOLDEN=1` the file is written instead; look at the difference in
/// version control before it is committed.
public struct Golden: Sendable {
  /// How a text differs from its golden file.
  public struct Difference: Error, CustomStringConvertible {
    /// The file, the first line that differs, and both versions of it.
    public let description: String
  }

  private let folder: String

  /// Looks for golden files in a folder beside the test file that makes this.
  public init(folder: String = "Golden", file: String = #filePath) {
    self.folder = FilePath.resolve(folder, in: FilePath.folder(of: file))
  }

  /// Throws a `Difference` unless the text is what the file holds.
  public func check(_ text: String, is name: String) throws {
    let path = FilePath.resolve(name, in: folder)
    if SystemEnvironment().value(of: "RESETSYNC_ACCEPT_GOLDEN") == "1" {
      try Files().makeFolder(FilePath.folder(of: path), mode: 0o755)
      return try Files().write(Array(text.utf8), to: path, mode: 0o644)
    }
    guard Files().exists(path) else {
      throw Difference(description: "\(path) is missing; accept it with RESETSYNC_ACCEPT_GOLDEN=1")
    }
    let bytes = try Files().read(path, bytesMax: 1 << 26)
    let expected = String(decoding: bytes, as: UTF8.self)
    guard !expected.utf8.elementsEqual(text.utf8) else { return }
    throw Difference(description: Self.firstDifference(path, expected, text))
  }

  private static func firstDifference(_ path: String, _ old: String, _ new: String) -> String {
    let olds = old.split(separator: "\n", omittingEmptySubsequences: false)
    let news = new.split(separator: "\n", omittingEmptySubsequences: false)
    let shared = zip(olds, news).prefix { $0.utf8.elementsEqual($1.utf8) }.count
    let left = shared < olds.count ? String(olds[shared]) : "(end)"
    let right = shared < news.count ? String(news[shared]) : "(end)"
    return "\(path):\(shared + 1)\n  expected: \(left)\n  found:    \(right)"
  }
}
