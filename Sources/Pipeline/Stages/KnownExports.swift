import Effects
import Exports
import Formats
import Mirror
import Reconciliation

/// What the receipts tell of files that still lie in their folder.
///
/// A file of the same path, size and time that was not touched since its receipt was made needs no
/// second look (a newer one may carry an older time: copies keep it). A refused one is reported
/// again in every run until somebody deals with it, or until a newer export is accepted: then it is
/// history.
struct KnownExports {
  private let newest: [String: ImportReceipt]
  private let lastAccepted: Timestamp?
  private let lastFull: Timestamp?
  private var lastAcceptedID: Int64
  private let files: Files
  private let now: Timestamp

  /// Takes receipts, the newest first.
  init(_ receipts: [ImportReceipt], files: Files, at now: Timestamp) {
    self.files = files
    newest = Dictionary(receipts.map { ($0.path, $0) }, uniquingKeysWith: { first, _ in first })
    let accepted = receipts.filter { $0.state == .accepted }
    lastAccepted = accepted.map(\.madeAt).max()
    lastFull = accepted.filter { $0.mode == .full }.map(\.madeAt).max()
    lastAcceptedID = accepted.first?.id ?? 0
    self.now = now
  }

  /// The receipt of this very file; nil for one that is to be looked at.
  ///
  /// So is a newer one that other rules refused by themselves. What was accepted, or refused by
  /// comparison with other exports, stays so whatever the rules are.
  func receipt(of export: Delivery, _ mapping: Mapping) -> ImportReceipt? {
    guard let receipt = newest[export.path], receipt.size == Int64(export.size),
      export.generatedAt == receipt.generatedAt,
      export.set == nil ? receipt.parts.isEmpty : receipt.parts.map(\.path) == export.paths
    else { return nil }
    // What proves it has come, or was corrected.
    if receipt.state == .refused,
      receipt.beside ?? "" != BesideProof.stamp(of: export, files: files)
    {
      return nil
    }
    let hasOtherRules = receipt.recordsDigest != mapping.recordsDigest
    if hasOtherRules, receipt.wasRefusedByRules, isPending(receipt) { return nil }
    // Its time is all that was judged of it, and is so again once the clock has come closer.
    if export.isAhead(of: now) { return receipt }
    guard export.modified < receipt.importedAt, !receipt.wasRefusedForItsTime else { return nil }
    return receipt
  }

  /// Whether a refused export still wants somebody to look.
  func isPending(_ receipt: ImportReceipt) -> Bool {
    guard receipt.state == .refused else { return false }
    // What time is to be believed of it is not known: whatever was taken since is newer.
    if receipt.wasRefusedForItsTime { return receipt.id > lastAcceptedID }
    return lastAccepted.map { receipt.madeAt > $0 } ?? true
  }

  /// Whether a full export that was accepted since says all that an incomplete one could.
  func isOvertaken(_ export: Delivery) -> Bool {
    guard case .incomplete = export.readiness, let lastFull else { return false }
    return export.generatedAt < lastFull
  }

  /// Notes that an export was accepted since.
  mutating func noteAccepted() { lastAcceptedID = .max }
}

extension Delivery {
  fileprivate var paths: [String] { files.map(\.path) }
}

extension ImportReceipt {
  /// Whether it was refused with a time that could not be believed.
  fileprivate var wasRefusedForItsTime: Bool {
    state == .refused && generatedAt.map { $0 != madeAt } ?? false
  }
}
