internal import Formats
public import Reconciliation
internal import SQLite

extension Mirror {
  /// Items by situation, zeros included; of one mapping or of all.
  public func situations(of mapping: String? = nil) throws -> [Situation: Int] {
    try read {
      var items = Dictionary(uniqueKeysWithValues: Situation.allCases.map { ($0, 0) })
      for (name, situations) in try situationsByMapping() where mapping.map({ $0 == name }) ?? true
      {
        for (situation, count) in situations { items[situation, default: 0] += count }
      }
      return items
    }
  }
}
