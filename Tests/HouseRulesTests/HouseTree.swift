import Foundation

/// One Swift file of the house, with its lines.
struct HouseFile: Sendable {
  /// The path from the repository's root, such as `Sources/Formats/JSON/JSONValue.swift`.
  let path: String
  let lines: [String]

  /// The folder below `Sources` or `Tests`: the module.
  var module: String { path.split(separator: "/").dropFirst().first.map(String.init) ?? "" }

  var isSource: Bool { path.hasPrefix("Sources/") }

  /// The lines that break a rule, as `path:line: text`.
  func places(where breaks: (String) -> Bool) -> [String] {
    lines.enumerated().filter { breaks($0.element) }
      .map { "\(path):\($0.offset + 1): \($0.element.trimmingCharacters(in: .whitespaces))" }
  }
}

extension HouseFile {
  /// The lines of code and comment: without those inside multi-line strings, which are data.
  var prose: HouseFile {
    var isData = false
    let kept = lines.map { line in
      let quotes = line.components(separatedBy: "\"\"\"").count - 1
      defer { if quotes % 2 == 1 { isData.toggle() } }
      return isData || quotes > 0 ? "" : line
    }
    return HouseFile(path: path, lines: kept)
  }
}

/// The tree of Swift files, read once.
enum HouseTree {
  static let root = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  static let files: [HouseFile] = ["Sources", "Tests"].flatMap { folder -> [HouseFile] in
    let base = root.appending(path: folder)
    let found = FileManager.default.enumerator(at: base, includingPropertiesForKeys: nil)
    let urls = (found?.compactMap { $0 as? URL } ?? []).filter { $0.pathExtension == "swift" }
    return urls.compactMap { url in
      guard let text = try? String(contentsOf: url, encoding: .utf8) else { return nil }
      let path = String(url.path.dropFirst(root.path.count + 1))
      let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
      return HouseFile(path: path, lines: lines.map(String.init))
    }
  }

  static var sources: [HouseFile] { files.filter(\.isSource) }
}
