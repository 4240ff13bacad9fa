import Formats
import Reconciliation
import Testing

private let updates: [PlannedUpdate] = [
  PlannedUpdate(
    resetID: "r1", mapping: "sap", key: Key(origin: "sap", reference: "1"),
    fields: [
      FieldWrite(
        metadata: "group", expected: .absent, value: .text("a"), reason: .first,
        afterBase: BasePair(agreed: .text("a"))),
      FieldWrite(
        metadata: "/erp/limit", expected: .present(json("1.50")), value: .absent,
        reason: .policy, afterBase: BasePair(agreed: .absent)),
      FieldWrite(
        metadata: "note", expected: .present(.null), value: .text("x"), reason: .decision,
        afterBase: BasePair(source: .text("s"), remote: .text("x"))),
    ],
    decisions: ["c0123456789ab"]),
  PlannedUpdate(
    resetID: "r2", mapping: "sap", key: Key(origin: "sap", reference: "2"), fields: [],
    reference: TextWrite(expected: nil, value: "002"),
    referenceOrigin: TextWrite(expected: "crm", value: "sap")),
]

private func header(_ updates: [PlannedUpdate]) -> PlanHeader {
  var digest = PlanDigest()
  for update in updates { digest.add(update) }
  return PlanHeader(
    digest: digest.hex, run: "7", createdAt: noon, organization: "acme", mode: "test",
    mappings: ["sap": "ab", "crm": "cd"], updates: updates.count, expectedSeconds: 1)
}

@Test func `a plan that was written reads back as it was`() throws {
  let text = PlanFile.written(header(updates), updates)
  let read = try PlanFile(parsing: Array(text.utf8))
  #expect(read.header == header(updates))
  #expect(read.updates == updates)
  #expect(read.updates[0].fields[1].expected.json?.written() == "1.50")
  #expect(text.split(separator: "\n").count == 16)
  // A plan that doesn't say how long it takes is as good.
  let silent = text.replacing(#""expected_seconds": 1"#, with: #""expected_minutes": 1"#)
  #expect(try PlanFile(parsing: Array(silent.utf8)).header.expectedSeconds == 0)
  let empty = PlanFile.written(header([]), [])
  #expect(try PlanFile(parsing: Array(empty.utf8)).updates.isEmpty)
}

@Test func `a plan that was changed by hand is refused`() {
  let text = PlanFile.written(header(updates), updates)
  for (old, new) in [("\"a\"", "\"b\""), ("r1", "r9"), ("\"002\"", "\"003\"")] {
    let error = #expect(throws: PlanFileError.self) {
      try PlanFile(parsing: Array(text.replacing(old, with: new).utf8))
    }
    #expect(error?.message.hasSuffix("write it again with --plan-out") == true)
  }
  #expect(throws: PlanFileError.self) { try PlanFile(parsing: Array("{}".utf8)) }
  #expect(throws: PlanFileError.self) { try PlanFile(parsing: Array("{".utf8)) }
}

@Test func `a plan knows what it costs`() {
  let cost = PlanCost(updates: 51)
  #expect(cost.reads == 3 && cost.writes == 51 && cost.requests == 54)
  #expect(cost.expectedSeconds(perMinute: 60, burst: 24) == 30)
  for (updates, reads) in [(0, 0), (1, 1), (24, 1), (25, 1), (26, 2), (50, 2)] {
    #expect(PlanCost(updates: updates).reads == reads)
  }
  #expect(PlanCost(updates: 0).expectedSeconds(perMinute: 60, burst: 24) == 0)
}

@Test func `a plan takes for ever where no requests are allowed`() {
  for updates in [0, 51] {
    #expect(PlanCost(updates: updates).expectedSeconds(perMinute: 0, burst: 24) == .infinity)
  }
  #expect(PlanCost(updates: 51).expectedSeconds(perMinute: 1, burst: 24) == 1800)
}
