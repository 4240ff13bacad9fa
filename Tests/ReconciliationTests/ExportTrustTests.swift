import Formats
import Reconciliation
import Testing

private func refused(
  _ change: (inout ExportStats, inout ExportHistory) -> Void,
  guards: GuardOverrides = .standard
) -> [ExportGuard] {
  var stats = ExportStats(
    mode: .full, rows: 100, accepted: 100, rejected: 0, generatedAt: noon, keys: 100,
    keysInCommon: 100, rowsCompared: 100, changedByColumn: ["A": 1])
  var history = ExportHistory(
    lastGeneratedAt: noon, fullRows: [100, 90, 110, 95, 105], lastKeys: 100, now: noon)
  change(&stats, &history)
  let verdicts = judgeExport(stats, history: history, guards: guards)
  #expect(verdicts.allSatisfy { $0.refused == ($0.reason != nil) })
  return verdicts.filter(\.refused).map(\.name)
}

@Test func `an ordinary export passes every guard`() {
  #expect(refused { _, _ in }.isEmpty)
  #expect(
    judgeExport(
      ExportStats(
        mode: .full, rows: 3, accepted: 3, rejected: 0, keys: 3, keysInCommon: 0, rowsCompared: 0),
      history: ExportHistory(now: noon), guards: .standard
    ).map(\.name) == [.rejects])
}

@Test(arguments: [(10, 20, false), (11, 219, true), (11, 220, false)])
func `rejected rows count beyond ten and five per cent`(rejected: Int, rows: Int, refuses: Bool) {
  let found = refused { stats, _ in
    stats.rejected = rejected
    stats.rows = rows
  }
  #expect(found == (refuses ? [.rejects] : []))
}

@Test func `an export older than the last accepted one is refused`() {
  #expect(refused { stats, _ in stats.generatedAt = noon.adding(seconds: -1) } == [.older])
  #expect(refused { stats, _ in stats.generatedAt = nil }.isEmpty)
}

@Test func `an export older than its mapping allows is refused`() {
  var guards = GuardOverrides.standard
  guards.settings[.maxAge] = .figure(3600)
  #expect(
    refused({ _, history in history.now = noon.adding(seconds: 3600) }, guards: guards).isEmpty)
  #expect(
    refused({ _, history in history.now = noon.adding(seconds: 3601) }, guards: guards) == [.maxAge]
  )
}

@Test(arguments: [(80, []), (79, [ExportGuard.shrink]), (200, []), (201, [.growth])])
func `size is judged against the median of five`(accepted: Int, guards: [ExportGuard]) {
  #expect(refused { stats, _ in stats.accepted = accepted } == guards)
  // A delta has no size to keep.
  #expect(
    refused { stats, _ in
      stats.accepted = accepted
      stats.mode = .delta
    }.isEmpty)
  // Of few rows a share says nothing.
  #expect(
    refused { stats, history in
      stats.accepted = accepted
      history.fullRows = [19]
    }.isEmpty)
}

@Test func `keys and columns must stay what they were`() {
  #expect(refused { stats, _ in stats.keysInCommon = 70 }.isEmpty)
  #expect(refused { stats, _ in stats.keysInCommon = 69 } == [.overlap])
  #expect(refused { stats, _ in stats.changedByColumn = ["A": 50] }.isEmpty)
  #expect(refused { stats, _ in stats.changedByColumn = ["A": 51, "B": 2] } == [.changedColumn])
  #expect(
    refused { stats, _ in
      stats.rowsCompared = 19
      stats.changedByColumn = ["A": 19]
    }.isEmpty)
}

@Test func `a guard that is off says nothing`() {
  var guards = GuardOverrides.standard
  guards.settings[.overlap] = .off
  #expect(refused({ stats, _ in stats.keysInCommon = 0 }, guards: guards).isEmpty)
}
