import Console
import Effects
import Formats
import Mirror
import Pipeline
import Reconciliation

/// What the daemon tells of its state: readiness, and what is worth an alert.
struct DaemonFacts {
  private let bench: Workbench
  private let world: World

  /// Seconds after which a pull is no longer fresh.
  private static let pullSecondsMax = 86_400.0

  init(_ bench: Workbench, _ world: World) {
    self.bench = bench
    self.world = world
  }

  /// Database, credentials, last pull; `trouble` is what a job failed for that could not store.
  func readiness(_ mirror: Mirror, isConnected: Bool, trouble: String?) async -> Readiness {
    var checks: [Readiness.Check] = []
    do {
      let pulled = try await mirror.remoteState().pulledAt
      checks.append(
        Readiness.Check(name: "database", isGood: trouble == nil, reason: trouble))
      checks.append(try await sources(mirror))
      let age = pulled.map { world.time.now.seconds(since: $0) }
      let isFresh = age.map { $0 < Self.pullSecondsMax } ?? false
      checks.append(
        Readiness.Check(
          name: "pull", isGood: isFresh,
          reason: isFresh ? nil : pulled == nil ? "nothing was pulled yet" : "the last pull is old")
      )
    } catch {
      checks.append(
        Readiness.Check(
          name: "database", isGood: false, reason: Failure(describing: error).message))
    }
    checks.append(
      Readiness.Check(
        name: "credentials", isGood: isConnected,
        reason: isConnected ? nil : "Commerce Layer has not answered yet"))
    // Paused is as ready as somebody wants it; it is told all the same.
    checks.append(
      Readiness.Check(name: "writing", isGood: true, reason: mirror.pause()?.words))
    return Readiness(checks)
  }

  /// Whether the folders of all sources could be looked into.
  private func sources(_ mirror: Mirror) async throws -> Readiness.Check {
    let lost = try await mirror.sources(bench.site.book.mappings.map(\.name)).filter {
      $0.state?.unreachableSince != nil
    }
    let names = lost.map(\.mapping).joined(separator: ", ")
    return Readiness.Check(
      name: "sources", isGood: lost.isEmpty, reason: lost.isEmpty ? nil : "unreachable: \(names)")
  }

  /// How old what each export of a source brought last is; of several, the one that is most late.
  private static func ages(
    _ status: SourceStatus, _ mapping: Mapping?, _ now: Timestamp
  ) -> [AlertFacts.Source] {
    let ages = (mapping?.exports ?? []).map { rule in
      AlertFacts.Source(
        mapping: status.mapping,
        ageSeconds: status.deliveries[rule.mode]?.madeAt.map { now.seconds(since: $0) },
        ageSecondsMax: rule.maxAgeSeconds)
    }
    return Array((ages.filter(\.isLate) + ages).prefix(1))
  }

  /// The facts that alerts are made of, after a run.
  func alertFacts(_ summary: RunSummary, apiFailures: Int) async throws -> AlertFacts {
    let (mirror, now) = (bench.mirror, world.time.now)
    var facts = AlertFacts()
    for status in try await mirror.sources(bench.site.book.mappings.map(\.name)) {
      facts.sources += Self.ages(status, bench.site.book.mapping(status.mapping), now)
      if status.state?.unreachableSince != nil {
        facts.unreachable[status.mapping] = status.state?.reason ?? ""
      }
      if let refused = status.refused {
        facts.refusedExports.append(
          AlertFacts.RefusedExport(
            mapping: status.mapping, file: refused.file, reason: refused.reason ?? ""))
      }
    }
    facts.rails = summary.rails.filter(\.tripped).map {
      AlertFacts.Rail(
        mapping: $0.mapping ?? "", name: $0.name, measured: $0.measured, limit: $0.limit)
    }
    for open in try await mirror.openConflicts() where open.kind.severity == .critical {
      facts.criticalConflicts[open.mapping, default: 0] += open.count
    }
    var overdue = ConflictFilter.open
    let target = bench.site.configuration.alerts.conflictTarget
    overdue.firstSeenBefore = now.adding(seconds: -target)
    let count = try await mirror.conflictPage(overdue, limit: 0).total
    if count > 0 { facts.overdueConflicts[""] = count }
    facts.apiFailuresInARow = apiFailures
    facts.pushPause = mirror.pause()?.words
    return facts
  }
}
