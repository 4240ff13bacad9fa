public import Formats
public import Mirror

extension JournalLine {
  /// The entry as `explain` and `runs show` write it.
  public func json(_ masking: Masking) -> JSONValue {
    .object(
      JSONObject([
        ("sequence", .int(Int(sequence))), ("time", .string(time.rfc3339)),
        ("run", run.isEmpty ? .null : .string(run)), ("kind", .string(entry.kind)),
        ("mapping", entry.mapping.isEmpty ? .null : .string(entry.mapping)),
        ("subject", masking.value(.string(entry.subject))),
        ("facts", masking.value(entry.payload)),
      ]))
  }

  /// The entry in one line for a terminal: time, run, what, whom, facts.
  public func text(_ masking: Masking, times: TimeWords) -> String {
    let run = run.isEmpty ? "" : "run \(VisibleText.of(run))  "
    let mapping = entry.mapping.isEmpty ? "" : "\(SystemNames.source(entry.mapping)) "
    let facts = entry.payload == .object([:]) ? "" : "  " + entry.payload.written()
    return "\(times.short(time))  \(run)\(mapping)\(VisibleText.of(entry.kind))  "
      + VisibleText.of(ShownValue.shortened(masking.text(entry.subject + facts), to: 600))
  }
}
