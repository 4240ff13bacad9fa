import Console
import Effects
import Formats
import Mirror
import Reconciliation

extension CommandSpec {
  /// `explain`.
  static let explain = CommandSpec(
    words: ["explain"],
    summary: "tell everything known of one reference or reset",
    positionals: [.required("REFERENCE|RESET_ID", "the key or the reset")],
    options: [
      OptionSpec("mapping", .one("NAME"), "if several mappings know the reference"),
      OptionSpec("remote", .none, "ask Commerce Layer for customer, events and event_stores too"),
      formatOption,
    ],
    run: { try await ExplainCommand(invocation: $0, world: $1).run() })
}

/// Tells everything known of one key.
struct ExplainCommand {
  let invocation: Invocation
  let world: World

  func run() async throws -> ExitCode {
    let site = try Site.load(invocation, world)
    let mirror = try site.openMirror()
    let name = invocation.operands[0]
    try await site.require(mapping: invocation.value("mapping"), in: mirror)
    var models = try await ExplainLoader(mirror: mirror, book: site.book, masking: site.masking)
      .load(name, mapping: invocation.value("mapping"), at: world.time.now)
    if invocation.has("remote") {
      let source = RemoteStories(try await Workbench(site, world, mirror: mirror).commerceLayer())
      for place in models.indices {
        guard let id = models[place].reset?.id else { continue }
        models[place].remote = try await source.story(of: id)
      }
    }
    guard let first = models.first else {
      throw Failure(
        .usage, "nothing is known of “\(name)”: no record, no reset, no link",
        hint: "references are looked up as they stand in the export, in the shop, or in normal form"
      )
    }
    if invocation.wantsJSON {
      var document = first.json.objectValue ?? [:]
      if models.count > 1 { document["others"] = .array(models.dropFirst().map(\.json)) }
      world.output.line(document.written())
    } else {
      let texts = models.map {
        ExplainText.text($0, times: site.times(world), style: world.style)
      }
      world.output.write(texts.joined(separator: "\n"))
    }
    return .done
  }
}
