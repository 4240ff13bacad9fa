import Console
import Formats
import Foundation
import Reconciliation

/// A report as it could stand there on a Monday morning, made by hand.
enum SampleReport {
  static let now = time("2026-11-23T07:00:00Z")
  static let times = TimeWords(now: now, zone: TimeZone(identifier: "Europe/Rome") ?? .gmt)

  static func time(_ text: String) -> Timestamp {
    Timestamp(rfc3339: text) ?? Timestamp(microseconds: 0)
  }

  static var model: ReportModel {
    var model = ReportModel(organization: "acme", mode: "test", asOf: now)
    model.lastRun = LastRun(summary: run, number: 1_841)
    model.sources = [
      SourceFreshness(
        mapping: "sap", deliveredAt: now.adding(seconds: -7_200), records: 12_408,
        maxAgeSeconds: 129_600, file: "customers-20261123.csv"),
      SourceFreshness(
        mapping: "salesforce", deliveredAt: now.adding(seconds: -111_600), records: 4_120,
        maxAgeSeconds: 86_400),
    ]
    model.remote.pulledAt = now.adding(seconds: -240)
    model.remote.isComplete = true
    model.remote.resets = 1_250
    model.remote.maxAgeSeconds = 3_600
    model.situations = run.situations
    model.conflicts = [identity, group, note, credit, remoteOnly, deleted]
    model.openCount = model.conflicts.count
    model.oldestOpen = remoteOnly.firstSeen
    model.ages = [.upToOneDay: 3, .upToThreeDays: 1, .upToOneWeek: 1, .older: 1]
    model.severities = [.critical: 1, .high: 3, .medium: 1, .low: 1]
    model.trend = [7, 7, 9, 6, 4, 4, 3, 3, 5, 8, 12, 9, 9, 7, 6, 4, 3, 3, 4, 6].enumerated().map {
      TrendPoint(
        run: "r\($0)", at: now.adding(seconds: Double($0 - 20) * 900), open: $1, written: $0 * 2)
    }
    model.delta = delta
    model.refused = [
      RefusedExport(
        mapping: "salesforce", file: "accounts-20261123.csv",
        sha256: String(repeating: "9f2c", count: 16), at: now.adding(seconds: -3_000),
        reason: "1,980 rows, below 80 % of the median of the last five (4,118); nothing was taken")
    ]
    model.rejected = [
      RejectedRow(
        mapping: "sap", file: "customers-20261123.csv", line: 4_811, column: "KLIMK",
        reason: "\"12.OOO,00\" is no decimal"),
      RejectedRow(
        mapping: "sap", file: "customers-20261123.csv", line: 9_020, column: nil,
        reason: "17 cells where the header has 16"),
    ]
    model.rejectedCount = 2
    model.rails = [
      .sample(
        name: "same_field", mapping: "sap", measured: 812, limit: 602, plan: "5c1f0ab29d3e44d1")
    ]
    return model
  }

  static var run: RunSummary {
    var run = RunSummary(
      run: "1841", command: "reconcile", dryRun: false, startedAt: now.adding(seconds: -240))
    run.durationMilliseconds = 38_000
    run.push.applied = 41
    run.plan.held = 7
    run.plan.updates = 48
    run.rate.requests = 61
    run.situations = [
      .inSync: 1_180, .driftAccepted: 24, .update: 41, .conflict: 3, .identityMismatch: 1,
      .remoteOnly: 1, .sourceDeleted: 1, .sourceOnly: 11_204,
    ]
    return run
  }

  private static var delta: ReportDelta {
    var delta = ReportDelta(since: now.adding(seconds: -86_400))
    (delta.newCount, delta.goneCount, delta.unchangedCount) = (2, 5, 4)
    delta.new = [group.id, note.id]
    delta.gone = [
      .init(id: "c0000000000a1", subject: "K-000444 customer_group", state: .closed),
      .init(id: "c0000000000a2", subject: "K-000817 note", state: .autoClosed),
    ]
    return delta
  }

