import Console
import Effects
import Formats
import Mirror
import Reconciliation

extension CommandSpec {
  private static let linkOptions = [
    OptionSpec("reason", .one("TEXT"), "why"),
    OptionSpec("by", .one("NAME"), "who (the login name)"), formatOption,
  ]

  /// `link`.
  static let link = CommandSpec(
    words: ["link"],
    summary: "link a reset to a record, at any time",
    details: [
      "What is to be written for it, reference, origin and managed fields, goes through plan and"
        + " rails of the next run. If somebody else gives the reset another reference before, it"
        + " lapses and is asked. A pair that was taken apart is joined again."
    ],
    positionals: [
      .required("RESET", "the id of the reset"),
      .required("REFERENCE", "the reference of the record, as the source spells it"),
    ],
    options: [OptionSpec("mapping", .one("NAME"), "the source of the record")] + linkOptions,
    examples: [
      ("link xYZkjABcde 1001 --reason 'the customer called'", "link it"),
      ("reconcile --dry-run", "see what would be written"),
    ],
    run: { try await LinkCommand(invocation: $0, world: $1).run() })

  /// `unlink`.
  static let unlink = CommandSpec(
    words: ["unlink"],
    summary: "take the pair of a reset apart",
    details: [
      "Nothing of the pair is written any more, whatever either side says, until `link` joins a"
        + " reset and a record again. What was written stays; `undo` takes back a run."
    ],
    positionals: [.required("RESET", "the id of the reset")], options: linkOptions,
    run: { try await UnlinkCommand(invocation: $0, world: $1).run() })
}

/// Links a reset to the record of a reference.
struct LinkCommand {
  let invocation: Invocation
  let world: World

  func run() async throws -> ExitCode {
    let site = try Site.load(invocation, world)
    let mirror = try site.openMirror()
    let (reset, reference) = (invocation.operands[0], invocation.operands[1])
    let name = invocation.value("mapping")
    try await site.require(mapping: name, in: mirror)
    let found = try await records(reference, name, site.book, mirror)
    guard let record = found.first else {
      throw Failure(
        .usage, "no record has the reference “\(reference)”",
        hint: "see `resetsync explain \(ShellWord.of(reference))`")
    }
    guard found.count == 1 else {
      let names = found.map { "“\($0.key)” of \($0.mapping.name)" }.joined(separator: ", ")
      throw Failure(
        .usage, "several records have this reference: \(names)", hint: "name one with --mapping")
    }
    let act = Act(
      by: invocation.value("by") ?? world.userName, at: world.time.now,
      reason: invocation.value("reason"))
    do {
      try await mirror.makeLink(reset, to: record.key, of: record.mapping, act: act)
    } catch let error as MirrorError where error.kind == .notFound || error.kind == .refused {
      throw Failure(.usage, error.message, hint: error.hint)
    }
    await site.followConflictLog(mirror, world)
    LinkWords(invocation: invocation, world: world).tell(
      "reset \(reset) is linked to \(record.key); the next run writes what that comes to", reset)
    return .done
  }

  private func records(
    _ reference: String, _ name: String?, _ book: RuleBook, _ mirror: Mirror
  ) async throws -> [(mapping: Mapping, key: Key)] {
    var found: [(mapping: Mapping, key: Key)] = []
    for mapping in book.mappings where name.map({ $0 == mapping.name }) ?? true {
      for origin in mapping.origins {
        guard
          case .known(mapping.name, let key) = book.assign(reference: reference, origin: origin),
          !found.contains(where: { $0.key == key }),
          try await mirror.hasRecord(key, of: mapping.name)
        else { continue }
        found.append((mapping, key))
      }
    }
    return found
  }
}

/// Takes a pair apart.
struct UnlinkCommand {
  let invocation: Invocation
  let world: World

  func run() async throws -> ExitCode {
    let site = try Site.load(invocation, world)
    let mirror = try site.openMirror()
    let reset = invocation.operands[0]
    let act = Act(
      by: invocation.value("by") ?? world.userName, at: world.time.now,
      reason: invocation.value("reason"))
    do {
      try await mirror.partLink(reset, act: act)
    } catch let error as MirrorError where error.kind == .notFound {
      throw Failure(.usage, error.message, hint: error.hint)
    }
    LinkWords(invocation: invocation, world: world).tell(
      "the pair of reset \(reset) is taken apart: nothing of it is written until it is linked again",
      reset)
    return .done
  }
}

/// What both commands say.
private struct LinkWords {
  let invocation: Invocation
  let world: World

  func tell(_ words: String, _ reset: String) {
    if invocation.wantsJSON {
      world.output.line(
        JSONValue.object(["reset": .string(reset), "result": .string(words)]).written())
    } else {
      world.output.line(VisibleText.of(words))
    }
  }
}
