internal import SQLite

/// The tables of the mirror, as steps that only go forward; each noun's stand beside its store.
///
/// Times are microseconds since 1970, truths are 0 and 1. There is no column for a secret: promise
/// 1 holds by shape. Mappings and origins are small integers in the big tables; a key is (mapping,
/// origin, key).
enum Schema {
  /// "RSY1": marks the file as ours in its header.
  static let applicationID: Int32 = 0x5253_5931
  /// "RSYN": marked the files of programs before the first version of these tables.
  static let earlierApplicationID: Int32 = 0x5253_594E

  static let migrator = Migrator([
    SchemaStep(
      version: 1,
      sql: [
        facts, resets, records, imports, links, runs, outbox, approvals, conflicts, journal,
      ].joined(separator: "\n")),
    SchemaStep(version: 2, sql: fieldTimes),
  ])
}
