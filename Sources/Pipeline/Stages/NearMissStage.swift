import Formats
import Mirror
import Reconciliation

/// Finds keys that would meet but for their spelling, after a run that met one-sided items.
struct NearMissStage {
  let parts: RunParts

  /// How many items of each kind are looked at per mapping, the newest.
  private static let lookedAtMax = 100

  /// The near misses of all mappings: of those that changed in this run looked up anew, of the
  /// others as the last run told them.
  func find(
    changed: Set<String>, before: [RunSummary.NearMiss]
  ) async throws -> [RunSummary.NearMiss] {
    var found: [RunSummary.NearMiss] = []
    for mapping in parts.book.mappings {
      found +=
        try changed.contains(mapping.name)
        ? await search(mapping.name) : before.filter { $0.mapping == mapping.name }
    }
    return found
  }

  private func search(_ mapping: String) async throws -> [RunSummary.NearMiss] {
    let (pairs, isWhole) = try await parts.mirror.lookalikes(of: mapping, limit: Self.lookedAtMax)
    var groups: [RunSummary.NearMiss] = []
    for pair in pairs {
      guard let likeness = Lookalike(pair.remote, pair.source) else { continue }
      let steps = likeness.steps.map(\.name)
      if let known = groups.firstIndex(where: {
        $0.differences == likeness.differences && $0.normalize == steps
      }) {
        groups[known].pairs += 1
        continue
      }
      groups.append(
        RunSummary.NearMiss(
          mapping: mapping, remote: Masking.masked.text(pair.remote),
          source: Masking.masked.text(pair.source), differences: likeness.differences,
          normalize: steps, pairs: 1, isAtLeast: !isWhole))
    }
    return groups.sorted { $0.pairs > $1.pairs }
  }
}
