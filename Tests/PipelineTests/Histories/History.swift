import CommerceLayer
import Effects
import Engine
import Formats
import Mirror
import Pipeline
import Reconciliation
import Sandbox
import TestKit

/// One seeded history: people edit both sides, runs follow, and after each of them the real line
/// and the oracle must agree.
final class History {
  /// What a history is about.
  enum Kind: String, CaseIterable {
    /// Every run is held against the oracle; now and then one meets a fault or a crash before.
    case judged
    /// Faults, crashes and other writers all the time: the promises must hold, and once the faults
    /// stop everything must come to rest.
    case stormy
  }

  let seed: UInt64
  let kind: Kind
  let random: SeededRandom
  let shop: SimulatedShop
  var oracle: Oracle
  /// The rows of the source as the next export will have them.
  var rows: [Oracle.Row] = []
  /// Keys whose rows changed since the last export: what a delta delivers.
  var changedKeys: Set<String> = []
  var names = 0
  /// Edited since the last pull: what the mirror does not know yet is not deleted.
  var touched: Set<String> = []
  var story: [String] = []
  /// What came up, so that a test can tell whether everything does.
  var happened: Set<String> = []
  /// Runs and undos that wrote something, and what.
  var written: [(run: String, updates: [String: Oracle.Update])] = []
  /// Whether a walk over everything follows the runs of this round.
  private var walksWhole = true
  /// A plan that a rail held, and its digest.
  var heldPlan: (digest: String, updates: [String: Oracle.Update])?

  init(seed: UInt64, kind: Kind) throws {
    self.seed = seed
    self.kind = kind
    random = SeededRandom(seed: seed)
    let isRailed = kind == .judged && seed % 2 == 0
    let rail = RailName.allCases[Int(seed / 2) % RailName.allCases.count]
    oracle = Oracle(rules: Self.rules(random, rail: isRailed ? rail : nil))
    shop = try SimulatedShop(
      rules: Self.mapping(oracle.rules), grace: oracle.rules.grace,
      safety: Self.safety(oracle.rules), seed: seed)
    rows = (1...5).map { row(key: "\($0)", raw: "\($0)") }
    changedKeys = Set(rows.map(\.raw))
    for _ in 0..<4 { create() }
  }

  /// What must come up among the histories of a kind, or the generator has lost something.
  static func mixture(_ kind: Kind) -> Set<String> {
    let edits = (0...14).map { "edit \($0)" }
    let both =
      edits + [
        "create", "edit", "delete", "export", "policy", "crash", "snooze", "reopen", "scheduler",
        "restart", "suspended", "clock jumps",
      ]
    guard kind == .judged else { return Set(both + ["weather", "run"]) }
    let rails = RailName.allCases.map { "rail \($0.rawValue)" }
    let decisions = [
      "conflict source", "conflict remote", "conflict value", "conflict apart", "invalid remote",
      "rekeyed remote", "rekeyed apart", "identity_mismatch link",
      "remote_duplicate link", "unreferenced link", "remote_only link", "source_only link",
      "source_deleted apart", "remote_deleted ignore", "unknown_origin ignore",
    ].map { "decide \($0)" }
    return Set(
      both + rails + decisions + [
        "run", "fault", "pause", "no push", "wrong organisation", "wrong mode", "saved plan",
        "stale plan", "approve", "undo",
      ])
  }

  func pick(_ count: Int) -> Int { Int(random.next() % UInt64(count)) }
  func one<Value>(of values: [Value]) -> Value { values[pick(values.count)] }

  /// The time of the world, in which people edit.
  var seconds: Double { Double(shop.time.now.microseconds) / 1_000_000 }
  /// The time that the program goes by.
  var programSeconds: Double { seconds + shop.clockOffset }

  /// Writes down what happens.
  func tell(_ event: String, _ details: String = "") {
    happened.insert(event)
    story.append("  \(event)\(details.isEmpty ? "" : " ")\(details)")
  }

  // MARK: The play

