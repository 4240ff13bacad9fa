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
    let updates = try await bench.mirror.planUpdates(limit: summary.plan.updates)
    try Files().deliver(Array(PlanFile.written(header, updates).utf8), to: path)
  }
}
