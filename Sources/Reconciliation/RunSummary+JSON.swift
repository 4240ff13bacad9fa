public import Formats

extension RunSummary {
  /// The summary as the contract's JSON document (README, "Summary of a run").
  public var json: JSONValue {
    .object(
      JSONObject([
        ("run", .string(run)), ("command", .string(command)),
        ("result", .string(result.rawValue)), ("exit", .int(exit)), ("dry_run", .bool(dryRun)),
        ("started_at", .string(startedAt.rfc3339)), ("duration_ms", .int(durationMilliseconds)),
        ("pull", pull.json), ("imports", .array(imports.map(\.json))),
        ("waiting", .array(waiting.map(\.json))), ("sources", .array(sources.map(\.json))),
        ("passed_over", .array(passedOver.map(\.json))),
        ("situations", situationsJSON), ("plan", plan.json),
        ("rails", .array(rails.map(\.json))), ("undo", undo?.json ?? .null), ("push", push.json),
        ("conflicts", conflicts.json), ("rate", rate.json),
        ("near_misses", .array(nearMisses.map(\.json))),
        ("headline", headline.map { .string($0) } ?? .null),
        ("messages", .array(messages.map { .string($0) })),
      ]))
  }

  private var situationsJSON: JSONValue {
    .object(
      JSONObject(Situation.allCases.map { ($0.rawValue, .int(situations[$0, default: 0])) }))
  }
}

extension RunSummary.Pull {
  fileprivate var json: JSONValue {
    .object(
      JSONObject([
        ("requests", .int(requests)), ("rows", .int(rows)), ("changed", .int(changed)),
        ("complete", .bool(complete)), ("full", .bool(full)),
        ("record_count", recordCount.map { .int($0) } ?? .null),
      ]))
  }
}

extension RunSummary.Import {
  /// The import as the contract's JSON object.
  public var json: JSONValue {
    .object(
      JSONObject([
        ("mapping", .string(mapping)), ("file", .string(file)), ("sha256", .string(sha256)),
        ("mode", .string(mode)), ("state", .string(state)),
        ("reason", reason.map { .string($0) } ?? .null), ("rows", .int(rows)),
        ("accepted", .int(accepted)), ("rejected", .int(rejected)), ("added", .int(added)),
        ("changed", .int(changed)), ("removed", .int(removed)), ("unchanged", .int(unchanged)),
        ("set_aside", setAside.json), ("stale", .int(stale)),
        ("read_again", .bool(readAgain)), ("parts", .array(parts.map { .string($0) })),
        ("rejections", .array(rejections.map(\.json))),
      ]))
  }
}

extension RunSummary.WaitingExport {
  fileprivate var json: JSONValue {
    ["mapping": .string(mapping), "file": .string(file), "reason": .string(reason)]
  }
}

extension RunSummary.RejectedRow {
  fileprivate var json: JSONValue {
    [
      "file": file.map { .string($0) } ?? .null, "line": .int(line),
      "column": column.map { .string($0) } ?? .null,
      "reason": .string(reason),
    ]
  }
}

extension RunSummary.Plan {
  fileprivate var json: JSONValue {
    .object(
      JSONObject([
        ("digest", .string(digest)), ("updates", .int(updates)), ("fields", .int(fields)),
        ("conflicts", .int(conflicts)), ("held", .int(held)), ("withheld", .int(withheld)),
        ("approval", approval.map { .string($0) } ?? .null), ("requests", .int(requests)),
        ("seconds", .int(seconds)), ("assessed", .int(assessed)),
      ]))
  }
}

extension RunSummary.Rail {
  fileprivate var json: JSONValue {
    .object(
      JSONObject([
        ("name", .string(name)), ("mapping", mapping.map { .string($0) } ?? .null),
        ("measured", .int(measured)), ("limit", .int(limit)), ("tripped", .bool(tripped)),
        ("field", field.map { .string($0) } ?? .null), ("held", .int(held)),
      ]))
  }
}

extension RunSummary.Undo {
  fileprivate var json: JSONValue {
    [
      "run": .string(run), "wrote": .int(wrote), "left_count": .int(leftCount),
      "left": .array(
        left.map { one in
          [
            "reset": .string(one.reset), "mapping": .string(one.mapping),
            "reference": .string(one.reference), "field": one.field.map { .string($0) } ?? .null,
            "reason": .string(one.reason),
          ]
        }),
    ]
  }
}

extension RunSummary.NearMiss {
  fileprivate var json: JSONValue {
    [
      "mapping": .string(mapping), "remote": .string(remote), "source": .string(source),
      "differ_in": .array(differences.map { .string($0.rawValue) }),
      "normalize": .array(normalize.map { .string($0) }), "pairs": .int(pairs),
      "at_least": .bool(isAtLeast),
    ]
  }
}

extension RunSummary.Push {
  fileprivate var json: JSONValue {
    .object(
      JSONObject([
        ("requests", .int(requests)), ("attempted", .int(attempted)), ("applied", .int(applied)),
        ("failed", .int(failed)), ("skipped", .int(skipped)),
      ]))
  }
}

extension RunSummary.Conflicts {
  fileprivate var json: JSONValue {
    .object(
      JSONObject([
        ("open", .int(open)), ("opened", .int(opened)), ("closed", .int(closed)),
        ("lapsed", .int(lapsed)),
      ]))
  }
}

extension RunSummary.Rate {
  fileprivate var json: JSONValue {
    .object(
      JSONObject([
        ("requests", .int(requests)), ("throttled", .int(throttled)),
        ("waited_ms", .int(waitedMilliseconds)),
      ]))
  }
}
