internal import Formats

/// Keeps an answer that was overtaken on its way from bringing back what rows said before.
///
/// Two questions that are on the way at once may bring the same reset, first as it is and then as
/// it was. So rows are remembered until whatever was asked before they came has been answered.
struct StaleAnswerGuard {
  /// Questions asked in one stretch, and the rows handed on since it began.
  private struct Turn {
    var onTheWay = 0
    var rows: [String: Timestamp] = [:]
  }

  /// Nothing asked before `previous` is still on the way.
  private var previous = Turn()
  private var current = Turn()
  private var number = 0

  /// Whether no more should be asked before an answer came.
  var isFull: Bool { previous.rows.count + current.rows.count >= WalkLimits.overtakingRowsMax }

  /// Counts a question; returns the turn to settle it by.
  mutating func ask() -> Int {
    current.onTheWay += 1
    return number
  }

  /// Counts an answer, after its rows were taken.
  mutating func settle(_ turn: Int) {
    if turn == number { current.onTheWay -= 1 } else { previous.onTheWay -= 1 }
    guard previous.onTheWay == 0 else { return }
    (previous, current) = (current, Turn())
    number += 1
  }

  /// The rows of an answer that no row handed on meanwhile has overtaken.
  mutating func latest(of rows: [ResetResource]) -> [ResetResource] {
    // Beside nothing else there is nothing to overtake.
    guard
      previous.onTheWay + current.onTheWay > 1 || !previous.rows.isEmpty
        || !current.rows.isEmpty
    else { return rows }
    return rows.filter { row in
      let time = row.updatedAt.time
      if let known = current.rows[row.id] ?? previous.rows[row.id], known > time { return false }
      current.rows[row.id] = time
      return true
    }
  }
}
