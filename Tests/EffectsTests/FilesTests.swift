import Effects
import Foundation
import TestKit
import Testing

@Suite struct FilesTests {
  private let files = Files()
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test func `a written file is whole, private, and leaves nothing beside it`() throws {
    let path = folder.path("a")
    try files.write(Array("one".utf8), to: path)
    try files.write(Array("two".utf8), to: path)
    #expect(try files.read(path, bytesMax: 3) == Array("two".utf8))
    #expect(try files.facts(path)?.mode == 0o600)
    #expect(try files.list(folder.path("*")) == [path])
    try files.write([], to: path, mode: 0o640)
    #expect(try files.facts(path)?.mode == 0o640)
    #expect(try files.facts(path)?.isReadableByOthers == true)
  }

  @Test func `writing where it is not possible says where and leaves nothing`() throws {
    let error = #expect(throws: FileError.self) {
      try files.write([1], to: folder.path("missing/a"))
    }
    #expect(error?.isMissing == true)
    #expect(error?.description.contains("missing/a") == true)
    #expect(try files.list(folder.path("*")).isEmpty)
  }

  @Test func `what is delivered replaces files and is written into everything else`() throws {
    let path = folder.path("a")
    try files.deliver([1], to: path)
    #expect(try files.facts(path)?.mode == 0o600)
    try files.write([1], to: path, mode: 0o640)
    let before = try files.facts(path)?.identity
    try files.deliver([2, 3], to: path)
    #expect(try files.facts(path)?.mode == 0o640)
    #expect(try files.facts(path)?.identity != before)

    let link = folder.path("link")
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: path)
    let behind = try files.facts(path)?.identity
    try files.deliver([4], to: link)
    #expect(try files.read(path, bytesMax: 9) == [4])
    #expect(try files.facts(path)?.identity == behind)
    #expect(files.resolved(link) == files.resolved(path) && files.resolved("/no/1") == "/no/1")

    try files.deliver([1], to: "/dev/null")
    #expect(try files.facts("/dev/null")?.kind == .other)
    #expect(throws: FileError.self) { try files.deliver([1], to: "/dev/full") }
    #expect(throws: FileError.self) { try files.deliver([1], to: folder.path) }
    let dead = folder.path("dead")
    try FileManager.default.createSymbolicLink(atPath: dead, withDestinationPath: "none")
    #expect(throws: FileError.self) { try files.deliver([1], to: dead) }
  }

  @Test func `reading stops at the limit`() throws {
    let path = try folder.write("hello", to: "a")
    #expect(try files.read(path, bytesMax: 5).count == 5)
    #expect(throws: FileError.self) { try files.read(path, bytesMax: 4) }
    #expect(throws: FileError.self) { try files.read("/dev/zero", bytesMax: 100_000) }
    #expect(try files.read("/dev/null", bytesMax: 0).isEmpty)
  }

  @Test func `what is missing has no facts`() throws {
    #expect(try files.facts(folder.path("none")) == nil)
    #expect(!files.exists(folder.path("none")))
    #expect(files.exists(folder.path))
    #expect(try files.facts(folder.path)?.kind == .folder)
    #expect(try files.facts("/dev/null")?.kind == .other)
    try files.remove(folder.path("none"))
  }

  @Test func `folders are made with those above them, for the owner only`() throws {
    let path = folder.path("a/b/c")
    try files.makeFolder(path)
    try files.makeFolder(path)
    #expect(try files.facts(folder.path("a"))?.mode == 0o700)
    try folder.write("x", to: "file")
    #expect(throws: FileError.self) { try files.makeFolder(folder.path("file")) }
    #expect(throws: FileError.self) { try files.makeFolder(folder.path("file/x")) }
  }

  @Test func `patterns list in byte order`() throws {
    for name in ["b.json", "a.json", "B.json", "c.txt", "sub/d.json"] {
      try folder.write("", to: name)
    }
    let names = try files.list(folder.path("*.json")).map(FilePath.name)
    #expect(names == ["B.json", "a.json", "b.json"])
    #expect(try files.list(folder.path("*/*.json")).map(FilePath.name) == ["d.json"])
    #expect(try files.list(folder.path("nowhere/*.json")).isEmpty)
    #expect(try files.list(folder.path("none*")).isEmpty)
  }

  @Test func `readers read anywhere, and keep their file when the name moves on`() throws {
    let path = try folder.write("0123456789", to: "a")
    let reader = try FileReader(path)
    #expect(try reader.read(at: 3, count: 4) == Array("3456".utf8))
    #expect(try reader.read(at: 8, count: 4) == Array("89".utf8))
    #expect(try reader.read(at: 10, count: 4).isEmpty)
    let before = try reader.facts()
    try folder.write("new", to: "a")
    #expect(try reader.facts().size == 10)
    #expect(try files.facts(path)?.identity != before.identity)
  }

  @Test func `appending adds at the end, from several writers`() throws {
    let path = folder.path("log")
    let (one, two) = (try AppendFile(path), try AppendFile(path))
    try one.append(Array("a\n".utf8))
    try two.append(Array("b\n".utf8))
    try one.append(Array("c\n".utf8))
    try one.sync()
    #expect(try folder.read("log") == "a\nb\nc\n")
    #expect(try one.size() == 6)
    #expect(try files.facts(path)?.mode == 0o600)
  }

  @Test func `free space is known`() throws {
    #expect(try files.freeBytes(at: folder.path) > 0)
  }

  @Test(arguments: [
    ("/a/b", "/a"), ("/a/b/", "/a"), ("/a", "/"), ("/", "/"), ("a", "."), ("a/b", "a"), ("", "."),
  ])
  func `the folder of a path`(_ path: String, _ expected: String) {
    #expect(FilePath.folder(of: path) == expected)
  }

  @Test func `paths are seen from a folder`() {
    #expect(FilePath.resolve("../x", in: "/etc/r") == "/etc/r/../x")
    #expect(FilePath.resolve("/x", in: "/etc") == "/x")
    #expect(FilePath.resolve("x", in: ".") == "x")
    #expect(FilePath.resolve("x", in: "/") == "/x")
  }
}

struct FilePathTests {
  @Test func `a normalized path has no dots and no doubled slashes`() {
    #expect(FilePath.normalized("/a/./b//../c") == "/a/c")
    #expect(FilePath.normalized("/../a") == "/a")
    #expect(FilePath.normalized("a/../..") == "..")
    #expect(FilePath.normalized("a/..") == ".")
  }
}