  /// Plays so many rounds; the differences found, nil when all is well.
  ///
  /// A walk over everything after each of them, or only after the last one.
  func play(rounds: Int, walkingWholeEach: Bool) async throws -> String? {
    for round in 1...rounds {
      walksWhole = walkingWholeEach || round == rounds
      story.append("round \(round)")
      for _ in 0..<pick(5) { edit() }
      // These two rails need a change of the mapping, and a walk that sees what is gone.
      let rail = oracle.rules.rail?.name
      let isChanged = rail == RailName.mappingChanged.rawValue ? pick(3) > 0 : pick(10) == 0
      if round > 2, isChanged { try changePolicy() }
      if round == 1 || pick(4) > 0 { try deliver() }
      let full = rail == RailName.remoteDeleted.rawValue ? pick(3) > 0 : pick(3) == 0
      let difference =
        kind == .judged
        ? try await judge(full: full, round) : try await weather(full: full, round)
      if let difference {
        return "seed \(seed) \(kind.rawValue)\n\(oracle.rules)\n"
          + story.joined(separator: "\n") + "\n" + difference
      }
      if pick(2) == 0 { try await decide() }
      shop.time.advance(seconds: one(of: [300, 300, 46_800, 46_800, 93_600]))
    }
    return nil
  }

  func crash(full: Bool) async throws {
    let isAtClock = pick(2) == 0
    let step = 1 + pick(isAtClock ? 40 : 9)
    shop.crash(at: step, of: isAtClock ? .clock : .request, afterEffect: pick(2) == 0)
    _ = try await shop.run(full: full)
    let crashed = try shop.reopen()
    tell("crash", "at \(isAtClock ? "clock" : "request") \(step): \(crashed)")
  }

  /// A walk over everything finds what the walk over the changes left; so many updates are held.
  func whole(_ round: Int, held: Int = 0) async throws -> String? {
    guard walksWhole else { return nil }
    let before = Situation.totals(of: try await shop.mirror.situations())
    let open = try await conflictStates()
    let (book, now, isDry) = (shop.book, shop.now, pick(3) > 0)
    let outcome = try await Reconciler(
      ReconcileRequest(
        run: "whole \(round)", now: now, book: book, isDryRun: isDry, walksAll: true),
      rails: Rails(settings: .off, sends: false, now: now)
    ).run(in: shop.mirror)
    let after = try await conflictStates()
    if after != open { return "a whole walk: conflicts " + Self.difference(after, open) }
    if outcome.tally.updates != held { return "a whole walk plans \(outcome.tally.updates)" }
    if outcome.situations != before {
      return "a whole walk finds \(Self.text(outcome.situations)), not \(Self.text(before))"
    }
    let flaws = try await shop.mirror.verify()
    return flaws.isEmpty ? nil : "verify: \(flaws)"
  }

  // MARK: Comparing

  /// `approving` is the digest of the plan that was approved with the run.
  func compare(
    _ summary: RunSummary, _ expected: Oracle.Outcome, approving: String? = nil
  ) async throws -> String? {
    noteWrites()
    var differences: [String] = []
    let isStale = approving != nil && approving != summary.plan.digest
    var result: RunResult = isStale && !expected.verdict.isApproved ? .stalePlan : .ok
    if expected.verdict.blocks { result = .railTripped }
    if expected.isStrange { result = .inputNotTrusted }
    if summary.result != result {
      differences.append("result \(summary.result), expected \(result): \(summary.messages)")
    }
    if let rail = oracle.rules.rail, let difference = compare(rail.name, summary, expected) {
      differences.append(difference)
    }
    let situations = Dictionary(
      uniqueKeysWithValues: summary.situations.filter { $0.value > 0 }.map {
        ($0.key.rawValue, $0.value)
      })
    if situations != expected.situations {
      differences.append("situations \(situations), expected \(expected.situations)")
    }
    if summary.plan.updates != expected.updates {
      differences.append("updates \(summary.plan.updates), expected \(expected.updates)")
    }
    if summary.conflicts.lapsed != expected.lapsed {
      differences.append("lapsed \(summary.conflicts.lapsed), expected \(expected.lapsed)")
    }
    let states = try await conflictStates()
    let wanted = oracle.tickets.mapValues(\.state.rawValue)
    if states != wanted { differences.append("conflicts " + Self.difference(states, wanted)) }
    for (id, reset) in oracle.resets.sorted(by: { $0.key < $1.key }) where !reset.isDeleted {
      if let flaw = try flaw(id, reset) { differences.append(flaw) }
    }
    return differences.isEmpty ? nil : differences.joined(separator: "\n")
  }

