internal import Effects
internal import Mirror
internal import Reconciliation

/// Looks at all keys of a mapping: one thread reads ahead, another assesses, and the mirror's own
/// records.
struct FullScan {
  let session: ReconcileSession
  let mapping: ReconcileSession.MappingRow

  /// Batches that wait between two threads.
  private static let waitingMax = 4

  func run(_ planner: inout Planner) throws {
    let (book, now) = (session.request.book, session.request.now)
    let scan = try session.scan(mapping.id)
    // Only that thread uses the scan and its connection until it has ended.
    nonisolated(unsafe) let lent = scan
    let read = HandOver<ScanBatch>(waitingMax: Self.waitingMax)
    read.start { give in unsafe try lent.batches { try give($0) } }
    defer { read.abandon() }
    let assessed = HandOver<ScanBatch>(waitingMax: Self.waitingMax)
    assessed.start { give in
      while var batch = try read.take() {
        batch.assess(by: book, at: now)
        try give(batch)
      }
    }
    defer { assessed.abandon() }
    while let batch = try assessed.take() {
      try planner.plan(batch, of: mapping.name)
      for case .group(let loaded, let assessments) in batch.items {
        try planner.plan(loaded, assessments)
      }
    }
  }
}
