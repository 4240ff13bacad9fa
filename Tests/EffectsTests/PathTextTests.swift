import Effects
import Foundation
import TestKit
import Testing

@Suite struct PathTextTests {
  @Test(arguments: [
    Array("plain.csv".utf8), Array("K\u{FC}nden.csv".utf8), [0x4B, 0xFC, 0x6E, 0x2E, 0x63],
    [0xFF, 0xFE], [0xE2, 0x82], [0xC3, 0x28], Array("\u{10F7FC} is a name too".utf8),
    Array("\u{10F7FC}".utf8) + [0xFC], [0xED, 0xA0, 0x80], Array("a\nb\u{1F600}".utf8),
  ])
  func `every name has a text that leads back to it`(_ bytes: [UInt8]) throws {
    let folder = try TemporaryFolder()
    let path = folder.path(FilePath.text(ofBytes: bytes))
    try Files().write([7], to: path)
    #expect(Files().look(for: folder.path("*")).paths == [path])
    #expect(try Files().read(path, bytesMax: 1) == [7])
    // The name as another program sees it.
    let shell = Process()
    shell.executableURL = URL(filePath: "/bin/sh")
    shell.arguments = ["-c", "printf %s * | od -An -v -tx1 | tr -d ' \\n'"]
    shell.currentDirectoryURL = URL(filePath: folder.path)
    let pipe = Pipe()
    shell.standardOutput = pipe
    try shell.run()
    let seen = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    shell.waitUntilExit()
    #expect(seen == bytes.map { String(format: "%02x", $0) }.joined())
  }

  @Test func `other names have other texts`() {
    let texts = [[0xFC], [0xFD], Array("\u{FC}".utf8), Array("\u{10F7FC}".utf8), Array("?".utf8)]
      .map { FilePath.text(ofBytes: $0) }
    #expect(Set(texts).count == texts.count)
  }

  @Test func `people see the bytes`() {
    #expect(FilePath.visible(FilePath.text(ofBytes: [0x4B, 0xFC, 0x6E, 0x80])) == "K\\xFCn\\x80")
    #expect(FilePath.visible("/in/K\u{FC}nden 😀.csv") == "/in/K\u{FC}nden 😀.csv")
  }
}