  static func view(
    _ id: String, _ kind: ConflictKind, hours: Double, occurrences: Int = 12
  ) -> ConflictView {
    var view = ConflictView(
      id: id, kind: kind, severity: kind.severity, state: .open,
      firstSeen: now.adding(seconds: -3_600 * hours), lastSeen: now.adding(seconds: -240))
    view.occurrences = occurrences
    view.mapping = "sap"
    view.origin = "sap"
    return view
  }

  static var group: ConflictView {
    var view = view("c4e1a90b7d2f3", .conflict, hours: 71)
    view.reference = "K-000123"
    view.reset = "xYZkjABcde"
    view.field = "customer_group"
    (view.baseSource, view.baseRemote) = (.text("retail"), .text("retail"))
    view.source = .text("wholesale")
    view.remote = .text("retail-plus")
    view.file = "customers-20261121.csv"
    view.line = 4_811
    view.sourceChangedAt = time("2026-11-21T13:02:00Z")
    view.remoteChangedAt = time("2026-11-22T08:15:00Z")
    view.remoteChangedBy = "Marketing flow"
    return view
  }

  static var note: ConflictView {
    var view = view("c77d01f2ab34c", .conflict, hours: 5, occurrences: 3)
    view.reference = "K-000790"
    view.reset = "zzAAbbCCdd"
    view.field = "note"
    (view.baseSource, view.baseRemote) = (
      .text("Call before delivery"), .text("Call before delivery")
    )
    view.source = .text("Call before the delivery, ask for Ms\u{A0}Rossi ")
    view.remote = .text("Call before delivery, ask for Mr Bianchi\u{200B}")
    view.file = "customers-20261123.csv"
    view.line = 120
    view.sourceChangedAt = time("2026-11-23T01:10:00Z")
    view.remoteChangedAt = time("2026-11-23T01:55:00Z")
    view.assignee = "giulia"
    return view
  }

  static var credit: ConflictView {
    var view = view("c12ab34cd56ef", .writeFight, hours: 20, occurrences: 40)
    view.reference = "K-004410"
    view.reset = "ppQQrrSStt"
    view.field = "/erp/credit_limit"
    view.source = .present(.number(JSONNumber(5_000)))
    view.remote = .present(.number(JSONNumber(2_500)))
    view.remoteChangedAt = time("2026-11-23T06:20:00Z")
    view.remoteChangedBy = "Billing sync"
    view.file = "customers-20261123.csv"
    view.line = 2_077
    return view
  }

  static var identity: ConflictView {
    var view = view("c9b8a7c6d5e4f", .identityMismatch, hours: 2, occurrences: 2)
    view.reference = "K-000031"
    view.reset = "mmNNooPPqq"
    view.source = .text("a•••@rossi.example")
    view.remote = .text("a•••@rossi.example")
    view.differsInHiddenPart = true
    view.detail = "SMTP_ADDR and customer_email differ."
    view.file = "customers-20261123.csv"
    view.line = 31
    return view
  }

  static var remoteOnly: ConflictView {
    var view = view("c0a1b2c3d4e5f", .remoteOnly, hours: 31 * 24, occurrences: 900)
    view.mapping = "salesforce"
    view.reference = "0015g00000XyZabAAB"
    view.reset = "vvWWxxYYzz"
    view.source = .text("salesforce/0015g00000QrStUAAV")
    view.detail = "could be salesforce/0015g00000QrStUAAV: Email equals customer_email"
    return view
  }

  static var deleted: ConflictView {
    var view = view("cfedcba987654", .sourceDeleted, hours: 100, occurrences: 60)
    view.reference = "K-009001"
    view.reset = "llMMnnOOpp"
    view.detail = "The record is missing from the last two full exports."
    return view
  }
}

extension TrippedRail {
  /// A rail as a run told it that held the plan of this digest.
  static func sample(
    name: String, mapping: String, measured: Int, limit: Int, plan: String
  ) -> TrippedRail {
    var run = RunSummary(
      run: "r1", command: "reconcile", dryRun: false, startedAt: SampleReport.now)
    run.plan.digest = plan
    let rail = RunSummary.Rail(
      name: name, mapping: mapping, measured: measured, limit: limit, tripped: true)
    return TrippedRail(rail, of: run)
  }
}