  private func compare(
    _ rail: String, _ summary: RunSummary, _ expected: Oracle.Outcome
  ) -> String? {
    let judged = summary.rails.filter { $0.name == rail }
    let measured = judged.map(\.measured).max() ?? 0
    let blocks = judged.contains(where: \.tripped)
    guard measured != expected.verdict.measured || blocks != expected.verdict.blocks else {
      return nil
    }
    return "rail \(rail) measures \(measured), \(blocks), expected \(expected.verdict)"
  }

  /// What is wrong with what the remote holds.
  private func flaw(_ id: String, _ reset: Oracle.Reset) throws -> String? {
    guard let real = shop.sandbox.reset(id) else { return "\(id) is gone" }
    let text = real.metadata ?? ""
    if !text.contains(Self.foreign) { return "\(id): foreign metadata \(text)" }
    if real.reference != reset.reference || real.referenceOrigin != reset.origin {
      return "\(id): \(real.reference ?? "-") \(real.referenceOrigin ?? "-"), expected "
        + "\(reset.reference ?? "-") \(reset.origin ?? "-")"
    }
    let held = try JSONValue(parsing: text)
    let wanted = try JSONValue(parsing: Self.metadata(reset))
    let (left, right) = (held["erp"]?.objectValue, wanted["erp"]?.objectValue)
    let same = (0..<3).allSatisfy { held["f\($0)"] == wanted["f\($0)"] }
    guard same, left?["f3"] == right?["f3"] else {
      return "\(id): remote holds \(text), expected \(Self.metadata(reset))"
    }
    return nil
  }

  /// When the remote says that the last run's updates were written.
  func noteWrites() {
    for id in oracle.lastWritten.keys {
      guard let time = shop.sandbox.reset(id)?.updatedAt else { continue }
      oracle.noteWritten(id, at: Double(time.microseconds) / 1_000_000)
    }
  }

  func conflictStates() async throws -> [String: String] {
    let all = try await shop.mirror.conflicts(ConflictFilter(), limit: 10_000)
    return Dictionary(all.map { (Self.name($0), $0.state.rawValue) }) { first, _ in first }
  }

  static func name(_ conflict: Conflict) -> String {
    let kind = conflict.kind.rawValue
    if conflict.kind == .unknownOrigin { return "\(kind) \(conflict.referenceOrigin ?? "null")" }
    if conflict.kind == .sourceOnly { return "\(kind) \(conflict.reference ?? "")" }
    let subject = conflict.resetID ?? conflict.reference ?? ""
    if conflict.kind == .unreferenced, let key = conflict.reference {
      return "\(kind) \(subject) \(key)"
    }
    let place = conflict.field.map { " \($0.hasSuffix("f3") ? "3" : String($0.dropFirst()))" } ?? ""
    return "\(kind) \(subject)\(place)"
  }

  private static func difference(_ real: [String: String], _ wanted: [String: String]) -> String {
    Set(real.keys).union(wanted.keys).sorted().filter { real[$0] != wanted[$0] }.map {
      "\($0) is \(real[$0] ?? "-"), expected \(wanted[$0] ?? "-")"
    }.joined(separator: "; ")
  }

  private static func text(_ situations: [Situation: Int]) -> String {
    situations.filter { $0.value > 0 }.map { "\($0.key.rawValue) \($0.value)" }.sorted()
      .joined(separator: ", ")
  }
}
