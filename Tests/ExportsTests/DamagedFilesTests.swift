import Exports
import Formats
import Reconciliation
import TestKit
import Testing

/// A broken file is refused as a whole, with a code, a place and what to do.
@Suite struct DamagedFilesTests {
  static let csv = ExportFixtures.csv([["id", "name"], ["1", "Müller"], ["2", "Weiß"]])

  @Test func `empty files`() {
    #expect(ExportFixtures.refusal("", "x.csv")?.code == .empty)
    #expect(ExportFixtures.refusal("\n\n", "x.csv")?.code == .empty)
    #expect(ExportFixtures.refusal(" ", "x.json")?.code == .empty)
    #expect(ExportFixtures.refusal("\u{FEFF}", "x.json")?.code == .empty)
    #expect(ExportFixtures.refusal("<?xml version='1.0'?>", "x.xml")?.code == .empty)
  }

  @Test func `cut archives`() {
    let gzip = ExportFixtures.gzip(Self.csv)
    for length in [5, 12, 30, gzip.count - 1] {
      let refusal = ExportFixtures.refusal(Array(gzip.prefix(length)), "x.csv.gz")
      #expect(refusal?.code == .damagedArchive, "\(length)")
      #expect(refusal?.file == "x.csv.gz")
    }
    let archive = ExportFixtures.archive([("x.csv", Self.csv)])
    for length in [10, 40, archive.count - 3] {
      let refusal = ExportFixtures.refusal(Array(archive.prefix(length)), "x.zip")
      #expect(refusal?.code == .damagedArchive, "\(length)")
    }
    let book = ExportFixtures.xlsx([["a"], ["1"]])
    #expect(ExportFixtures.refusal(Array(book.dropLast(30)), "x.xlsx")?.code == .damagedArchive)
  }

  @Test func `archives with a changed byte`() {
    var gzip = ExportFixtures.gzip(Self.csv)
    gzip[20] ^= 1
    #expect(ExportFixtures.refusal(gzip, "x.csv.gz")?.code == .damagedArchive)
    var archive = ExportFixtures.archive([("x.csv", Self.csv)])
    archive[40] ^= 1
    #expect(ExportFixtures.refusal(archive, "x.csv.zip")?.code == .damagedArchive)
  }

  @Test func `archives with several files, none, or names that lead out`() {
    let two = ExportFixtures.archive([("a.csv", Self.csv), ("b.csv", Self.csv)])
    #expect(ExportFixtures.refusal(two, "x.zip")?.code == .archiveEntries)
    let none = ExportFixtures.archive([] as [(String, [UInt8])])
    #expect(ExportFixtures.refusal(none, "x.zip")?.code == .archiveEntries)
    let out = ExportFixtures.archive([("../../etc/x.csv", Self.csv)])
    #expect(ExportFixtures.refusal(out, "x.zip")?.code == .archiveEntries)
  }

