internal import Formats
internal import Reconciliation

/// The metrics in the text format of Prometheus (version 0.0.4).
public struct MetricsPage {
  /// The media type of the format.
  public static let mediaType = "text/plain; version=0.0.4; charset=utf-8"

  private var out = ""

  /// The page.
  public static func text(_ recorder: MetricsRecorder, _ gauges: MetricsGauges) -> String {
    var page = MetricsPage()
    page.program(gauges)
    page.runs(recorder.snapshot, gauges)
    page.traffic(recorder.snapshot, gauges)
    page.state(gauges)
    return page.out
  }

  private mutating func program(_ gauges: MetricsGauges) {
    head("resetsync_up", "gauge", "Whether database, credentials and the last pull are in order.")
    line("resetsync_up", [], gauges.isReady ? "1" : "0")
    head("resetsync_paused", "gauge", "Whether a person holds all writing back: 1 or 0.")
    line("resetsync_paused", [], gauges.isPaused ? "1" : "0")
    head("resetsync_build_info", "gauge", "The version, in a label; the value is always 1.")
    line("resetsync_build_info", [("version", gauges.version)], "1")
  }

  private mutating func runs(_ counts: MetricsRecorder.Counts, _ gauges: MetricsGauges) {
    head("resetsync_runs_total", "counter", "Runs that ended, by command and result.")
    for (label, count) in counts.runs.sorted(by: {
      ($0.key.command, $0.key.result) < ($1.key.command, $1.key.result)
    }) {
      line(
        "resetsync_runs_total", [("command", label.command), ("result", label.result)],
        String(count))
    }
    let name = "resetsync_run_duration_seconds"
    head(name, "histogram", "How long runs took, in seconds.")
    for (command, took) in counts.durations.sorted(by: { $0.key < $1.key }) {
      let label = ("command", command)
      for (bound, count) in zip(MetricsRecorder.durationBounds, took.buckets) {
        line(name + "_bucket", [label, ("le", Self.spelled(bound))], String(count))
      }
      line(name + "_bucket", [label, ("le", "+Inf")], String(took.count))
      line(name + "_sum", [label], Self.spelled(took.sum))
      line(name + "_count", [label], String(took.count))
    }
    head(
      "resetsync_last_success_timestamp_seconds", "gauge",
      "When each command last ended well, in seconds since 1970.")
    for (command, time) in gauges.lastSuccess.sorted(by: { $0.key < $1.key }) {
      line(
        "resetsync_last_success_timestamp_seconds", [("command", command)],
        Self.spelled(Double(time.microseconds) / 1_000_000))
    }
  }

  private mutating func traffic(_ counts: MetricsRecorder.Counts, _ gauges: MetricsGauges) {
    head("resetsync_api_requests_total", "counter", "Requests to the API, by class and status.")
    for (label, count) in counts.requests.sorted(by: {
      ($0.key.className, $0.key.status) < ($1.key.className, $1.key.status)
    }) {
      line(
        "resetsync_api_requests_total", [("class", label.className), ("status", label.status)],
        String(count))
    }
    head("resetsync_api_throttled_total", "counter", "Requests that the API answered with 429.")
    line("resetsync_api_throttled_total", [], String(counts.throttled))
    head("resetsync_rate_budget_remaining", "gauge", "Requests left in the windows, by class.")
    for (name, left) in gauges.rateBudget.sorted(by: { $0.key < $1.key }) {
      line("resetsync_rate_budget_remaining", [("class", name)], String(left))
    }
    head("resetsync_rows_pulled_total", "counter", "Rows received from the API.")
    line("resetsync_rows_pulled_total", [], String(counts.rowsPulled))
    head("resetsync_rows_imported_total", "counter", "Rows of exports that became records.")
    byMapping("resetsync_rows_imported_total", counts.rowsImported)
    head("resetsync_rows_rejected_total", "counter", "Rows of exports that could not be used.")
    byMapping("resetsync_rows_rejected_total", counts.rowsRejected)
  }

  private mutating func state(_ gauges: MetricsGauges) {
    head("resetsync_items", "gauge", "Items by mapping and situation.")
    for (mapping, counts) in gauges.items.sorted(by: { $0.key < $1.key }) {
      for situation in Situation.allCases {
        line(
          "resetsync_items", [("mapping", mapping), ("situation", situation.rawValue)],
          String(counts[situation, default: 0]))
      }
    }
    head("resetsync_conflicts_open", "gauge", "Open conflicts by severity and age.")
    for severity in Severity.allCases {
      for age in AgeBucket.allCases {
        line(
          "resetsync_conflicts_open", [("severity", severity.rawValue), ("age", age.name)],
          String(gauges.openConflicts[severity]?[age] ?? 0))
      }
    }
    head("resetsync_outbox_depth", "gauge", "Updates that wait to be sent or settled, by state.")
    for (state, count) in gauges.outbox.sorted(by: { $0.key < $1.key }) {
      line("resetsync_outbox_depth", [("state", state)], String(count))
    }
    head("resetsync_mirror_bytes", "gauge", "Size of the mirror, by file.")
    for (file, size) in [("data", gauges.mirrorBytes.file), ("log", gauges.mirrorBytes.log)] {
      line("resetsync_mirror_bytes", [("file", file)], String(size))
    }
    head(
      "resetsync_source_age_seconds", "gauge",
      "Seconds since the last export that was accepted or the same again; +Inf before the first.")
    for (mapping, time) in gauges.deliveredAt.sorted(by: { $0.key < $1.key }) {
      line(
        "resetsync_source_age_seconds", [("mapping", mapping)],
        time.map { Self.spelled(max(0, gauges.now.seconds(since: $0))) } ?? "+Inf")
    }
    head(
      "resetsync_source_reachable", "gauge",
      "Whether the folders of a source could be looked into: 1 or 0.")
    for mapping in gauges.deliveredAt.keys.sorted() {
      line(
        "resetsync_source_reachable", [("mapping", mapping)],
        gauges.unreachable.contains(mapping) ? "0" : "1")
    }
  }

  // MARK: - The format

  private mutating func byMapping(_ name: String, _ counts: [String: Int]) {
    for (mapping, count) in counts.sorted(by: { $0.key < $1.key }) {
      line(name, [("mapping", mapping)], String(count))
    }
  }

  private mutating func head(_ name: String, _ type: String, _ help: String) {
    out += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
  }

  private mutating func line(_ name: String, _ labels: [(String, String)], _ value: String) {
    out += name
    if !labels.isEmpty {
      let pairs = labels.map { "\($0.0)=\"\(Self.escaped($0.1))\"" }
      out += "{\(pairs.joined(separator: ","))}"
    }
    out += " \(value)\n"
  }

  /// A label's value: backslash, quote and line end escaped.
  private static func escaped(_ text: String) -> String {
    var out = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\\": out += "\\\\"
      case "\"": out += "\\\""
      case "\n": out += "\\n"
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out
  }

  /// A number without needless decimals.
  private static func spelled(_ number: Double) -> String {
    number == number.rounded() && abs(number) < 1e15 ? String(Int(number)) : "\(number)"
  }
}
