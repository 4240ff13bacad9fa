import Engine
import Formats
import Mirror
import MirrorKit
import Reconciliation
import Testing

/// Random histories: whatever happens, the numbers add up, an incremental run sees what a run over
/// everything would see, and a second run plans nothing new.
struct HistoryTests {
  @Test(arguments: 1...8)
  func `an incremental reconcile sees what a whole one would`(seed: Int) async throws {
    var random = SeededOrder(seed: UInt64(seed))
    let bench = try MirrorBench()
    var remote: [String: ResetRow] = [:]
    var source: [String: [String]] = [:]
    for step in 1...18 {
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        try await act(bench, &remote, &source, &random)
      }
      let outcome = try await bench.reconcile(sends: Int.random(in: 0...3, using: &random) > 0)
      let note: Comment = "seed \(seed), step \(step)"
      let flaws = try await bench.mirror.verify()
      #expect(flaws.isEmpty, note)
      #expect(try bench.recount() == outcome.situations.filter { $0.value > 0 }, note)
      let whole = try await bench.reconcile(dryRun: true, all: true)
      let next = try await bench.reconcile(sends: false)
      #expect(
        whole.situations.filter { $0.value != 0 } == next.situations.filter { $0.value != 0 }, note)
    }
  }

  private func act(
    _ bench: MirrorBench, _ remote: inout [String: ResetRow], _ source: inout [String: [String]],
    _ random: inout SeededOrder
  ) async throws {
    let id = "r\(Int.random(in: 1...8, using: &random))"
    let key = "\(Int.random(in: 1...8, using: &random))"
    func word() -> String { ["", "a", "b", "c"][Int.random(in: 0...3, using: &random)] }
    switch Int.random(in: 0...9, using: &random) {
    case 0, 1:
      let origin = ["erp", "erp", "erp", "moon", nil][Int.random(in: 0...4, using: &random)]
      let reference = Int.random(in: 0...5, using: &random) == 0 ? nil : key
      remote[id] = bench.reset(
        id, reference, origin: origin, email: "\(word())@x.org",
        metadata: #"{"group":"\#(word())"}"#, updatedAt: bench.now.rfc3339)
      try await bench.pull([remote[id]!])
    case 2:
      guard remote.removeValue(forKey: id) != nil else { return }
      _ = try await bench.pullFully(Array(remote.values))
      for gone in try await bench.mirror.suspects(limit: 99) {
        try await bench.mirror.settleSuspect(gone, found: nil, run: bench.nextRun(), at: bench.now)
      }
    case 3, 4:
      source[key] = [key, word(), word(), "\(word())@x.org"]
      try await bench.load(source.values.sorted { $0[0] < $1[0] })
    case 5:
      source[key] = nil
      try await bench.load(source.values.sorted { $0[0] < $1[0] })
    case 6:
      source[key] = [key, word(), word(), "\(word())@x.org"]
      try await bench.load([source[key]!], mode: .delta)
    case 7: try await bench.push(failing: Bool.random(using: &random) ? id : nil)
    default:
      let open = try await bench.mirror.conflicts(limit: 50)
      guard let conflict = open.randomElement(using: &random) else { return }
      let forms = ResolutionForm.allowed(for: conflict.kind)
      let take: Resolution =
        switch forms.randomElement(using: &random) {
        case .source: .source
        case .remote: .remote
        case .value: .value(.string(word()))
        case .apart: .apart
        case .link: .link(resetID: conflict.resetID ?? id)
        case .ignore, nil: .ignore
        }
      _ = try await bench.mirror.decide(conflict.id, take: take, act: Act(by: "x", at: bench.now))
    }
  }
}
