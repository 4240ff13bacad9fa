import Reconciliation

extension RowEvent {
  /// The same row after a look for its proof, with the cells of the mapping alone; `line` becomes
  /// its line, that of a blank one aside, and is told as `words` has it.
  func watched(
    by watch: inout ProofWatch?, _ line: inout Int, _ words: (Int) -> String = { "line \($0)" }
  ) -> RowEvent {
    switch self {
    case .rejected(let rejection, _):
      line = rejection.line
      return self
    case .row(_, _, isBlank: true): return self
    case .row(let number, let cells, _):
      line = number
      guard let seen = watch?.look(cells, { words(number) }) else { return self }
      return .row(line: number, cells: seen, isBlank: false)
    case .faulty(let number, let cells, let faults):
      line = number
      guard let seen = watch?.look(cells, { words(number) }) else { return self }
      return .faulty(line: number, cells: seen, faults: faults)
    }
  }
}
