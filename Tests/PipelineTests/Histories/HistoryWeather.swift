import Effects
import Formats
import Mirror
import Pipeline
import Reconciliation
import Sandbox

// Faults of every kind at once; the oracle only lends its picture of the remote to the edits.
extension History {
  /// A run in bad weather, then calm ones: how the promises fared.
  func weather(full: Bool, _ round: Int) async throws -> String? {
    touched = []
    for _ in 0..<(1 + pick(3)) { try brew() }
    let before = try await decisions()
    if pick(3) == 0 {
      try await crash(full: full)
    } else if pick(5) == 0 {
      if let flaw = try await underSchedule(isJudged: false) { return flaw }
    } else {
      let summary = try await shop.run(full: full)
      tell("run", "\(full ? "full" : ""): \(summary.result) \(summary.push)")
      if summary.push.failed > 0, summary.result == .ok { return "failed, and yet ok" }
    }
    if let flaw = try await promises(before) { return "in the storm: " + flaw }
    calm()
    // What was left undone is done, unless a person must decide; then all is at rest.
    for _ in 0..<2 {
      let run = try await shop.run(full: true)
      // The first of all runs may find that next to nothing matches.
      if run.result != .ok, run.headline == nil {
        return "in calm weather: \(run.result) \(run.messages)"
      }
    }
    let rest = try await shop.run(full: full)
    if rest.plan.updates > 0 || rest.push.attempted > 0 {
      return "at rest it plans \(rest.plan.updates) and sends \(rest.push.attempted)"
    }
    if let flaw = try await promises(before) { return flaw }
    return try await whole(round)
  }

  /// Sets up one fault.
  private func brew() throws {
    let faults: [SandboxFault.Action] = [
      .respond(status: 500, body: .object, retryAfter: nil),
      .respond(status: 503, body: .object, retryAfter: "2"),
      .respond(status: 429, body: .object, retryAfter: "0"),
      .respond(status: 422, body: .object, retryAfter: nil),
      .resetBefore, .resetAfter, .closeBefore, .closeAfter, .hang, .hangAfter, .delay(seconds: 9),
      .truncate(afterBytes: 40, reset: false), .invalidJSON, .repeatPage, .revokeToken, .leakToken,
      .change(otherWriter()), .change(otherWriter()), .change(otherWriter()),
    ]
    var fault = SandboxFault(one(of: faults))
    fault.method = one(of: [nil, "GET", "PATCH", "PATCH"])
    fault.skip = pick(6)
    fault.count = one(of: [1, 1, 2, 8, nil])
    fault.probability = one(of: [1.0, 1.0, 0.5])
    // A fault of every request for ever would be no run at all.
    if fault.method == nil, fault.count == nil { fault.count = 3 }
    shop.sandbox.addFault(fault)
    tell("weather", "\(fault)")
    if pick(6) == 0 { try shop.tear() }
  }

  /// Somebody else writes between a read and a write.
  private func otherWriter() -> SandboxChange {
    guard !live.isEmpty else { return SandboxChange(.create, .random) }
    let id = one(of: live)
    guard var reset = oracle.resets[id] else { return SandboxChange(.edit, .random) }
    reset.values[pick(3)] = Self.values[pick(4)]
    if pick(4) == 0 { reset.reference = "\(1 + pick(6))" }
    var change = Self.change(id, reset)
    if pick(8) == 0 { change.kind = .delete }
    change.isBefore = pick(2) == 0
    return change
  }

  /// The faults stop, the last export is whole, and the picture of the remote is taken anew.
  private func calm() {
    shop.sandbox.setFaults([])
    try? shop.mend()
    for id in oracle.resets.keys {
      guard let real = shop.sandbox.reset(id), let text = real.metadata,
        let metadata = try? JSONValue(parsing: text)
      else {
        oracle.resets[id] = nil
        continue
      }
      oracle.resets[id]?.reference = real.reference
      oracle.resets[id]?.origin = real.referenceOrigin
      oracle.resets[id]?.isBlocked = metadata["erp"]?.text != nil
      let held = (0..<3).map { metadata["f\($0)"]?.text } + [metadata["erp"]?["f3"]?.text]
      oracle.resets[id]?.values = held
    }
  }

  // MARK: Promises

  /// Decisions that are waiting, with the facts that their author saw.
  private func decisions() async throws -> [String: String] {
    let all = try await shop.mirror.conflicts(ConflictFilter(), limit: 10_000)
    let decided = all.filter { $0.state == .decided }.map { ($0.id, $0.decision?.take ?? "") }
    return Dictionary(uniqueKeysWithValues: decided)
  }

  private func promises(_ decided: [String: String]) async throws -> String? {
    for reset in shop.sandbox.resets() {
      let text = reset.metadata ?? ""
      if !text.contains(Self.foreign) { return "foreign metadata of \(reset.id ?? ""): \(text)" }
    }
    if let flaw = strangeWrites() { return flaw }
    for (id, take) in decided {
      let conflict = try await shop.mirror.conflict(id: id)
      guard conflict.state == .open else { continue }
      let steps = try await shop.mirror.history(ofConflict: id)
      let last = steps.last { $0.decision == take && $0.kind != "decided" }
      guard let last, ["lapsed", "open", "closed", "auto_closed"].contains(last.state) else {
        return "the decision \(take) of \(id) is lost: "
          + steps.map { "\($0.kind) \($0.state) \($0.decision ?? "")" }.joined(separator: ", ")
      }
    }
    return nil
  }

  /// Nothing but the allowed attributes of a reset is ever written.
  private func strangeWrites() -> String? {
    for request in shop.sandbox.requests where request.method != "GET" {
      let isToken = request.target.hasPrefix("/oauth/token")
      guard isToken || request.method == "PATCH" else { return "\(request)" }
    }
    return nil
  }
}
