import Console
import Effects
import Engine
import Formats
import Mirror
import Reconciliation
import TestKit

/// A real mirror in a folder of its own, with one source, and what a run does to it.
final class MirrorFixture {
  static let rules = """
    {"name": "sap", "origins": ["sap"], "export": {"path": "*.csv", "format": "csv"},
     "reference": {"column": "ID"},
     "verify": [{"column": "MAIL", "attribute": "customer_email", "compare": "case_insensitive"}],
     "fields": [{"column": "GROUP", "metadata": "group"}, {"column": "NOTE", "metadata": "note"}]}
    """

  let folder: TemporaryFolder
  let mirror: Mirror
  let mapping: Mapping
  let book: RuleBook
  let time = ManualTime(at: SampleReport.now)
  private var runs = 0

  init() throws {
    folder = try TemporaryFolder()
    mirror = try Mirror.open(path: folder.path + "/mirror.sqlite")
    mapping = try Mapping(parsing: Array(Self.rules.utf8), file: "sap.json")
    book = RuleBook([mapping], graceSeconds: 0)
  }

  var context: ReportContext {
    var context = ReportContext(
      organization: "acme", mode: "test", sources: [.init(mapping: "sap", maxAgeSeconds: 86_400)],
      masking: .masked)
    context.book = book
    return context
  }

  var desk: MirrorDesk {
    MirrorDesk(
      mirror: mirror, context: context, offers: DeskOffers(mappings: ["sap"], fields: ["group"]),
      time: time, nextRun: { nil })
  }

  private func nextRun() -> String {
    runs += 1
    time.advance(seconds: 60)
    return "r\(runs)"
  }

  func pull(_ resets: [(id: String, reference: String, email: String, metadata: String)])
    async throws
  {
    let rows = resets.map { reset in
      ResetRow(
        id: reset.id, key: book.assign(reference: reset.reference, origin: "sap"),
        reference: reset.reference, referenceOrigin: "sap", customerEmail: reset.email,
        updatedAt: "2026-11-22T08:15:00Z", metadata: reset.metadata)
    }
    let run = nextRun()
    _ = try await mirror.storePage(rows, run: run, at: time.now)
    try await mirror.notePull(full: true, recordCount: rows.count, at: time.now)
  }

  /// An import of rows `[ID, MAIL, GROUP, NOTE]`; those with another number of cells are rejected.
  func load(_ rows: [[String]]) async throws {
    let run = nextRun()
    let columns = mapping.columnsNeeded
    let head = ExportHead(
      file: "customers-\(runs).csv", path: "/x/customers-\(runs).csv",
      sha256: SHA256.hex(of: "\(runs)"), size: 1, mode: .full, columns: columns,
      keptColumns: columns)
    try await Self.take(rows, head, mapping, run, time.now, into: mirror)
  }

  private static func take(
    _ rows: [[String]], _ head: ExportHead, _ mapping: Mapping, _ run: String, _ now: Timestamp,
    into mirror: isolated Mirror
  ) throws {
    let session = try mirror.beginImport(head, mapping: mapping, run: run, at: now)
    for (index, row) in rows.enumerated() {
      guard row.count == 4 else {
        try session.reject(line: index + 2, column: nil, reason: "cells: \(row.count)")
        continue
      }
      let names = ["ID", "MAIL", "GROUP", "NOTE"]
      let cells: [Cell] = head.columns.map { .text(row[names.firstIndex(of: $0) ?? 0]) }
      if case .record(let record) = mapping.read(cells) {
        try session.put(ImportRow(record, cells: CellText(cells), line: index + 2))
      }
    }
    _ = try session.finish(ReadFacts())
    _ = try mirror.endImport(session, .accept(verdicts: .object([:])))
  }

  func reconcile() async throws {
    let run = nextRun()
    let now = time.now
    try await mirror.beginRun(id: run, command: "reconcile", at: now)
    let request = ReconcileRequest(run: run, now: now, book: book)
    _ = try await Reconciler(request, rails: Rails(settings: .off, sends: true, now: now))
      .run(in: mirror)
    var summary = RunSummary(run: run, command: "reconcile", dryRun: false, startedAt: now)
    summary.push.applied = 1
    try await mirror.endRun(
      id: run, RunEnd(result: "ok", exit: 0, applied: 1, summary: summary.json), at: now)
  }
}