  @Test func `bombs`() {
    var limits = ExportLimits.standard
    limits.archive.ratioFreeBytes = 100_000
    limits.archive.ratioMax = 100
    let file = ExportFile(name: "x.csv.gz", bytes: ByteArraySource(Self.bomb(bytes: 400_000)))
    let refusal = #expect(throws: ExportRefusal.self) {
      try ExportPreview(file, rules: ReadingRules(), limits: limits)
    }
    #expect(refusal?.code == .bomb)
  }

  /// A gzip file of spaces that unpacks to so much, at about 150 bytes for each: deflate at its
  /// densest.
  static func bomb(bytes: Int) -> [UInt8] {
    var bits: [UInt8] = []
    var count = 0
    func put(_ value: Int, _ width: Int) {
      for bit in 0..<width {
        if count % 8 == 0 { bits.append(0) }
        if value >> bit & 1 == 1 { bits[count / 8] |= 1 << (count % 8) }
        count += 1
      }
    }
    func code(_ value: Int, _ width: Int) {
      for bit in (0..<width).reversed() { put(value >> bit & 1, 1) }
    }
    // A fixed block: literal 0x20, then copies of 258 bytes at distance 1.
    put(1, 1)
    put(1, 2)
    code(0x30 + 0x20, 8)
    for _ in 0..<(bytes / 258) {
      code(0b11000000 + (285 - 280), 8)
      code(0, 5)
    }
    code(0, 7)
    return [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255] + bits + [0, 0, 0, 0, 0, 0, 0, 0]
  }

  @Test func `bytes that do not fit, with line and column`() {
    let bytes = Array("id,name\n1,ü\n2,ab".utf8) + [0xFF] + Array("c\n".utf8)
    let refusal = ExportFixtures.refusal(
      bytes, "x.csv", rules: ReadingRules(encoding: "utf-8"))
    #expect(refusal?.code == .encoding)
    #expect(refusal?.line == 3)
    #expect(refusal?.column == 5)
    #expect(refusal?.advice.contains("export.encoding") == true)
    let hole = Array("id\n".utf8) + [0x81]
    #expect(
      ExportFixtures.refusal(hole, "x.csv", rules: ReadingRules(encoding: "cp1252"))?.line == 2)
    #expect(
      ExportFixtures.refusal("a", "x.csv")?.code == nil)
    #expect(
      ExportFixtures.refusal(Array("a".utf8), "x.csv", rules: ReadingRules(encoding: "klingon"))?
        .code == .encoding)
  }

  @Test func `a quote that is never closed`() {
    let refusal = ExportFixtures.refusal("a,b\n1,2\n3,\"x\ny,z\n", "x.csv")
    #expect(refusal?.code == .malformed)
    #expect(refusal?.line == 3)
    #expect(refusal?.column == 3)
  }

  @Test func `files that were reserved and not written to their end`() {
    let bytes = Array("a,b\n1,2\n".utf8) + [UInt8](repeating: 0, count: 100)
    let refusal = ExportFixtures.refusal(
      bytes, "x.csv", rules: ReadingRules(encoding: "utf-8"))
    #expect(refusal?.code == .truncated)
  }

  @Test func `documents that stop early`() {
    #expect(ExportFixtures.refusal("[{\"a\": 1}, {\"a\":", "x.json")?.code == .truncated)
    #expect(ExportFixtures.refusal("{\"a\": 1}\n{\"a\":", "x.ndjson")?.code == .truncated)
    #expect(ExportFixtures.refusal("<r><x>1</x><x>2", "x.xml")?.code == .truncated)
  }

  @Test func `names no values of other columns`() throws {
    let refusal = try #require(
      ExportFixtures.refusal("[{\"mail\": \"secret@example.com\", \"b\": tru}]", "x.json"))
    #expect(!refusal.description.contains("secret"))
    #expect(refusal.json["error"]?["code"] == "malformed")
  }

  @Test(arguments: [
    ("old.xlsx", [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1, 0, 0], ".xls"),
    ("old.xls", [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1, 0, 0], ".xls"),
    ("x.csv", [0x1F, 0x8B, 0x08, 0, 0], ".gz"), ("x.csv", Array("PK\u{3}\u{4}".utf8), ".zip"),
    ("x.csv", Array("%PDF-1.7\n".utf8), "PDF"),
    ("x.csv", Array("\n<!DOCTYPE html><html><body>Login</body>".utf8), "web page"),
    ("x.xlsx", Array("<html><table><tr>".utf8), "web page"),
    ("x.json", Array("<html>".utf8), "web page"),
  ])
  func `files that are something else are called by their name`(
    _ name: String, _ bytes: [UInt8], _ word: String
  ) {
    let refusal = ExportFixtures.refusal(bytes, name)
    #expect(refusal?.code == .wrongFormat)
    #expect(refusal?.description.contains(word) == true, "\(refusal?.message ?? "")")
  }

  @Test func `what desktops add to an archive is no export, and several are named`() throws {
    let packed = ExportFixtures.archive([
      ("a/x.csv", Self.csv), ("__MACOSX/a/._x.csv", [0, 5]), ("a/.DS_Store", [0]),
      ("Thumbs.db", [0]),
    ])
    #expect(try ExportFixtures.preview(packed, "x.zip").total == 2)
    let two = ExportFixtures.archive([("x.csv", Self.csv), ("y.csv", Self.csv)])
    #expect(ExportFixtures.refusal(two, "x.zip")?.message.contains("“x.csv”, “y.csv”") == true)
  }

  @Test func `damaged rows tell their key where it stands before the damage`() throws {
    let text = """
      {"name": "m", "origins": ["o"], "export": {"path": "x", "format": "csv"},
       "reference": {"column": "ID"}, "fields": [{"column": "A", "metadata": "a"}]}
      """
    let mapping = try Mapping(parsing: Array(text.utf8), file: "m.json")
    let csv = "ID,A\nshort\nlong,1,2\nstray,x\"y\nbehind,\"x\"y\n,1,2\nsound,1\nlast\n"
    let sink = RowCollector()
    _ = try ExportReader(
      ExportFile(name: "x.csv", bytes: ByteArraySource(Array(csv.utf8))), by: mapping
    ).read(into: sink)
    #expect(sink.rows.map(\.record.key.reference) == ["sound"])
    #expect(
      sink.rejected.map(\.key?.reference) == ["short", "long", "stray", "behind", nil, "last"])
    #expect(sink.rejected.map(\.line) == [2, 3, 4, 5, 6, 8])
  }
}
