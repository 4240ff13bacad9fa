import Console
import Effects
import Formats
import Mirror
import Reconciliation

/// A desk's store in memory, with the promise that a decision is for the facts that were seen.
final class FakeDesk: DeskActions {
  struct State {
    var views: [ConflictView] = []
    var steps: [String: [HistoryLine]] = [:]
    var lastBy: [String: String] = [:]
  }

  let state: Lock<State>

  init(_ views: [ConflictView]) {
    state = Lock(State(views: views))
  }

  func queue(_ filter: DeskFilter, limit: Int, offset: Int) async throws -> DeskQueue {
    let all = state.withLock { $0.views }.filter { view in
      (filter.state == nil || view.state == filter.state)
        && (filter.kind == nil || view.kind == filter.kind)
        && (filter.severity == nil || view.severity == filter.severity)
        && (filter.mapping == nil || view.mapping == filter.mapping)
        && (filter.text == nil || view.subject.contains(filter.text ?? ""))
    }
    return DeskQueue(views: Array(all.dropFirst(offset).prefix(limit)), total: all.count)
  }

  func conflict(_ id: String) async throws -> ConflictView? {
    state.withLock { state in state.views.first { $0.id == id } }
  }

  func history(_ id: String) async throws -> [HistoryLine] { state.withLock { $0.steps[id] ?? [] } }

  func related(to view: ConflictView) async throws -> [ConflictView] {
    state.withLock { state in
      state.views.filter { $0.reference == view.reference && $0.id != view.id }
    }
  }

  func sides(of view: ConflictView) async throws -> DeskSides {
    DeskSides(source: ["KUNNR": "K-000123"], remote: ["id": "xYZkjABcde"])
  }

  func decide(
    _ items: [DeskDecision], by person: String, reason: String?
  ) async throws -> [DeskOutcome] {
    items.map { item in
      state.withLock { state in
        guard let place = state.views.firstIndex(where: { $0.id == item.id }) else {
          return .refused("gone")
        }
        guard state.views[place].factsDigest == item.facts else {
          return .moved(state.views[place])
        }
        guard item.take.isAllowed(for: state.views[place].kind) else { return .refused("not so") }
        state.views[place].state = .decided
        state.views[place].decision = DecisionView(
          take: item.take.text, by: person, at: SampleReport.now, reason: reason)
        state.lastBy[person] = item.id
        return .decided
      }
    }
  }

  func snooze(_ id: String, until: Timestamp, by person: String, reason: String?) async throws {
    change(id) {
      $0.state = .snoozed
      $0.snoozedUntil = until
    }
  }

  func assign(_ id: String, to assignee: String?, by person: String) async throws {
    change(id) { $0.assignee = assignee }
  }

  func comment(_ id: String, text: String, by person: String) async throws {
    state.withLock {
      $0.steps[id, default: []].append(
        HistoryLine(at: SampleReport.now, event: "commented", by: person, text: text))
    }
  }

  func reopen(_ id: String, by person: String, reason: String?) async throws -> String? {
    change(id) { $0.state = .open }
    return nil
  }

  func undoLast(by person: String) async throws -> [String] {
    guard let id = state.withLock({ $0.lastBy.removeValue(forKey: person) }) else { return [] }
    change(id) { $0.state = .open }
    return [id]
  }

  func report() async throws -> ReportModel { SampleReport.model }
  func headline() async throws -> ReportModel { SampleReport.model }
  func nextRun() async throws -> Timestamp? { SampleReport.now.adding(seconds: 900) }
  func offers() async throws -> DeskOffers {
    DeskOffers(mappings: ["sap", "salesforce"], fields: ["customer_group", "note"])
  }

  func situations() async throws -> [String: [Situation: Int]] {
    ["sap": SampleReport.run.situations]
  }
  func sizes() async throws -> (resets: Int, records: [String: Int]) { (1_250, ["sap": 12_408]) }
  func items(_ list: ItemList, after: String?, limit: Int) async throws -> ItemPage {
    ItemPage(lines: [], next: nil)
  }
  func stories(_ name: String) async throws -> [ExplainModel] { [] }
  func plan() async throws -> PlanView? { nil }
  func approve(plan digest: String, by person: String) async throws -> Bool { digest == "shown" }
  func runs(before run: String?, limit: Int) async throws -> [RunRecord] { [] }
  func run(_ id: String) async throws -> RunRecord? { nil }
  func updates(
    ofRun run: String, state: OutboxState?, after id: Int64, limit: Int
  ) async throws -> [OutboxEntry] { [] }
  func updateCounts(ofRun run: String) async throws -> [OutboxState: Int] { [:] }
  func exports(
    mapping: String?, state: ReceiptState?, before id: Int64?, limit: Int
  ) async throws -> [ImportReceipt] { [] }
  func export(_ id: Int64) async throws -> ImportReceipt? { nil }
  func rejections(of export: Int64, offset: Int, limit: Int) async throws -> [Rejection] { [] }

  func change(_ id: String, _ change: @Sendable (inout ConflictView) -> Void) {
    state.withLock { state in
      guard let place = state.views.firstIndex(where: { $0.id == id }) else { return }
      change(&state.views[place])
    }
  }
}
