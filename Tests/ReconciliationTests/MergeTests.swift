import Formats
import Reconciliation
import Testing

/// The table of Contract#Merge, written as text.
///
/// One row per combination of S vs R, S vs B, R vs B; one column per policy. `W` write S,
/// `A` accept R, `C` conflict, `K` kept apart, `F` fill (write S if R is blank, else accept R),
/// `L` the later change, `T` the later unless too close or unknown.
private let table = """
  row               ask source remote fill_blank newest
  moved/same        W   W      A      F          W
  same/moved        C   W      A      F          A
  moved/moved       C   W      A      F          T
  same/same         K   K      K      K          K
  nobase/absent     W   W      A      W          W
  nobase/present    C   W      A      F          T
  """

private let rules: [String: [String: Character]] = {
  let lines = table.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
  var rules: [String: [String: Character]] = [:]
  for line in lines.dropFirst() {
    for (policy, cell) in zip(lines[0].dropFirst(), line.dropFirst()) {
      rules[line[0], default: [:]][policy] = Character(cell)
    }
  }
  return rules
}()

private let values: [FieldValue] = [
  .absent, .present(.null), .text(""), .text("a"), .text("b"), .present(json("1")),
]

/// Leads of the source over the remote in seconds; nil for an unknown time.
private let leads: [Double?] = [nil, 0, 119.999, -119.999, 120, -120, 4000, -4000]

private func expected(
  _ source: FieldValue, _ remote: FieldValue, _ base: BasePair, _ policy: Policy, _ lead: Double?
) -> MergeStep {
  if source == remote { return .agree }
  let row: String
  if let sourceBase = base.source, let remoteBase = base.remote {
    row =
      (source == sourceBase ? "same" : "moved") + "/" + (remote == remoteBase ? "same" : "moved")
  } else {
    row = remote == .absent ? "nobase/absent" : "nobase/present"
  }
  let isBlank = [.absent, .present(.null), .text("")].contains(remote)
  switch rules[row]?[policy.rawValue] {
  case "W": return .writeSource
  case "A": return .acceptRemote
  case "C": return .conflict
  case "K": return .keptApart
  case "F": return isBlank ? .writeSource : .acceptRemote
  case "T":
    guard let lead, abs(lead) >= 120 else { return .conflict }
    return lead > 0 ? .writeSource : .acceptRemote
  default:
    Issue.record("the table has no cell for \(row), \(policy.rawValue)")
    return .agree
  }
}

@Test func `every combination of values, bases, policies and times merges as the table says`() {
  var seen = 0
  for source in values {
    for remote in values {
      let bases =
        [BasePair.none]
        + values.flatMap { own in values.map { BasePair(source: own, remote: $0) } }
      for base in bases {
        for policy in Policy.allCases {
          for lead in leads {
            let times = ChangeTimes(
              source: lead.map { noon.adding(seconds: $0) }, remote: noon)
            let verdict = merge(
              source: source, remote: remote, base: base, policy: policy, times: times)
            let wanted = expected(source, remote, base, policy, lead)
            if verdict.step != wanted {
              Issue.record(
                "\(source) \(remote) \(base) \(policy) \(String(describing: lead)): \(verdict.step)"
              )
            }
            seen += 1
          }
        }
      }
    }
  }
  #expect(seen == 6 * 6 * 37 * 5 * 8)
}

@Test func `an unknown remote time is as undecidable as an unknown source time`() {
  let times = ChangeTimes(source: noon, remote: nil)
  let verdict = merge(
    source: .text("a"), remote: .text("b"), base: .none, policy: .newest, times: times)
  #expect(verdict.step == .conflict)
}

@Test func `values are equal by number, by normal form and by set`() throws {
  #expect(FieldValue.present(json("1.0")) == .present(json("1")))
  #expect(
    FieldValue.present(json("12345678901234567890")) != .present(json("12345678901234567891")))
  #expect(FieldValue.text("\u{E9}") == .text("e\u{301}"))
  #expect(FieldValue.absent != .present(.null))
  #expect(FieldValue.present(.null) != .text(""))
  let set = try sap(
    fields: #"{"column": "T", "metadata": "t", "type": "list", "unordered": true}"#
  ).fields[0]
  #expect(
    set.canonical(.present(json(#"["b","a","b"]"#))) == set.canonical(.present(json(#"["a","b"]"#)))
  )
  let list = try sap(fields: #"{"column": "T", "metadata": "t", "type": "list"}"#).fields[0]
  #expect(
    list.canonical(.present(json(#"["b","a"]"#))) != list.canonical(.present(json(#"["a","b"]"#))))
}

@Test(arguments: [
  // S, R, base, policy, loser
  ("b", "a", "a", Policy.ask, Side?.none), ("b", "a", "a", .remote, .source),
  ("a", "b", "a", .source, .remote), ("a", "b", "a", .remote, .source),
  ("b", "c", "a", .source, .remote), ("b", "c", "a", .fillBlank, .source),
  ("b", "c", "a", .ask, nil),
])
func `the side that a policy overrules is named`(
  source: String, remote: String, base: String, policy: Policy, loser: Side?
) {
  let verdict = merge(
    source: .text(source), remote: .text(remote), base: BasePair(agreed: .text(base)),
    policy: policy, times: ChangeTimes(source: nil, remote: nil))
  #expect(verdict.loser == loser)
}
