internal import Formats
internal import Reconciliation

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
    "resetsync conflicts resolve \(ShellWord.of(id)) --take "
      + (needsValue ? "value=JSON" : ShellWord.of(take))
  }
}

extension ConflictView {
  /// Whether a decision can be taken now.
  public var isDecidable: Bool { state.isPending || state == .decided }

  /// What can be decided, in the order in which it is offered; each says its result.
  public var choices: [Choice] { TakeForm.allowed(for: kind).flatMap { choices($0) } }

  private func choices(_ form: TakeForm) -> [Choice] {
    switch form {
    case .source: takeSource.map { [$0] } ?? []
    case .remote: [takeRemote]
    case .value: [anotherValue]
    case .apart: [apart]
    case .link: kind == .identityMismatch ? confirmation : links
    case .ignore: [Choice("ignore", "Set it aside until the facts change; nothing is written")]
    }
  }

  private var remoteName: String { SystemNames.remote }

  private var takeSource: Choice? {
    guard let source else { return nil }
    if kind == .rekeyed {
      return Choice(
        "source",
        "Write the reference \(source) back to \(words: remoteName) (now \(remote ?? .absent))",
        requests: 2)
    }
    let result: Phrase =
      source == .absent
      ? "Remove \(field ?? "the value") from \(words: remoteName) (now \(remote ?? .absent))"
      : "Write \(source) to \(words: remoteName) (now \(remote ?? .absent))"
    return Choice("source", result, requests: 2)
  }

  private var takeRemote: Choice {
    let value = remote ?? .absent
    if kind == .rekeyed {
      return Choice("remote", "Follow to \(value): the link moves to that key, nothing is written")
    }
    let keep: Phrase =
      value == .absent
      ? "Leave \(field ?? "the value") unset in \(words: remoteName)"
      : "Keep \(value) in \(words: remoteName)"
    guard let source else { return Choice("remote", keep) }
    let rest: Phrase = "; \(words: sourceName)'s \(source) is passed over until it changes"
    return Choice("remote", Phrase(parts: keep.parts + rest.parts))
  }

  private var anotherValue: Choice {
    Choice(
      "value=", "Write another value to \(words: remoteName)", requests: 2, needsValue: true)
  }

  private var apart: Choice {
    switch kind {
    case .conflict, .writeFight, .invalid:
      Choice("apart", "Keep them apart as they are; asked again when either changes")
    case .identityMismatch:
      Choice("apart", "Take the pair apart: they are not the same customer; nothing is written")
    case .remoteDeleted, .sourceDeleted:
      Choice("apart", "Let the link rest: the side that is left stays as it is")
    default: Choice("apart", "Take the pair apart on purpose; nothing is written")
    }
  }

  private var confirmation: [Choice] {
    guard let reset else { return [] }
    return [
      Choice("link=\(reset)", "Confirm that both are the same customer; held updates go out")
    ]
  }

  private var links: [Choice] {
    candidates.map { candidate in
      Choice(
        "link=\(candidate.reset)",
        "Link \(reference ?? "the record") to reset \(candidate.reset) (\(words: candidate.reason))",
        requests: 2)
    }
  }
}

extension Phrase {
  init(parts: [Part]) { self.parts = parts }
}
