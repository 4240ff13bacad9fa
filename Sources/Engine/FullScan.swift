internal import Mirror
internal import Reconciliation

/// Looks at all keys of a mapping: one thread reads ahead, another assesses, and the mirror's own
/// records.
struct FullScan {
  let session: ReconcileSession
  let mapping: ReconcileSession.MappingRow

  func run(_ planner: inout Planner) throws {
    let (book, now) = (session.request.book, session.request.now)
    let scan = try session.scan(mapping.id)
    // Only that thread uses the scan and its connection until it has finished.
    nonisolated(unsafe) let lent = scan
    let read = ReadAhead<ScanBatch> { put in unsafe try lent.batches(put) }
    defer { read.finish() }
    let assessed = ReadAhead<ScanBatch> { put in
      while var batch = try read.next() {
        batch.assess(by: book, at: now)
        try put(batch)
      }
    }
    defer { assessed.finish() }
    while let batch = try assessed.next() {
      try planner.plan(batch, of: mapping.name)
      for case .group(let loaded, let assessments) in batch.items {
        try planner.plan(loaded, assessments)
      }
    }
  }
}
