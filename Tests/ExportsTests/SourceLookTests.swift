import Effects
import Exports
import Formats
import Foundation
import Reconciliation
import TestKit
import Testing

/// What a look into the folders of a source tells beside the exports that lie there.
@Suite struct SourceLookTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func look(_ rules: [ExportRule]) -> SourceLook {
    WaitingExports(files: Files(), time: ManualTime(at: SystemTime().now.adding(seconds: 3_600)))
      .look(at: rules, in: folder.path)
  }

  private func look(_ path: String, marker: String? = nil) -> SourceLook {
    var rule = ExportRule(path: path, format: .csv)
    rule.doneMarker = marker
    return look([rule])
  }

  private func age(_ name: String, seconds: Double) throws {
    let date = Date(timeIntervalSinceNow: -seconds)
    try FileManager.default.setAttributes(
      [.modificationDate: date], ofItemAtPath: folder.path(name))
  }

  @Test(arguments: [(10.0, 20.0, true), (10, 10, false), (10, 5, false), (10, 86_400, true)])
  func `a marker that is older than its file was left by the one before`(
    _ file: Double, _ marker: Double, _ isOlder: Bool
  ) throws {
    for (name, seconds) in [("a.csv", file), ("a.csv.done", marker)] {
      try folder.write("x", to: name)
      try age(name, seconds: seconds)
    }
    let found = look("*.csv", marker: "{file}.done").exports
    let waiting = WaitingExport.Readiness.waiting(marker: "a.csv.done", isOlder: true)
    #expect(found.map(\.readiness) == [isOlder ? waiting : .ready])
  }

  @Test func `names whatever their bytes are exports`() throws {
    let latin = FilePath.text(ofBytes: Array("K".utf8) + [0xFC] + Array("nden_20261120.csv".utf8))
    for name in [latin, "a\nb.csv", "-rf.csv", "o'brien $(id).csv"] {
      try Files().write(Array("x".utf8), to: folder.path(name))
    }
    let found = look("*.csv")
    #expect(found.passedOver.isEmpty && found.faults.isEmpty)
    #expect(Set(found.exports.map(\.name)) == [latin, "a\nb.csv", "-rf.csv", "o'brien $(id).csv"])
    let told = try #require(found.exports.first { $0.name == latin })
    #expect(told.generatedAt.rfc3339.hasPrefix("2026-11-20"))
    #expect(try ExportFile(path: told.path).name == "K\\xFCnden_20261120.csv")
  }

  @Test func `what is passed over is named with its reason`() throws {
    let link = FileManager.default.createSymbolicLink(atPath:withDestinationPath:)
    for name in ["a.csv", "b.csv.filepart", "c.csv~", "d.csv.TMP", ".e.csv", "f.txt", "g.csv.old"] {
      try folder.write("x", to: name)
    }
    try link(folder.path("l.csv"), "l.csv")
    try link(folder.path("n.csv"), "nothing")
    try Files().makeFolder(folder.path("h.csv"))
    let found = look("*.csv")
    #expect(found.exports.map(\.name) == ["a.csv"])
    let names = found.passedOver.map { "\(FilePath.name(of: $0.path)) \($0.reason)" }.sorted()
    #expect(
      names == [
        "b.csv.filepart unfinished", "c.csv~ unfinished", "d.csv.TMP unfinished", "l.csv linkLoop",
      ])
  }

  @Test func `a file that two rules could read is read by neither`() throws {
    for name in ["kunden_1.csv", "kunden_delta_1.csv"] { try folder.write("x", to: name) }
    let all = ExportRule(path: "kunden_*.csv", format: .csv)
    var delta = ExportRule(path: "kunden_delta_*.csv", format: .csv)
    delta.mode = .delta
    let blurred = look([all, delta])
    #expect(blurred.exports.map(\.name) == ["kunden_1.csv"])
    #expect(blurred.unclear == [folder.path("kunden_delta_1.csv")])
    let apart = look([ExportRule(path: "kunden_[0-9]*.csv", format: .csv), delta])
    #expect(apart.unclear.isEmpty)
    #expect(apart.exports.map(\.rule.mode) == [.full, .delta])
  }

  @Test func `a folder that is not there is a fault, an empty one is not`() throws {
    #expect(look("gone/*.csv").faults.map(\.path) == [folder.path("gone")])
    #expect(look("gone/*/x.csv").faults.count == 1)
    #expect(look("*.csv").faults.isEmpty && look("*.csv").isEmpty)
  }
}
