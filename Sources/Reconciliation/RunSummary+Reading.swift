public import Formats

extension RunSummary {
  /// Reads the document that `json` writes; members that are missing keep their empty values.
  ///
  /// Nil if it is no summary: without `run`, `command` or `started_at`.
  public init?(json: JSONValue) {
    guard let run = json["run"]?.text, let command = json["command"]?.text,
      let start = json["started_at"]?.text.flatMap({ Timestamp(rfc3339: $0) })
    else { return nil }
    self.init(
      run: run, command: command, dryRun: json["dry_run"]?.boolValue ?? false, startedAt: start)
    result = json["result"]?.text.flatMap { RunResult(rawValue: $0) } ?? .ok
    exit = json["exit"]?.int ?? 0
    durationMilliseconds = json["duration_ms"]?.int ?? 0
    pull = Pull(json: json["pull"] ?? .null)
    imports = (json["imports"]?.arrayValue ?? []).compactMap { Import(json: $0) }
    waiting = (json["waiting"]?.arrayValue ?? []).compactMap { WaitingExport(json: $0) }
    sources = (json["sources"]?.arrayValue ?? []).compactMap { Source(json: $0) }
    passedOver = (json["passed_over"]?.arrayValue ?? []).compactMap { PassedOver(json: $0) }
    for situation in Situation.allCases {
      if let items = json["situations"]?[situation.rawValue]?.int { situations[situation] = items }
    }
    plan = Plan(json: json["plan"] ?? .null)
    rails = (json["rails"]?.arrayValue ?? []).compactMap { Rail(json: $0) }
    undo = Undo(json: json["undo"] ?? .null)
    push = Push(json: json["push"] ?? .null)
    conflicts = Conflicts(json: json["conflicts"] ?? .null)
    rate.requests = json["rate"]?["requests"]?.int ?? 0
    rate.throttled = json["rate"]?["throttled"]?.int ?? 0
    rate.waitedMilliseconds = json["rate"]?["waited_ms"]?.int ?? 0
    nearMisses = (json["near_misses"]?.arrayValue ?? []).compactMap { NearMiss(json: $0) }
    headline = json["headline"]?.text
    messages = (json["messages"]?.arrayValue ?? []).compactMap(\.text)
  }
}

extension RunSummary.Pull {
  fileprivate init(json: JSONValue) {
    self.init()
    requests = json["requests"]?.int ?? 0
    rows = json["rows"]?.int ?? 0
    changed = json["changed"]?.int ?? 0
    complete = json["complete"]?.boolValue ?? false
    full = json["full"]?.boolValue ?? false
    recordCount = json["record_count"]?.int
  }
}

extension RunSummary.WaitingExport {
  fileprivate init?(json: JSONValue) {
    guard let mapping = json["mapping"]?.text, let file = json["file"]?.text else { return nil }
    self.init(mapping: mapping, file: file, reason: json["reason"]?.text ?? "")
  }
}

extension RunSummary.Import {
  fileprivate init?(json: JSONValue) {
    guard let mapping = json["mapping"]?.text, let file = json["file"]?.text else { return nil }
    self.init(
      mapping: mapping, file: file, sha256: json["sha256"]?.text ?? "",
      mode: json["mode"]?.text ?? "", state: json["state"]?.text ?? "")
    reason = json["reason"]?.text
    rows = json["rows"]?.int ?? 0
    accepted = json["accepted"]?.int ?? 0
    rejected = json["rejected"]?.int ?? 0
    added = json["added"]?.int ?? 0
    changed = json["changed"]?.int ?? 0
    removed = json["removed"]?.int ?? 0
    unchanged = json["unchanged"]?.int ?? 0
    setAside = SetAside(json: json["set_aside"] ?? [:])
    stale = json["stale"]?.int ?? 0
    readAgain = json["read_again"]?.boolValue ?? false
    parts = json["parts"]?.arrayValue?.compactMap(\.text) ?? []
    rejections = (json["rejections"]?.arrayValue ?? []).map {
      RunSummary.RejectedRow(
        file: $0["file"]?.text, line: $0["line"]?.int ?? 0, column: $0["column"]?.text,
        reason: $0["reason"]?.text ?? "")
    }
  }
}

extension RunSummary.Plan {
  fileprivate init(json: JSONValue) {
    self.init()
    digest = json["digest"]?.text ?? ""
    updates = json["updates"]?.int ?? 0
    fields = json["fields"]?.int ?? 0
    conflicts = json["conflicts"]?.int ?? 0
    held = json["held"]?.int ?? 0
    withheld = json["withheld"]?.int ?? 0
    approval = json["approval"]?.text
    requests = json["requests"]?.int ?? 0
    seconds = json["seconds"]?.int ?? 0
    assessed = json["assessed"]?.int ?? 0
  }
}

extension RunSummary.Rail {
  fileprivate init?(json: JSONValue) {
    guard let name = json["name"]?.text else { return nil }
    self.init(
      name: name, mapping: json["mapping"]?.text, measured: json["measured"]?.int ?? 0,
      limit: json["limit"]?.int ?? 0, tripped: json["tripped"]?.boolValue ?? false)
    field = json["field"]?.text
    held = json["held"]?.int ?? 0
  }
}

extension RunSummary.NearMiss {
  fileprivate init?(json: JSONValue) {
    guard let mapping = json["mapping"]?.text, let remote = json["remote"]?.text,
      let source = json["source"]?.text
    else { return nil }
    self.init(
      mapping: mapping, remote: remote, source: source,
      differences: (json["differ_in"]?.arrayValue ?? []).compactMap {
        $0.text.flatMap(Lookalike.Difference.init)
      },
      normalize: (json["normalize"]?.arrayValue ?? []).compactMap(\.text),
      pairs: json["pairs"]?.int ?? 0, isAtLeast: json["at_least"]?.boolValue ?? false)
  }
}

extension RunSummary.Push {
  fileprivate init(json: JSONValue) {
    self.init()
    requests = json["requests"]?.int ?? 0
    attempted = json["attempted"]?.int ?? 0
    applied = json["applied"]?.int ?? 0
    failed = json["failed"]?.int ?? 0
    skipped = json["skipped"]?.int ?? 0
  }
}

extension RunSummary.Conflicts {
  fileprivate init(json: JSONValue) {
    self.init()
    open = json["open"]?.int ?? 0
    opened = json["opened"]?.int ?? 0
    closed = json["closed"]?.int ?? 0
    lapsed = json["lapsed"]?.int ?? 0
  }
}

extension RunSummary.Undo {
  fileprivate init?(json: JSONValue) {
    guard let run = json["run"]?.text else { return nil }
    self.init(run: run)
    wrote = json["wrote"]?.int ?? 0
    leftCount = json["left_count"]?.int ?? 0
    left = (json["left"]?.arrayValue ?? []).map { one in
      Left(
        reset: one["reset"]?.text ?? "", mapping: one["mapping"]?.text ?? "",
        reference: one["reference"]?.text ?? "", field: one["field"]?.text,
        reason: one["reason"]?.text ?? "")
    }
  }
}
