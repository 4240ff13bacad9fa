public import Formats

/// What a fresh read of a reset makes of a planned update.
public enum PushVerdict: Sendable, Hashable {
  /// Send this metadata (nil when it is not touched) and these texts (nil: leave out of the body).
  case send(metadata: JSONObject?, reference: TextWrite?, referenceOrigin: TextWrite?)
  /// Everything is already as wanted: nothing to send, the bases move.
  case alreadyThere
  /// These managed values moved since the plan; left for the next run.
  case moved(fields: [String])
  /// A parent on the way to this field is no object.
  case blocked(field: String, parent: String)
}

/// The body of a push: the fresh metadata with the planned values in place and everything else as
/// it came, or why there is none.
///
/// A value counts as already there when the remote holds what is wanted; it may then differ from
/// what was expected. Anything else than expected or wanted has moved.
public func mergeForPush(
  fresh: JSONObject, reference: String?, referenceOrigin: String?, update: PlannedUpdate
) -> PushVerdict {
  var metadata = fresh
  var moved: [String] = []
  var isChanged = false
  for write in update.fields {
    guard let target = FieldTarget(write.metadata) else { continue }
    switch target.read(fresh) {
    case .blocked(let parent): return .blocked(field: write.metadata, parent: parent)
    case .value(let held) where held == write.value: continue
    case .value(let held) where held == write.expected:
      guard let changed = target.write(write.value, into: metadata) else {
        return .blocked(field: write.metadata, parent: "")
      }
      metadata = changed
      isChanged = true
    case .value: moved.append(write.metadata)
    }
  }
  // Once all values are out: several may have stood below one parent.
  for write in update.fields where write.prunes > 0 {
    guard let target = FieldTarget(write.metadata) else { continue }
    let less = target.withoutEmptyParents(write.prunes, in: metadata)
    if less != metadata { (metadata, isChanged) = (less, true) }
  }
  let texts = [
    ("reference", update.reference, reference),
    ("reference_origin", update.referenceOrigin, referenceOrigin),
  ]
  for (name, write, held) in texts {
    if let write, held != write.value, held != write.expected { moved.append(name) }
  }
  if !moved.isEmpty { return .moved(fields: moved) }
  let key = update.reference.flatMap { reference == $0.value ? nil : $0 }
  let origin = update.referenceOrigin.flatMap { referenceOrigin == $0.value ? nil : $0 }
  if !isChanged, key == nil, origin == nil { return .alreadyThere }
  return .send(metadata: isChanged ? metadata : nil, reference: key, referenceOrigin: origin)
}

/// Which of the planned values an answer doesn't show; empty when the write is verified.
public func unverified(
  answer: JSONObject, reference: String?, referenceOrigin: String?, update: PlannedUpdate
) -> [String] {
  var missing: [String] = []
  for write in update.fields {
    guard case .value(let held)? = FieldTarget(write.metadata)?.read(answer), held == write.value
    else {
      missing.append(write.metadata)
      continue
    }
  }
  if let write = update.reference, write.value != reference { missing.append("reference") }
  if let write = update.referenceOrigin, write.value != referenceOrigin {
    missing.append("reference_origin")
  }
  return missing
}
