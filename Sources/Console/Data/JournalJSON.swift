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
    let said = [entry.subject, Self.words(entry.payload)].filter { !$0.isEmpty }
    return "\(times.short(time))  \(run)\(mapping)\(VisibleText.of(entry.kind))  "
      + VisibleText.of(
        ShownValue.shortened(masking.text(said.joined(separator: "  ")), to: 600))
  }

  /// Facts as `name value`, fields as `name: before → after`.
  private static func words(_ facts: JSONValue) -> String {
    guard let members = facts.objectValue?.members else { return facts.written() }
    return members.compactMap { member -> String? in
      let name = member.key.value
      if name == "update" { return nil }
      if name == "fields", let fields = member.value.arrayValue {
        return fields.map(moved).joined(separator: ", ")
      }
      return "\(name.replacing("_", with: " ")) \(member.value.text ?? member.value.written())"
    }.joined(separator: ", ")
  }

  private static func moved(_ field: JSONValue) -> String {
    guard let name = field["field"]?.text, let before = field["before"]?.arrayValue,
      let after = field["after"]?.arrayValue
    else { return field.written() }
    let sides = [before, after].map { $0.first?.written() ?? "not set" }
    return "\(name): \(sides[0]) → \(sides[1])"
  }
}
