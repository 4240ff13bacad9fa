internal import Reconciliation
internal import SQLite

/// Words that stand in columns.
///
/// One that this version does not know is `MirrorError.corrupt` with its table and row: a default
/// in its place would be a decision that nobody took.
enum Stored {
  static func word<T: RawRepresentable<String>>(
    _ text: String, in table: String, _ row: some CustomStringConvertible
  ) throws -> T {
    guard let value = T(rawValue: text) else { throw unknown(in: table, row) }
    return value
  }

  /// The same for a column that may be null.
  static func word<T: RawRepresentable<String>>(
    _ text: String?, in table: String, _ row: some CustomStringConvertible
  ) throws -> T? {
    guard let text else { return nil }
    guard let value = T(rawValue: text) else { throw unknown(in: table, row) }
    return value
  }

  static func decision(
    _ text: String, in table: String, _ row: some CustomStringConvertible
  ) throws -> Resolution {
    do { return try Resolution(parsing: text) } catch { throw unknown(in: table, row) }
  }

  /// When the parts of a reset's metadata changed; nil where it is as it was first seen.
  static func fieldTimes(_ text: String?, ofReset row: Int64) throws -> FieldTimes? {
    guard let text else { return nil }
    guard let times = FieldTimes(decoding: text) else { throw unreadable(in: "resets", row) }
    return times
  }

  static func unknown(in table: String, _ row: some CustomStringConvertible) -> MirrorError {
    MirrorError(
      .corrupt, "row \(row) of the table \(table) has a word that this version does not know",
      hint: "run `resetsync verify`, then `resetsync restore` a backup")
  }

  /// A row that is lacking, or holds what can't be read.
  static func unreadable(in table: String, _ row: some CustomStringConvertible) -> MirrorError {
    MirrorError(
      .corrupt, "row \(row) of the table \(table) is not there, or holds what can't be read",
      hint: "run `resetsync verify`, then `resetsync restore` a backup")
  }
}
