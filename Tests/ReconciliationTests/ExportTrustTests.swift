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

@Test func `a refusal tells what was found, what is usual and where to look`() {
  let before = noon.adding(seconds: -60)
  var guards = GuardOverrides.standard
  guards.settings[.maxAge] = .figure(3600)
  func reasons(
    _ change: (inout ExportStats, inout ExportHistory) -> Void
  ) -> [String?] {
    var stats = ExportStats(
      mode: .full, rows: 150, accepted: 100, rejected: 0, generatedAt: noon, keys: 1000,
      keysInCommon: 1000, rowsCompared: 1000)
    var history = ExportHistory(
      lastGeneratedAt: noon, fullRows: [100], lastKeys: 1000, now: noon)
    change(&stats, &history)
    return judgeExport(stats, history: history, guards: guards).filter(\.refused).map(\.reason)
  }
  #expect(
    reasons { stats, _ in stats.rejected = 11 } == [
      "11 of 150 rows can't be used (7.3 %, limit 5 %); look at the rejected rows"
    ])
  #expect(
    reasons { stats, _ in stats.generatedAt = before } == [
      "it was made at \(before.rfc3339), before the last accepted one (\(noon.rfc3339))"
    ])
  #expect(
    reasons { _, history in history.now = noon.adding(seconds: 7200) }
      == ["it is 2h old, the mapping allows 1h"])
  #expect(
    reasons { stats, _ in stats.accepted = 79 }
      == ["it has shrunk to 79 % of the usual 100 rows (limit 80 %)"])
  #expect(
    reasons { stats, _ in stats.accepted = 205 }
      == ["it has grown to 205 % of the usual 100 rows (limit 200 %)"])
  #expect(
    reasons { stats, _ in stats.keysInCommon = 695 } == [
      "only 69.5 % of the keys of the last export are in it (limit 70 %); "
        + "is the key column still the same?"
    ])
  #expect(
    reasons { stats, _ in stats.changedByColumn = ["B": 600, "A": 600, "C": 1] }
      == ["column \"A\" changed on 60 % of the rows (limit 50 %)"])
}

@Test(arguments: [(19, []), (20, [ExportGuard.shrink, .overlap, .changedColumn])])
func `shares count from twenty rows on`(rows: Int, guards: [ExportGuard]) {
  let found = refused { stats, history in
    stats = ExportStats(
      mode: .full, rows: rows, accepted: rows / 2, rejected: 0, generatedAt: noon, keys: rows,
      keysInCommon: 5, rowsCompared: rows, changedByColumn: ["A": rows])
    history = ExportHistory(fullRows: [rows], lastKeys: rows, now: noon)
  }
  #expect(found == guards)
}

@Test func `the median is that of the last five, of an even number the middle of two`() {
  func shrinks(_ accepted: Int, _ rows: [Int]) -> Bool {
    refused { stats, history in
      stats.accepted = accepted
      history.fullRows = rows
    } == [.shrink]
  }
  #expect(!shrinks(80, [1000, 100, 90, 110, 95, 105]))
  #expect(shrinks(79, [1000, 100, 90, 110, 95, 105]))
  #expect(!shrinks(82, [110, 90, 104, 100]))
  #expect(shrinks(81, [110, 90, 104, 100]))
}

@Test func `an export without rows has no share, and age is measured from the last one`() {
  var stats = ExportStats(
    mode: .full, rows: 0, accepted: 0, rejected: 0, generatedAt: noon, keys: 0, keysInCommon: 0,
    rowsCompared: 0)
  func verdict(_ name: ExportGuard) -> GuardVerdict? {
    let history = ExportHistory(lastGeneratedAt: noon.adding(seconds: 5), now: noon)
    return judgeExport(stats, history: history, guards: .standard).first { $0.name == name }
  }
  #expect(verdict(.rejects)?.measured == 0 && verdict(.rejects)?.limit == 0.05)
  #expect(verdict(.older)?.measured == 5 && verdict(.older)?.limit == 0)
  stats.rows = 1
  stats.rejected = 1
  #expect(verdict(.rejects)?.measured == 1)
  stats.rows = 4
  #expect(verdict(.rejects)?.measured == 0.25 && verdict(.rejects)?.refused == false)
}

@Test func `the guards of a configuration that names none are those of the contract`() {
  #expect(
    GuardOverrides.standard.settings == [
      .rejects: .figure(0.05), .older: .figure(0), .shrink: .figure(0.8), .growth: .figure(2),
      .overlap: .figure(0.7), .changedColumn: .figure(0.5),
    ])
}
