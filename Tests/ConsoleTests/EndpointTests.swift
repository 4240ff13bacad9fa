import Console
import Effects
import Formats
import Foundation
import HTTP
import Reconciliation
import TestKit
import Testing

@Suite struct EndpointTests {
  private var gauges: MetricsGauges {
    var gauges = MetricsGauges(version: "1.0", now: SampleReport.now)
    gauges.items = ["sap": [.inSync: 12], "od\"o\\o\n": [.conflict: 1]]
    gauges.openConflicts = [.high: [.upToOneDay: 3]]
    gauges.outbox = ["pending": 4]
    gauges.deliveredAt = ["sap": SampleReport.now.adding(seconds: -90), "odoo": nil]
    gauges.lastSuccess = ["reconcile": Timestamp(microseconds: 1_500_000)]
    gauges.rateBudget = ["burst": 40]
    return gauges
  }

  private func server(ready: Bool = true) -> ConsoleServer {
    ConsoleServer(
      desk: nil,
      sources: .init(
        readiness: {
          Readiness([
            .init(name: "database", isGood: true),
            .init(name: "pull", isGood: ready, reason: ready ? nil : "the last pull is 9 h old"),
          ])
        },
        metrics: {
          MetricsPage.text(MetricsRecorder(), MetricsGauges(version: "1", now: SampleReport.now))
        },
        status: {
          StatusModel(
            report: SampleReport.model, runs: [],
            jobs: [.init(name: "pull", nextAt: SampleReport.now)],
            outbox: ["pending": 2], rateBudget: ["burst": 40])
        }))
  }

  private func get(_ path: String, ready: Bool = true) async throws -> (Int, String) {
    let request = try #require(HTTPServerRequest(.get, path))
    let response = await server(ready: ready).answer(request)
    return (response.status, String(decoding: response.body, as: UTF8.self))
  }

  @Test func `the metrics are as agreed`() throws {
    let recorder = MetricsRecorder()
    var run = SampleReport.run
    run.pull.rows = 1_250
    var export = RunSummary.Import(
      mapping: "sap", file: "f", sha256: "", mode: "full", state: "accepted")
    (export.accepted, export.rejected) = (12_408, 2)
    run.imports = [export]
    recorder.note(run: run)
    run.result = .someFailed
    run.durationMilliseconds = 400
    recorder.note(run: run)
    recorder.noteRequest(className: "read", status: "200")
    recorder.noteRequest(className: "write", status: "429")
    try Golden().check(MetricsPage.text(recorder, gauges), is: "metrics.txt")
  }

  @Test func `health and readiness`() async throws {
    #expect(try await get("/healthz") == (200, "ok\n"))
    #expect(try await get("/readyz").0 == 200)
    let (status, text) = try await get("/readyz", ready: false)
    #expect(status == 503 && text.contains("the last pull is 9 h old"))
    #expect(try await get("/nothing").0 == 404)
  }

  @Test func `the state is JSON`() async throws {
    let (status, text) = try await get("/status")
    let json = try JSONValue(parsing: String(text.dropLast()))
    #expect(status == 200 && json["conflicts"]?["open"] == 6)
    #expect(json["next"]?["pull"] == "2026-11-23T07:00:00.000Z")
    #expect(json["queue"]?["pending"] == 2)
  }

  @Test func `only reading is answered`() async throws {
    let request = try #require(HTTPServerRequest(.post, "/metrics"))
    #expect(await server().answer(request).status == 405)
  }
}
