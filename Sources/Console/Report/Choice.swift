internal import Formats
internal import Reconciliation

/// One way to decide a conflict: what it does in words, and what to type.
public struct Choice: Sendable, Equatable {
  /// What a person must add to a choice.
  public enum Input: Sendable, Equatable {
    /// The value to be written.
    case value
    /// The id of a reset.
    case reset
  }

  /// What follows `--take`; with an input, up to the equals sign.
  public var take: String
  /// What the person must add to it; nil for nothing.
  public var input: Input?
  /// What will happen, with the values in place.
  public var result: Phrase
  /// Requests that it costs at the API, a read and a write.
  public var requests: Int

  init(_ take: String, _ result: Phrase, requests: Int = 0, input: Input? = nil) {
    self.take = take
    self.input = input
    self.result = result
    self.requests = requests
  }

  /// What to type after `--take`, ready for a shell.
  public var typed: String {
    switch input {
    case .value: "value=JSON"
    case .reset: "link=RESET_ID"
    case nil: ShellWord.of(take)
    }
  }

  /// What to type to decide a conflict so.
  public func command(for id: String) -> String {
    "resetsync conflicts resolve \(ShellWord.of(id)) --take \(typed)"
  }
}

extension ConflictView {
  /// Whether a decision can be taken now.
  public var isDecidable: Bool { !isPast && (state.isPending || state == .decided) }

  /// What can be decided, in the order in which it is offered; each says its result.
  public var choices: [Choice] {
    // A reset whose metadata is no object is corrected where it stands.
    if kind == .invalid, field == nil { return [] }
    return ResolutionForm.allowed(for: kind).flatMap { choices($0) }
  }

  private func choices(_ form: ResolutionForm) -> [Choice] {
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
    if kind == .pushFailed {
      return Choice("source", "Send the update to \(words: remoteName) once more", requests: 2)
    }
    guard let source else { return nil }
    if kind == .rekeyed {
      return resetMoved
        ? Choice(
          "source",
          "Write the key \(source) back to \(words: remoteName) (now \(remote ?? .absent))",
          requests: 2)
        : Choice("source", "Follow \(words: sourceName) to \(source): the link moves to that key")
    }
    let result: Phrase =
      source == .absent
      ? "Remove \(field ?? "the value") from \(words: remoteName) (now \(remote ?? .absent))"
      : writing(source)
    return Choice("source", result, requests: 2)
  }

  private func writing(_ source: FieldValue) -> Phrase {
    let now: FieldValue = remote ?? .absent
    return
      "Write \(source, against: now) to \(words: remoteName) (now \(now, against: source))"
  }

  private var takeRemote: Choice {
    let value = remote ?? .absent
    if kind == .rekeyed {
      return resetMoved
        ? Choice("remote", "Follow to \(value): the link moves to that key, nothing is written")
        : Choice("remote", "Stay with \(value): \(source ?? .absent) is somebody else")
    }
    let keep: Phrase =
      value == .absent
      ? "Leave \(field ?? "the value") unset in \(words: remoteName)"
      : "Keep \(value, against: source) in \(words: remoteName)"
    guard let source, kind != .invalid else { return Choice("remote", keep) }
    let rest: Phrase =
      source == .absent
      ? "; \(words: sourceName)'s empty value is passed over until it changes"
      : "; \(words: sourceName)'s \(source, against: remote) is passed over until it changes"
    return Choice("remote", Phrase(parts: keep.parts + rest.parts))
  }

  private var anotherValue: Choice {
    Choice(
      "value=", "Write another value to \(words: remoteName)", requests: 2, input: .value)
  }

  private var apart: Choice {
    switch kind {
    case .conflict, .writeFight, .invalid:
      Choice("apart", "Keep them apart as they are; asked again when either changes")
    case .identityMismatch:
      Choice(
        "apart", "Take the pair apart: they are not the same customer; nothing is written")
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

  /// Whether it is the reset that carries another key now, not the record.
  private var resetMoved: Bool {
    source == .text("\(origin ?? "")/\(reference ?? "")")
  }

  private var links: [Choice] {
    switch kind {
    case .remoteDuplicate:
      (remote?.json?.arrayValue ?? []).compactMap(\.text).map { id in
        Choice("link=\(id)", "Link \(subject) to reset \(id); the others stand aside")
      }
    case .sourceOnly:
      [
        Choice(
          "link=", "Link \(subject) to a reset; its reference is written there", requests: 2,
          input: .reset)
      ]
    case .remoteOnly:
      // Only the one record that it could be: else there is nothing to link it to.
      source?.json?.text.map { link(to: "\(FieldValue.text($0))") } ?? []
    default:
      link(to: "\(source ?? .text(subject))")
    }
  }

  private func link(to record: Phrase) -> [Choice] {
    guard let reset else { return [] }
    let sentence: Phrase = "Link reset \(reset) to "
    let rest: Phrase = "; reference and origin are written"
    return [
      Choice(
        "link=\(reset)", Phrase(parts: sentence.parts + record.parts + rest.parts), requests: 2)
    ]
  }
}

extension Phrase {
  init(parts: [Part]) { self.parts = parts }
}
