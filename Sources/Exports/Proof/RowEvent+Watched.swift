import Reconciliation

extension RowEvent {
  /// The same row after a look for its proof, with the cells of the mapping alone; `line` becomes
  /// its line.
  func watched(by watch: inout ProofWatch?, _ line: inout Int) -> RowEvent {
    switch self {
    case .rejected(let rejection, _):
      line = rejection.line
      return self
    case .row(let number, let cells, let isBlank):
      line = number
      guard !isBlank, let seen = watch?.look(cells, { "line \(number)" }) else { return self }
      return .row(line: number, cells: seen, isBlank: false)
    case .faulty(let number, let cells, let faults):
      line = number
      guard let seen = watch?.look(cells, { "line \(number)" }) else { return self }
      return .faulty(line: number, cells: seen, faults: faults)
    }
  }
}
