public import Formats

/// What undoing one written update comes to.
public struct UndoPlan: Sendable, Hashable {
  /// The inverse update; nil when nothing of it can be undone.
  public let update: PlannedUpdate?
  /// The fields left alone because the remote no longer holds what was written.
  public let movedSince: [String]
  /// The fields that hold already what they held before.
  public let asBefore: [String]
}

/// The inverse of a written update, field by field, only where the remote still holds what was
/// written.
///
/// After the undo the sides differ on purpose: the base keeps the source's value on its side and
/// takes the restored one on the other, so nothing is written again until the source moves. The
/// inverse is an update like any other: it passes the rails and can be undone in turn. It names the
/// decisions that `written` carried out: one that would write the key again is asked anew.
///
/// `before` is the metadata as it was: parents that the write made go again where they stay empty.
public func inverse(
  of written: PlannedUpdate, metadata: JSONObject, reference: String?, referenceOrigin: String?,
  base: Base, before: JSONObject? = nil
) -> UndoPlan {
  var writes: [FieldWrite] = []
  var (moved, asBefore) = ([String](), [String]())
  for write in written.fields {
    guard let target = FieldTarget(write.metadata), case .value(let held) = target.read(metadata),
      held == write.value
    else {
      if case .value(write.expected)? = FieldTarget(write.metadata)?.read(metadata) {
        asBefore.append(write.metadata)
      } else {
        moved.append(write.metadata)
      }
      continue
    }
    let made = write.expected == .absent ? before.map(target.parentsMissing) ?? 0 : 0
    let source = base[write.metadata].source ?? write.afterBase.source
    writes.append(
      FieldWrite(
        metadata: write.metadata, expected: held, value: write.expected, reason: .undo,
        afterBase: BasePair(source: source, remote: write.expected), prunes: made))
  }
  func text(_ name: String, _ write: TextWrite?, _ held: String?) -> TextWrite? {
    guard let write else { return nil }
    guard held == write.value else {
      if held == write.expected { asBefore.append(name) } else { moved.append(name) }
      return nil
    }
    return TextWrite(expected: held, value: write.expected)
  }
  let update = PlannedUpdate(
    resetID: written.resetID, mapping: written.mapping, key: written.key, fields: writes,
    reference: text("reference", written.reference, reference),
    referenceOrigin: text("reference_origin", written.referenceOrigin, referenceOrigin),
    decisions: written.decisions)
  return UndoPlan(
    update: update.isEmpty ? nil : update, movedSince: moved, asBefore: asBefore)
}
