public import Formats
internal import Reconciliation

/// The report as JSON, and its conflicts as NDJSON.
public enum ReportJSON {
  /// The whole report as one document.
  public static func document(_ model: ReportModel, times: TimeWords) -> JSONValue {
    let headline = Headline(of: model, times: times)
    return .object(
      JSONObject([
        ("as_of", .string(model.asOf.rfc3339)),
        ("as_of_run", ConflictView.text(model.pastRun)),
        ("organization", .string(model.organization)),
        ("mode", .string(model.mode)), ("headline", .string(headline.text)),
        ("needs_person", .bool(headline.needsPerson)), ("paused", paused(model.paused)),
        ("last_run", model.lastRun?.summary.json ?? .null),
        ("sources", .array(model.sources.map { source($0, at: model.asOf) })),
        ("remote", remote(model)),
        ("situations", counts(Situation.allCases.map { ($0.rawValue, model.situations[$0]) })),
        ("open", .int(model.openCount)),
        ("severities", counts(Severity.allCases.map { ($0.rawValue, model.severities[$0]) })),
        ("ages", counts(AgeBucket.allCases.map { ($0.name, model.ages[$0]) })),
        ("trend", .array(model.trend.map(point))), ("since_last_report", delta(model.delta)),
        ("refused", .array(model.refused.map(refused))),
        ("rejected", .array(model.rejected.map(rejected))),
        ("rejected_count", .int(model.rejectedCount)),
        ("rails", .array(model.rails.map(rail))),
        ("conflicts", .array(model.conflicts.map(\.reportJSON))),
      ]))
  }

  /// The document up to its conflicts, which follow one by one, and what comes behind them.
  public static func open(_ model: ReportModel, times: TimeWords) -> (head: String, foot: String) {
    var model = model
    model.conflicts = []
    let foot = "]}"
    return (String(document(model, times: times).written().dropLast(foot.count)), foot)
  }

  /// One conflict as it stands in the document.
  public static func conflict(_ view: ConflictView) -> String { view.reportJSON.written() }

  /// Conflicts, one compact JSON object per line.
  public static func lines(_ conflicts: some Sequence<ConflictView>) -> String {
    var out: [UInt8] = []
    for view in conflicts {
      view.reportJSON.append(to: &out)
      out.append(0x0A)
    }
    return String(decoding: out, as: UTF8.self)
  }

  private static func counts(_ pairs: [(String, Int?)]) -> JSONValue {
    .object(JSONObject(pairs.map { ($0.0, .int($0.1 ?? 0)) }))
  }

  private static func paused(_ pause: Pause?) -> JSONValue {
    guard let pause else { return .null }
    return .object(
      JSONObject([
        ("since", ConflictView.time(pause.since)), ("by", ConflictView.text(pause.by)),
        ("reason", ConflictView.text(pause.reason)),
      ]))
  }

  static func source(_ source: SourceFreshness, at now: Timestamp) -> JSONValue {
    .object(
      JSONObject([
        ("mapping", .string(source.mapping)),
        ("delivered_at", ConflictView.time(source.deliveredAt)),
        ("age_seconds", age(source.deliveredAt, now)), ("records", .int(source.records)),
        ("max_age_seconds", source.maxAgeSeconds.map { .int(Int($0)) } ?? .null),
        ("stale", .bool(source.isStale(at: now))), ("file", ConflictView.text(source.file)),
        ("repeated_at", ConflictView.time(source.repeatedAt)),
        ("state", .string(source.unreachable == nil ? "reachable" : "unreachable")),
        ("unreachable_since", ConflictView.time(source.unreachable?.since)),
        ("reason", ConflictView.text(source.unreachable?.reason)),
        ("exports", .array(source.kinds.map { kind($0, at: now) })),
      ]))
  }

  private static func kind(_ kind: SourceFreshness.Kind, at now: Timestamp) -> JSONValue {
    .object(
      JSONObject([
        ("mode", .string(kind.mode.rawValue)),
        ("delivered_at", ConflictView.time(kind.deliveredAt)),
        ("max_age_seconds", kind.maxAgeSeconds.map { .int(Int($0)) } ?? .null),
        ("stale", .bool(kind.isStale(at: now))),
      ]))
  }

  static func remote(_ remote: RemoteFreshness, at now: Timestamp) -> JSONValue {
    .object(
      JSONObject([
        ("pulled_at", ConflictView.time(remote.pulledAt)),
        ("age_seconds", age(remote.pulledAt, now)), ("complete", .bool(remote.isComplete)),
        ("resets", .int(remote.resets)), ("stale", .bool(remote.isStale(at: now))),
      ]))
  }

  private static func remote(_ model: ReportModel) -> JSONValue {
    remote(model.remote, at: model.asOf)
  }

  private static func age(_ time: Timestamp?, _ now: Timestamp) -> JSONValue {
    time.map { .int(Int(now.seconds(since: $0))) } ?? .null
  }

  private static func point(_ point: TrendPoint) -> JSONValue {
    .object(
      JSONObject([
        ("run", .string(point.run)), ("at", .string(point.at.rfc3339)),
        ("open", .int(point.open)), ("written", .int(point.written)),
      ]))
  }

  private static func delta(_ delta: ReportDelta?) -> JSONValue {
    guard let delta else { return .null }
    return .object(
      JSONObject([
        ("since", .string(delta.since.rfc3339)), ("new_count", .int(delta.newCount)),
        ("gone_count", .int(delta.goneCount)), ("unchanged_count", .int(delta.unchangedCount)),
        ("new", .array(delta.new.map { .string($0) })),
        (
          "gone",
          .array(
            delta.gone.map { gone in
              .object(
                JSONObject([
                  ("id", .string(gone.id)), ("subject", .string(gone.subject)),
                  ("state", .string(gone.state.rawValue)),
                ]))
            })
        ),
      ]))
  }

  private static func refused(_ export: RefusedExport) -> JSONValue {
    .object(
      JSONObject([
        ("mapping", .string(export.mapping)), ("file", .string(export.file)),
        ("sha256", .string(export.sha256)), ("at", .string(export.at.rfc3339)),
        ("reason", .string(export.reason)), ("command", .string(export.command)),
      ]))
  }

  private static func rejected(_ row: RejectedRow) -> JSONValue {
    .object(
      JSONObject([
        ("mapping", .string(row.mapping)), ("file", .string(row.file)), ("line", .int(row.line)),
        ("column", ConflictView.text(row.column)), ("reason", .string(row.reason)),
      ]))
  }

  static func rail(_ rail: TrippedRail) -> JSONValue {
    .object(
      JSONObject([
        ("name", .string(rail.name)), ("mapping", ConflictView.text(rail.mapping)),
        ("measured", .int(rail.measured)), ("limit", .int(rail.limit)),
        ("field", ConflictView.text(rail.field)), ("held", .int(rail.held)),
        ("plan", .string(rail.planDigest)), ("command", ConflictView.text(rail.command)),
      ]))
  }
}
