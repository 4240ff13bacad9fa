internal import Formats
public import Reconciliation
internal import SQLite

extension Mirror {
  /// One reset as it is mirrored; throws `MirrorError.notFound`.
  public func explain(reset id: String) throws -> RemoteReset {
    try read {
      let rows = RowReader(database)
      let found = try database.first(
        "SELECT \(RowReader.resetColumns) FROM resets r WHERE r.reset_id = ?", id, row: rows.reset)
      guard let found else { throw MirrorError(.notFound, "there is no reset \(id)") }
      return found
    }
  }
}
