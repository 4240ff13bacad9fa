import Effects
import Foundation
import TestKit
import Testing

@Suite struct FolderLookTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func names(_ pattern: String) -> [String] {
    Files().look(for: folder.path(pattern)).paths
      .map { String($0.dropFirst(folder.path.count + 1)) }
  }

  @Test func `patterns mean what they mean in a shell`() throws {
    for name in ["b.csv", "B.csv", ".h.csv", "x[1].csv", "sub/d.csv", "sub/e.csv", "s\\b.csv"] {
      try folder.write("", to: name)
    }
    #expect(names("*.csv") == ["B.csv", "b.csv", "s\\b.csv", "x[1].csv"])
    #expect(names(".*.csv") == [".h.csv"])
    #expect(names("[a-c].csv") == ["b.csv"])
    #expect(names("x\\[1].csv") == ["x[1].csv"])
    #expect(names("x[1].csv").isEmpty)
    #expect(names("*/?.csv") == ["sub/d.csv", "sub/e.csv"])
    #expect(names("s*/e.csv") == ["sub/e.csv"])
    #expect(names("sub/e.csv") == ["sub/e.csv"])
    #expect(names("sub/f.csv").isEmpty && names("none*").isEmpty)
    #expect(Files().look(for: folder.path("sub/f.csv")).fault == nil)
  }

  @Test func `a folder that is not there is told apart from an empty one`() throws {
    try Files().makeFolder(folder.path("empty"))
    try folder.write("", to: "file")
    let empty = Files().look(for: folder.path("empty/*.csv"))
    #expect(empty.fault == nil && empty.paths.isEmpty && empty.folder == folder.path("empty"))
    for pattern in ["gone/*.csv", "gone/a.csv", "gone/*/a.csv", "file/*.csv", "file/a.csv"] {
      let look = Files().look(for: folder.path(pattern))
      #expect(look.fault?.isMissing == true, "\(pattern)")
      #expect(look.paths.isEmpty)
    }
    // Below a wildcard, files and folders without the rest of the path are no fault.
    let below = Files().look(for: folder.path("*/x/*.csv"))
    #expect(below.fault == nil && below.unread.isEmpty && below.paths.isEmpty)
  }

  @Test func `loops of links and links to nothing are names like others`() throws {
    let link = { try FileManager.default.createSymbolicLink(atPath: $0, withDestinationPath: $1) }
    try link(folder.path("a.csv"), "b.csv")
    try link(folder.path("b.csv"), "a.csv")
    try link(folder.path("c.csv"), "nothing")
    #expect(names("*.csv") == ["a.csv", "b.csv", "c.csv"])
    #expect(throws: FileError.self) { try Files().facts(folder.path("a.csv")) }
    #expect(try Files().facts(folder.path("c.csv")) == nil)
    #expect(Files().look(for: folder.path("a.csv/*.csv")).fault?.isMissing == false)
    #expect(Files().look(for: folder.path("*/x.csv")).unread.count == 2)
  }
}
