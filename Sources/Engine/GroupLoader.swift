internal import Mirror
internal import Reconciliation

/// Puts together what the core must see of a key.
struct GroupLoader {
  let session: ReconcileSession

  /// The group with the records that its resets could belong to.
  func completed(_ read: LoadedGroup) throws -> LoadedGroup {
    var loaded = read
    try session.waiting.addCandidates(to: &loaded)
    return loaded
  }

  func assess(_ loaded: LoadedGroup) -> [ItemAssessment] {
    Reconciliation.assess(
      loaded.group, rules: session.request.book, at: session.request.now)
  }
}
