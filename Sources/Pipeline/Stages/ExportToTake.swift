import Effects
import Exports
import Formats
import Mirror
import Reconciliation

/// An export on its way into the mirror.
struct ExportToTake: Sendable {
  /// Its files, in their order.
  let files: [ExportFile]
  /// What is known of it before its rows are read.
  let head: ExportHead
  /// The rule by which it is read.
  let rule: ExportRule
  /// What proves it; nil where it passes without proof.
  var proof: DeliveryProof?
  /// What to set where it turns out to be another export than the last one.
  var hint: String?
  /// The number in its name.
  var number: ClosedRange<Int64>? {
    rule.sequenceNumber(ofFileNamed: FilePath.name(of: head.path)).map { $0...$0 }
  }
}

extension ExportHead {
  /// The head of a delivery whose files were hashed.
  init(
    _ delivery: Delivery, _ members: [BesideProof.Member], _ mapping: Mapping, files: Files
  ) {
    let digests = members.map(\.sha256)
    let isSet = delivery.set != nil
    self.init(
      file: FilePath.visible(delivery.name), path: delivery.path,
      sha256: isSet ? ExportPart.digest(of: digests) : digests[0], size: Int64(delivery.size),
      mode: delivery.rule.mode, generatedAt: delivery.generatedAt, columns: [],
      keptColumns: mapping.columnsNeeded)
    isNumbered = delivery.rule.proof?.sequence != nil
    beside = BesideProof.stamp(of: delivery, files: files)
    guard isSet else { return }
    parts = members.map { member in
      ExportPart(
        file: FilePath.visible(member.file.name), path: member.file.path, sha256: member.sha256,
        size: Int64(member.file.size))
    }
  }
}

extension Delivery {
  /// Why it is refused where a time of it lies too far ahead.
  func words(ofTimeAhead sha256: String, _ now: Timestamp) -> String {
    let file = files.first { $0.isAhead(of: now) } ?? files[0]
    let told =
      file.generatedAt > file.modified
      ? "its name tells \(file.generatedAt.rfc3339)"
      : "it was last changed at \(file.modified.rfc3339)"
    return
      "\(FilePath.visible(file.name)): \(told), more than a day ahead of this machine's clock; "
      + "correct the name, the time of the file or the clock, or let it pass with import --accept "
      + sha256
  }
}
