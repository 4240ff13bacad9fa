internal import Formats
public import Reconciliation

/// One way to decide a conflict: what it does in words, and what to type.
public struct Choice: Sendable, Equatable {
  /// What follows `--take`.
  public var take: String
  /// Whether the person must add a value to it.
  public var needsValue: Bool
  /// What will happen, with the values in place.
  public var result: Phrase
  /// Requests that it costs at the API, a read and a write.
  public var requests: Int

  init(_ take: String, _ result: Phrase, requests: Int = 0, needsValue: Bool = false) {
    self.take = take
    self.needsValue = needsValue
    self.result = result
    self.requests = requests
  }

  /// What to type to decide a conflict so.
  public func command(for id: String) -> String {
    "resetsync conflicts resolve \(id) --take \(needsValue ? "value=JSON" : take)"
  }
}

extension ConflictView {
  /// Whether a decision can be taken now.
  public var isDecidable: Bool {
    switch state {
    case .open, .lapsed, .snoozed, .decided: true
    default: false
    }
  }

  /// What can be decided, in the order in which it is offered; each says its result.
  public var choices: [Choice] {
    switch kind {
    case .conflict, .writeFight: fieldChoices
    case .invalid: invalidChoices
    case .rekeyed: rekeyedChoices
    case .remoteDuplicate: candidateChoices + [asideChoice]
    case .identityMismatch: identityChoices
    case .unreferenced, .remoteOnly, .sourceOnly: candidateChoices + [asideChoice]
    case .sourceDuplicate, .keyCollision, .unknownOrigin, .remoteDeleted, .sourceDeleted,
      .pushFailed:
      [asideChoice]
    }
  }

  private var fieldName: String { field ?? "value" }

  private var fieldChoices: [Choice] {
    var list: [Choice] = []
    if let source { list.append(Choice("source", writeSource(source), requests: 2)) }
    list.append(Choice("remote", keepRemote))
    return list + [anotherValue, apart]
  }

  private var invalidChoices: [Choice] { [Choice("remote", keepRemote), anotherValue, apart] }

  private func writeSource(_ source: FieldValue) -> Phrase {
    if source == .absent {
      return
        "Remove \(fieldName) from \(words: SystemNames.remote) (now \(remote ?? .absent))"
    }
    return "Write \(source) to \(words: SystemNames.remote) (now \(remote ?? .absent))"
  }

  private var keepRemote: Phrase {
    guard let source else {
      return "Keep \(remote ?? .absent) in \(words: SystemNames.remote)"
    }
    let value = remote ?? .absent
    let rest: Phrase = "; \(words: sourceName)'s \(source) is passed over until it changes"
    let first: Phrase =
      value == .absent
      ? "Leave \(fieldName) unset in \(words: SystemNames.remote)"
      : "Keep \(value) in \(words: SystemNames.remote)"
    return Phrase(parts: first.parts + rest.parts)
  }

  private var anotherValue: Choice {
    Choice(
      "value=", "Write another value to \(words: SystemNames.remote)", requests: 2,
      needsValue: true)
  }

  private var apart: Choice {
    Choice(
      "apart",
      "Keep them apart: \(words: sourceName) \(source), \(words: SystemNames.remote) \(remote ?? .absent); asked again when either changes"
    )
  }

  private var rekeyedChoices: [Choice] {
    [
      Choice(
        "source",
        "Write the reference \(source) back to \(words: SystemNames.remote) (now \(remote))",
        requests: 2),
      Choice("remote", "Follow to \(remote): the link moves to that key, nothing is written"),
      asideChoice,
    ]
  }

  private var identityChoices: [Choice] {
    var list: [Choice] = []
    if let reset {
      list.append(
        Choice(
          "link=\(reset)",
          "Confirm that \(words: sourceName) \(source) and \(words: SystemNames.remote) \(remote) are the same customer; held updates go out"
        ))
    }
    list.append(
      Choice("apart", "Take the pair apart: they are not the same customer; nothing is written"))
    return list
  }

  private var candidateChoices: [Choice] {
    candidates.map { candidate in
      Choice(
        "link=\(candidate.reset)",
        "Link \(reference ?? "the record") to reset \(candidate.reset) (\(words: candidate.reason))",
        requests: 2)
    }
  }

  private var asideChoice: Choice {
    Choice("ignore", "Set it aside until the facts change; nothing is written")
  }
}

extension Phrase {
  init(parts: [Part]) { self.parts = parts }
}
