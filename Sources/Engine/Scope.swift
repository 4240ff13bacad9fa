internal import Mirror
internal import Reconciliation

/// One mapping's part of a reconcile: all of its keys, or these.
struct Scope {
  let mapping: ReconcileSession.MappingRow
  /// nil: all keys.
  let keys: [StoredKey]?
  /// Whether the dirty keys of the mapping are done with afterwards.
  let clearsDirtyKeys: Bool

  /// What a request is about, mapping by mapping: the keys that it names, or those that changed
  /// since the last run, whose time has come, or whose update was never sent; all of them where the
  /// rules changed or so many did that looking for each costs more.
  static func all(of session: ReconcileSession) throws -> [Scope] {
    let request = session.request
    let mappings = try session.mappings().filter {
      request.mappings?.contains($0.name) ?? true
    }
    if let references = request.references {
      let named = Set(try references.flatMap(session.keys(named:))).sorted()
      return mappings.map { mapping in
        Scope(
          mapping: mapping, keys: named.filter { $0.mapping == mapping.id },
          clearsDirtyKeys: false)
      }
    }
    try session.markDependents()
    return try mappings.map { mapping in
      Scope(mapping: mapping, keys: try dirtyKeys(of: mapping, session), clearsDirtyKeys: true)
    }
  }

  private static func dirtyKeys(
    of mapping: ReconcileSession.MappingRow, _ session: ReconcileSession
  ) throws -> [StoredKey]? {
    let request = session.request
    let isSame = mapping.rules == .some(request.book.digest(of: mapping.name))
    guard !request.walksAll, isSame, try !session.isWholeDue(mapping.id) else { return nil }
    let keys = try session.dirtyKeys(of: mapping.id)
    return keys.count > ReconcileSession.dirtyKeysMax ? nil : keys
  }
}
