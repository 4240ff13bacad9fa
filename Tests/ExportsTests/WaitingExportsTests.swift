import Effects
import Exports
import Formats
import Reconciliation
import TestKit
import Testing

@Suite struct FileNameTimeTests {
  @Test(arguments: [
    ("KUNDEN_20261120.csv", "2026-11-20T00:00:00.000Z", true),
    ("CUSTOMERS_20240304_0215.csv", "2024-03-04T02:15:00.000Z", false),
    ("x-2024-03-04T02-15-59Z.json", "2024-03-04T02:15:59.000Z", false),
    ("x_2024-03-04_021559.xml", "2024-03-04T02:15:59.000Z", false),
    ("contacts_20261120T021500Z.ndjson", "2026-11-20T02:15:00.000Z", false),
    ("20240304021559.csv", "2024-03-04T02:15:59.000Z", false),
    ("report1642777476321.csv", "2022-01-21T15:04:36.321Z", false),
    ("report_1642777476.csv", "2022-01-21T15:04:36.000Z", false),
    ("x_20260429_055129.515101_1.zip", "2026-04-29T05:51:29.000Z", false),
    ("10000042_20240304.csv", "2024-03-04T00:00:00.000Z", true),
    ("x.2024.03.04.csv", "2024-03-04T00:00:00.000Z", true),
  ])
  func `reads the time in a name`(_ name: String, _ instant: String, _ isDay: Bool) throws {
    let time = try #require(FileNameTime(in: name))
    #expect(time.instant.rfc3339 == instant)
    #expect(time.isDay == isDay)
  }

  @Test(arguments: [
    "customers.csv", "Data_001.zip", "x_20241304.csv", "x_12345678.csv", "v1.2.csv",
  ])
  func `finds none where there is none`(_ name: String) {
    #expect(FileNameTime(in: name) == nil)
  }

  @Test func `narrows a day by the time of the file`() throws {
    let day = try #require(FileNameTime(in: "x_20261120.csv"))
    func generated(_ modified: String) throws -> String {
      day.generatedAt(modified: try #require(Timestamp(rfc3339: modified))).rfc3339
    }
    #expect(try generated("2026-11-20T03:00:00Z") == "2026-11-20T03:00:00.000Z")
    #expect(try generated("2027-01-01T00:00:00Z") == "2026-11-20T23:59:59.000Z")
    #expect(try generated("2026-11-19T00:00:00Z") == "2026-11-20T00:00:00.000Z")
  }
}

@Suite struct WaitingExportsTests {
  static func find(
    _ folder: TemporaryFolder, later: Double = 3_600,
    _ change: (inout ExportRule) -> Void = { _ in }
  ) throws -> [WaitingExport] {
    var rule = ExportRule(path: "*", format: .csv)
    change(&rule)
    let time = ManualTime(at: SystemTime().now.adding(seconds: later))
    return WaitingExports(files: Files(), time: time).look(at: [rule], in: folder.path).exports
  }

  @Test func `come in the order of their times, then of their parts`() throws {
    let folder = try TemporaryFolder()
    for name in [
      "c_20261122.csv", "a_20261123_0900_p10.csv", "a_20261123_0900_p9.csv", "b_20261121.csv",
    ] {
      _ = try folder.write("x", to: name)
    }
    let names = try Self.find(folder).map(\.name)
    #expect(
      names == [
        "b_20261121.csv", "c_20261122.csv", "a_20261123_0900_p9.csv", "a_20261123_0900_p10.csv",
      ])
  }

  @Test func `leave unfinished, hidden and marker files out`() throws {
    let folder = try TemporaryFolder()
    for name in [
      "a.csv", "b.csv.part", "c.csv.filepart", "d.tmp", ".e.csv", "f.incomplete", "a.csv.done",
      "g~",
    ] {
      _ = try folder.write("x", to: name)
    }
    try Files().makeFolder(folder.path("h.csv"))
    #expect(try Self.find(folder).map(\.name) == ["a.csv", "a.csv.done"])
    #expect(try Self.find(folder) { $0.doneMarker = "{file}.done" }.map(\.name) == ["a.csv"])
  }

  @Test func `settle`() throws {
    let folder = try TemporaryFolder()
    _ = try folder.write("x", to: "a.csv")
    #expect(try Self.find(folder).map(\.readiness) == [.ready])
    guard case .settling(let seconds) = try Self.find(folder, later: 10)[0].readiness else {
      Issue.record("it is ready too early")
      return
    }
    #expect((49.0...51.0).contains(seconds))
    #expect(try Self.find(folder, later: 10) { $0.settleSeconds = 5 }[0].readiness == .ready)
  }

  @Test func `wait for their marker and for nothing else`() throws {
    let folder = try TemporaryFolder()
    _ = try folder.write("x", to: "a.csv")
    let waiting = try Self.find(folder) { $0.doneMarker = "{stem}.ok" }
    #expect(waiting.map(\.readiness) == [.waiting(marker: "a.ok", isOlder: false)])
    _ = try folder.write("", to: "a.ok")
    let ready = try Self.find(folder, later: 0) {
      $0.path = "*.csv"
      $0.doneMarker = "{stem}.ok"
    }
    #expect(ready.map(\.readiness) == [.ready])
  }
}
