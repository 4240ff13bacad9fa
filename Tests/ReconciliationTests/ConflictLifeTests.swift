import Formats
import Reconciliation
import Testing

/// One row per state: what each event leads to (`-` nothing changes, `x` not possible).
private let table = """
  state same other flight gone decide apply settle snooze wake reopen
  in_flight open.new open.new - auto_closed decided x x snoozed x open.ongoing
  open open.ongoing open.ongoing open.ongoing auto_closed decided x x snoozed x -
  decided - lapsed,open.ongoing - auto_closed decided applied applied,closed x x open.ongoing
  applied - open.regressed - closed x - closed x x open.reopened
  closed open.regressed open.regressed open.regressed - x - - x x open.reopened
  kept - open.regressed - auto_closed x - - x x open.reopened
  snoozed - open.ongoing - auto_closed decided x x - open.ongoing open.ongoing
  auto_closed open.regressed open.regressed open.regressed - x x x x x open.reopened
  """

private let events: [String: ConflictEvent] = [
  "same": .seen(sameFacts: true, inFlight: false),
  "other": .seen(sameFacts: false, inFlight: false),
  "flight": .seen(sameFacts: true, inFlight: true), "gone": .gone, "decide": .decide,
  "apply": .apply, "settle": .settle, "snooze": .snooze, "wake": .wake, "reopen": .reopen,
]

@Test func `every state answers every event as the table says`() throws {
  let rows = table.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
  for row in rows.dropFirst() {
    let life: ConflictLife =
      switch row[0] {
      case "kept": ConflictLife(.closed, isRemembered: true)
      case "open": ConflictLife(.open, .new)
      default: ConflictLife(try #require(ConflictState(rawValue: row[0])))
      }
    for (name, wanted) in zip(rows[0].dropFirst(), row.dropFirst()) {
      let path = life.after(try #require(events[name]))
      let found = path.map { states in
        states.isEmpty
          ? "-"
          : states.map { $0.state.rawValue + ($0.substate.map { ".\($0)" } ?? "") }
            .joined(separator: ",")
      }
      #expect(found ?? "x" == wanted, "\(row[0]) \(name)")
    }
  }
}

@Test func `an open conflict that was seen before stays what it is`() {
  for substate in [OpenSubstate.ongoing, .regressed, .reopened] {
    for isInFlight in [false, true] {
      let life = ConflictLife(.open, substate)
      #expect(life.after(.seen(sameFacts: false, inFlight: isInFlight)) == [])
    }
  }
}

@Test func `what a person asked anew stays so until it is settled`() {
  let reopened = ConflictLife(.open, .reopened)
  #expect(reopened.after(.decide) == [ConflictLife(.decided, .reopened)])
  #expect(reopened.after(.snooze) == [ConflictLife(.snoozed, .reopened)])
  #expect(ConflictLife(.snoozed, .reopened).after(.wake) == [reopened])
  #expect(
    ConflictLife(.decided, .reopened).after(.seen(sameFacts: false, inFlight: false))
      == [ConflictLife(.lapsed, .reopened), reopened])
  #expect(
    ConflictLife(.decided, .reopened).after(.settle)
      == [ConflictLife(.applied), ConflictLife(.closed)])
  #expect(reopened.after(.gone) == [ConflictLife(.autoClosed)])
}

@Test func `a conflict is born open or in flight`() {
  #expect(ConflictLife.born(inFlight: false) == ConflictLife(.open, .new))
  #expect(ConflictLife.born(inFlight: true) == ConflictLife(.inFlight))
}

@Test(arguments: [
  ("source", Resolution.source), ("remote", .remote), ("apart", .apart), ("ignore", .ignore),
  ("value=\"x\"", .value("x")), ("value=1.50", .value(json("1.50"))),
  ("link=abc", .link(resetID: "abc")),
])
func `a decision reads as it is typed`(text: String, take: Resolution) throws {
  #expect(try Resolution(parsing: text) == take)
  #expect(take.text == text)
}

@Test(arguments: [
  ("sorce", "did you mean \"source\""), ("value=x", "needs its quotes"), ("link=", "needs the id"),
])
func `a decision that is none is explained`(text: String, words: String) {
  let error = #expect(throws: ResolutionError.self) { try Resolution(parsing: text) }
  #expect(error?.message.contains(words) == true)
}

@Test func `every kind can be decided, fields without ignore and others without value`() {
  for kind in ConflictKind.allCases {
    let allowed = ResolutionForm.allowed(for: kind)
    #expect(!allowed.isEmpty)
    #expect(allowed.contains(.ignore) != kind.hasField)
    if allowed.contains(.value) { #expect(kind.hasField) }
  }
}

@Test func `severity follows the kind and orders by urgency`() {
  #expect(ConflictKind.identityMismatch.severity == .critical)
  #expect(ConflictKind.rekeyed.severity == .high)
  #expect(ConflictKind.unknownOrigin.severity == .medium)
  #expect(ConflictKind.sourceDeleted.severity == .low)
  #expect(Severity.allCases.sorted() == [.low, .medium, .high, .critical])
}

@Test(arguments: [
  ConflictIdentity(kind: .conflict, mapping: "sap", subject: .reset("r"), field: "/a"),
  ConflictIdentity(
    kind: .sourceDuplicate, mapping: "sap", subject: .key(Key(origin: "o", reference: "\"1"))),
  ConflictIdentity(kind: .unknownOrigin, mapping: nil, subject: .origin(nil)),
  ConflictIdentity(kind: .unknownOrigin, mapping: nil, subject: .origin("")),
  ConflictIdentity(
    kind: .unreferenced, mapping: "sap",
    subject: .reset("r", suggested: Key(origin: "o", reference: "1"))),
])
func `an identity can be stored and read back`(identity: ConflictIdentity) {
  #expect(ConflictIdentity(text: identity.text) == identity)
  #expect(identity.id.count == 13)
}

@Test func `ages fall into the steps of the report`() {
  let days: [(Double, AgeBucket)] = [
    (0, .upToOneDay), (0.99, .upToOneDay), (1, .upToThreeDays), (3, .upToOneWeek),
    (7, .upToThirtyDays), (30, .older),
  ]
  for (age, bucket) in days {
    #expect(AgeBucket(firstSeen: noon.adding(seconds: -age * 86_400), now: noon) == bucket)
  }
}

@Test func `rivals are duplicates and collisions`() {
  #expect(
    ConflictKind.allCases.filter(\.hasRivals) == [
      .sourceDuplicate, .remoteDuplicate, .keyCollision,
    ])
}
