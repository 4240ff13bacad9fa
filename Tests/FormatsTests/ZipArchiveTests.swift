import Formats
import Testing

@Suite struct ZipArchiveTests {
  static func bytes(_ text: String) throws -> [UInt8] { try #require(Base64.decode(text)) }

  static func open(_ text: String, limits: ArchiveLimits = .standard) throws -> ZipArchive {
    try ZipArchive(ByteArraySource(try bytes(text)), limits: limits)
  }

  @Test func `the only file of an archive streams`() throws {
    let archive = try Self.open(ArchiveVectors.zipOne)
    let entry = try #require(archive.files.first)
    #expect(archive.files.count == 1)
    #expect(entry.name == "export.csv")
    #expect(entry.size == 500)
    var stream = try archive.stream(entry)
    #expect(try stream.readAll(bytesMax: 1000) == ArchiveVectors.text(500))
    #expect(try stream.next() == nil)
    #expect(throws: ArchiveError.self) { try archive.contents(of: entry, bytesMax: 499) }
  }

  @Test func `folders, UTF-8 names, stored and deflated entries`() throws {
    let archive = try Self.open(ArchiveVectors.zipMany)
    #expect(archive.entries.map(\.name) == ["xl/", "xl/größe.xml", "xl/b.bin"])
    #expect(archive.entries.map(\.isFolder) == [true, false, false])
    let deflated = try #require(archive.entry(named: "xl/größe.xml"))
    #expect(try archive.contents(of: deflated, bytesMax: 1000) == ArchiveVectors.text(120))
    let stored = try #require(archive.entry(named: "xl/b.bin"))
    #expect(try archive.contents(of: stored, bytesMax: 6) == Array("stored".utf8))
    #expect(archive.entry(named: "b.bin") == nil)
    #expect(archive.files.map(\.name) == ["xl/größe.xml", "xl/b.bin"])
  }

  @Test func `data descriptors and ZIP64`() throws {
    let streamed = try Self.open(ArchiveVectors.zipStreamed)
    #expect(
      try streamed.contents(of: streamed.files[0], bytesMax: 100) == ArchiveVectors.text(60))
    let wide = try Self.open(ArchiveVectors.zipWide)
    #expect(try wide.contents(of: wide.files[0], bytesMax: 100) == Array("wide\n".utf8))
  }

  @Test func `an archive behind other data, and before a comment`() throws {
    let prefixed = Array("#!/bin/sh\n".utf8) + (try Self.bytes(ArchiveVectors.zipOne))
    let archive = try ZipArchive(ByteArraySource(prefixed))
    #expect(
      try archive.contents(of: archive.files[0], bytesMax: 500) == ArchiveVectors.text(500))
    var commented = try Self.bytes(ArchiveVectors.zipOne)
    commented[commented.count - 2] = 5
    commented += Array("hello".utf8)
    #expect(try ZipArchive(ByteArraySource(commented)).entries.count == 1)
  }

  @Test func `names in code page 437`() throws {
    #expect(try Self.open(ArchiveVectors.zipCP437).files.map(\.name) == ["Größe.csv"])
  }

  @Test(arguments: [
    (ArchiveVectors.zipDotDot, ArchiveError.Code.unsafeName),
    (ArchiveVectors.zipAbsolute, .unsafeName), (ArchiveVectors.zipBackslash, .unsafeName),
    (ArchiveVectors.zipDrive, .unsafeName), (ArchiveVectors.zipTwice, .unsafeName),
    (ArchiveVectors.zipEncrypted, .encrypted), (ArchiveVectors.zipBzip2, .unsupported),
  ])
  func `what is not safe to read is refused`(text: String, code: ArchiveError.Code) throws {
    let error = try #require(throws: ArchiveError.self) { try Self.open(text) }
    #expect(error.code == code)
  }

  @Test(arguments: [
    ArchiveVectors.zipDotDot, ArchiveVectors.zipAbsolute, ArchiveVectors.zipBackslash,
    ArchiveVectors.zipDrive,
  ])
  func `names of parts lead nowhere and are read as they come`(text: String) throws {
    let archive = try ZipArchive(ByteArraySource(try Self.bytes(text)), names: .parts)
    let name = try #require(archive.files.first?.name)
    #expect(!name.hasPrefix("/") && !name.contains("\\"))
    #expect(archive.entry(named: name) != nil)
  }

  @Test func `damage is noticed at the latest at the end`() throws {
    let whole = try Self.bytes(ArchiveVectors.zipOne)
    for place in whole.indices {
      var damaged = whole
      damaged[place] ^= 0xFF
      let content = try? Self.content(damaged)
      #expect(content == nil || content == ArchiveVectors.text(500), "\(place)")
      let cut = try? Self.content(Array(whole[..<place]))
      #expect(cut == nil)
    }
  }

  static func content(_ bytes: [UInt8]) throws -> [UInt8] {
    let archive = try ZipArchive(ByteArraySource(bytes))
    return try archive.contents(of: archive.files[0], bytesMax: 1000)
  }

  @Test func `limits`() throws {
    for (limits, code) in [
      (ArchiveLimits(entriesMax: 0), ArchiveError.Code.directoryMax),
      (ArchiveLimits(directoryBytesMax: 10), .directoryMax),
    ] {
      let error = try #require(throws: ArchiveError.self) {
        try Self.open(ArchiveVectors.zipOne, limits: limits)
      }
      #expect(error.code == code)
    }
    for (limits, code) in [
      (ArchiveLimits(ratioMax: 1, ratioFreeBytes: 10), ArchiveError.Code.ratioMax),
      (ArchiveLimits(outputBytesMax: 100), .outputBytesMax),
    ] {
      let archive = try Self.open(ArchiveVectors.zipOne, limits: limits)
      let error = try #require(throws: ArchiveError.self) {
        try archive.contents(of: archive.files[0], bytesMax: 1000)
      }
      #expect(error.code == code)
    }
  }

  @Test func `what is no ZIP is refused`() throws {
    let error = try #require(throws: ArchiveError.self) { try ZipArchive(ByteArraySource([])) }
    #expect(error.code == .wrongFormat)
    #expect(ZipArchive.matches(try Self.bytes(ArchiveVectors.zipOne)))
    #expect(!ZipArchive.matches(Array("PK".utf8)))
  }
}
