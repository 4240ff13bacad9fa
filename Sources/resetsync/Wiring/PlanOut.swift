import Effects
import Formats
import Mirror
import Pipeline
import Reconciliation

/// Writes the plan of a run to a file that a person can read and `--plan` takes.
struct PlanOut {
  let bench: Workbench
  let world: World

  func write(_ summary: RunSummary, to path: String) async throws {
    let api = bench.site.configuration.api
    let digests = bench.site.book.mappings.map { ($0.name, $0.rulesDigest) }
    let header = PlanHeader(
      digest: summary.plan.digest, run: summary.run, createdAt: summary.startedAt,
      organization: api.organization, mode: api.mode,
      mappings: Dictionary(digests, uniquingKeysWith: { first, _ in first }),
      updates: summary.plan.updates, expectedSeconds: Double(summary.plan.seconds))
    let file = try FileDelivery(to: path)
    try file.write(Array(PlanFile.opening(header).utf8))
    if let plan = try await bench.mirror.plans(limit: 1).first, plan.run == summary.run {
      try await write(plan, to: file)
    }
    try file.write(Array(PlanFile.closing.utf8))
    try file.finish()
  }

  /// The updates, page by page.
  private func write(_ plan: PlanRecord, to file: FileDelivery) async throws {
    var last: Int64 = 0
    while true {
      let lines = try await bench.mirror.planLines(
        of: plan, after: last, limit: Self.updatesPerPage, places: false)
      guard let end = lines.last else { return }
      for line in lines {
        try file.write(Array(PlanFile.line(line.update, isFirst: line.number == 1).utf8))
      }
      last = end.number
    }
  }

  private static let updatesPerPage = 1_000
}
