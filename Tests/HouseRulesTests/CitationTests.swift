import Foundation
import Testing

/// What comments, README and book refer to is there.
struct CitationTests {
  private static let book = HouseTree.root.appending(path: "Sources/resetsync/resetsync.docc")

  /// The pages of the book with the anchors of their headings: words with dashes between them.
  private static let pages: [String: Set<String>] = {
    let files = try? FileManager.default.contentsOfDirectory(
      at: book, includingPropertiesForKeys: nil)
    return Dictionary(
      uniqueKeysWithValues: (files ?? []).filter { $0.pathExtension == "md" }.map { file in
        let lines = texts(at: file).filter { $0.hasPrefix("#") }
        let anchors = lines.map { line in
          line.drop { $0 == "#" || $0 == " " }.split(separator: " ").joined(separator: "-")
        }
        return (file.deletingPathExtension().lastPathComponent, Set(anchors))
      })
  }()

  private static let written: [HouseFile] = {
    var paths = ["README.md", ".github/CONTRIBUTING.md"]
    paths += pages.keys.sorted().map { "Sources/resetsync/resetsync.docc/\($0).md" }
    return paths.map { HouseFile(path: $0, lines: texts(at: HouseTree.root.appending(path: $0))) }
  }()

  private static func texts(at file: URL) -> [String] {
    let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
    return text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }

  @Test func `the book has its pages`() {
    let names: Set = ["Contract", "CommerceLayer", "Operations", "Benchmarks", "Proof"]
    #expect(names.isSubset(of: Self.pages.keys))
  }

  @Test func `an anchor that is cited stands in the book`() {
    let citation = /([A-Z][A-Za-z]+)#([A-Za-z0-9-]*[A-Za-z0-9])/
    var found = 0
    for file in HouseTree.files + Self.written {
      let dangling = file.places { line in
        line.matches(of: citation).contains { match in
          guard let anchors = Self.pages[String(match.1)] else { return false }
          found += 1
          return !anchors.contains(String(match.2))
        }
      }
      #expect(dangling.isEmpty, "\(dangling.joined(separator: "\n"))")
    }
    #expect(found > 30)
  }

  @Test func `nothing is cited that is not in the repository`() {
    let others = [
      "SPEC" + " section", "of the " + "contract)", "DESIGN" + ".md", "COMMERCE_" + "LAYER.md",
    ]
    for file in HouseTree.files + Self.written {
      let wrong = file.places { line in others.contains { line.contains($0) } }
      #expect(wrong.isEmpty, "\(wrong.joined(separator: "\n"))")
    }
  }

  @Test func `a path that README and book name exists`() {
    let path = /[`(]((?:Sources|Tests|Config|Mappings|\.github|\.ci)\/[A-Za-z0-9.+_\/-]+)[`)]/
    var found = 0
    for file in Self.written {
      let dead = file.places { line in
        line.matches(of: path).contains { match in
          found += 1
          let place = HouseTree.root.appending(path: String(match.1))
          return !FileManager.default.fileExists(atPath: place.path)
        }
      }
      #expect(dead.isEmpty, "\(dead.joined(separator: "\n"))")
    }
    #expect(found > 40)
  }

  @Test func `the README is short enough to be read`() {
    let lines = Self.written.first { $0.path == "README.md" }?.lines ?? []
    #expect(50...200 ~= lines.count, "\(lines.count) lines")
  }
}
