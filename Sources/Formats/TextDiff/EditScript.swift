/// The shortest way from one sequence to another by removing and adding (Myers 1986, greedy).
///
/// Common beginning and end are set aside first. The search in between costs at most `stepsMax`
/// steps and as many words of memory; beyond that the whole middle counts as replaced.
struct EditScript<Token: Hashable> {
  /// Neighbouring tokens of one kind.
  struct Run {
    var kind: TextDiff.Kind
    var tokens: [Token]
  }

  /// Removed before added, no two neighbours of one kind.
  private(set) var runs: [Run] = []

  init(_ first: [Token], _ second: [Token], stepsMax: Int) {
    let shorter = min(first.count, second.count)
    var head = 0
    while head < shorter && first[head] == second[head] { head += 1 }
    var tail = 0
    while tail < shorter - head && first[first.count - 1 - tail] == second[second.count - 1 - tail]
    {
      tail += 1
    }
    Self.append(.common, Array(first[..<head]), to: &runs)
    addMiddle(
      Array(first[head..<(first.count - tail)]), Array(second[head..<(second.count - tail)]),
      stepsMax: stepsMax)
    Self.append(.common, Array(first[(first.count - tail)...]), to: &runs)
  }

  /// Adds tokens to the last change of that kind, or as a new run; removed stays before added.
  static func append(_ kind: TextDiff.Kind, _ tokens: [Token], to runs: inout [Run]) {
    guard !tokens.isEmpty else { return }
    if let last = runs.last, last.kind == kind {
      runs[runs.count - 1].tokens += tokens
    } else if kind == .removed, runs.last?.kind == .added {
      if runs.count > 1, runs[runs.count - 2].kind == .removed {
        runs[runs.count - 2].tokens += tokens
      } else {
        runs.insert(Run(kind: kind, tokens: tokens), at: runs.count - 1)
      }
    } else {
      runs.append(Run(kind: kind, tokens: tokens))
    }
  }

  private mutating func addMiddle(_ first: [Token], _ second: [Token], stepsMax: Int) {
    guard !first.isEmpty, !second.isEmpty,
      let frontiers = Self.search(first, second, stepsMax: stepsMax)
    else {
      Self.append(.removed, first, to: &runs)
      Self.append(.added, second, to: &runs)
      return
    }
    for step in Self.walk(back: frontiers, first.count, second.count).reversed() {
      switch step {
      case .keep(let place): Self.append(.common, [first[place]], to: &runs)
      case .remove(let place): Self.append(.removed, [first[place]], to: &runs)
      case .add(let place): Self.append(.added, [second[place]], to: &runs)
      }
    }
  }

  private enum Step {
    case keep(Int)
    case remove(Int)
    case add(Int)
  }

  /// The furthest reach on every diagonal after 0, 1, 2 … edits; nil when the bound is reached.
  ///
  /// Frontier `d` holds the diagonals `-d, -d + 2 … d` in that order.
  private static func search(
    _ first: [Token], _ second: [Token], stepsMax: Int
  ) -> [[Int]]? {
    var frontiers: [[Int]] = []
    var steps = 0
    for edits in 0...(first.count + second.count) {
      steps += edits + 1
      guard steps <= stepsMax else { return nil }
      var frontier: [Int] = []
      frontier.reserveCapacity(edits + 1)
      for place in 0...edits {
        let diagonal = 2 * place - edits
        var x = edits == 0 ? 0 : reach(frontiers[edits - 1], place, edits)
        var y = x - diagonal
        while x < first.count && y < second.count && y >= 0 && first[x] == second[y] {
          x += 1
          y += 1
          steps += 1
        }
        frontier.append(x)
        if x >= first.count && y >= second.count && diagonal == first.count - second.count {
          frontier.append(contentsOf: repeatElement(0, count: edits - place))
          frontiers.append(frontier)
          return frontiers
        }
      }
      frontiers.append(frontier)
    }
    return nil
  }

  /// Where diagonal number `place` begins after one more edit than the frontier before.
  private static func reach(_ before: [Int], _ place: Int, _ edits: Int) -> Int {
    comesByAdding(before, place, edits) ? before[place] : before[place - 1] + 1
  }

  /// Whether the step onto this diagonal adds a token (else it removes one).
  private static func comesByAdding(_ before: [Int], _ place: Int, _ edits: Int) -> Bool {
    place == 0 || (place != edits && before[place - 1] < before[place])
  }

  /// The steps from the end to the beginning.
  private static func walk(
    back frontiers: [[Int]], _ firstCount: Int, _ secondCount: Int
  ) -> [Step] {
    var steps: [Step] = []
    var x = firstCount
    var y = secondCount
    for edits in stride(from: frontiers.count - 1, to: 0, by: -1) {
      let place = (x - y + edits) / 2
      let before = frontiers[edits - 1]
      let adding = comesByAdding(before, place, edits)
      let start = reach(before, place, edits)
      while x > start {
        x -= 1
        y -= 1
        steps.append(.keep(x))
      }
      if adding {
        y -= 1
        steps.append(.add(y))
      } else {
        x -= 1
        steps.append(.remove(x))
      }
    }
    while x > 0 {
      x -= 1
      steps.append(.keep(x))
    }
    return steps
  }
}
