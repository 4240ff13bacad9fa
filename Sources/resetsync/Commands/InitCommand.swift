import Console
import Effects
import Exports
import Formats
import Foundation
import Mirror
import Reconciliation

extension CommandSpec {
  /// `init`.
  static let initialize = CommandSpec(
    words: ["init"],
    summary: "write a commented configuration to start from",
    details: [
      "With --from-export it also writes a mapping inferred from that file, to be read and"
        + " corrected: each guess says what it rests on, and what can be read in two ways is left"
        + " open. A key that is not clear is left to be filled in."
    ],
    positionals: [.optional("DIR", "the folder; the current one unless given")],
    options: [
      OptionSpec("from-export", .one("FILE"), "infer a mapping from this export"),
      OptionSpec("name", .one("NAME"), "the mapping's name (from the file)"),
      OptionSpec("force", .none, "overwrite files that are there"),
    ] + ReadingOptions.specs,
    examples: [
      ("init shop --from-export customers.csv", "a configuration and a mapping for this export")
    ],
    run: { try await InitCommand(invocation: $0, world: $1).run() })
}

/// Writes a configuration, and a mapping from an export.
struct InitCommand {
  let invocation: Invocation
  let world: World

  func run() async throws -> ExitCode {
    let folder = invocation.operands.first.map(world.path) ?? world.directory
    var files: [(path: String, text: String)] = []
    var proposal: Proposal?
    if let export = invocation.value("from-export") {
      let made = try await propose(export)
      files.append(("\(folder)/Mappings/\(made.name).json", made.draft.text))
      proposal = made
    }
    files.append(
      ("\(folder)/Config/resetsync.json", StarterConfiguration.text(mapping: proposal?.name)))
    let existing = files.map(\.path).filter(Files().exists)
    guard existing.isEmpty || invocation.has("force") else {
      throw Failure(
        .usage, "\(existing.joined(separator: ", ")): there already",
        hint: "name another folder, or overwrite with --force")
    }
    for line in proposal?.words ?? [] { world.output.line(VisibleText.of(line)) }
    for part in ["Config", "Mappings", "var"] { try Files().makeFolder("\(folder)/\(part)") }
    for file in files {
      try Files().deliver(Array(file.text.utf8), to: file.path)
      world.output.line("wrote \(file.path)")
    }
    for line in next(proposal, files[0].path) { world.output.line(line) }
    return .done
  }

  /// A proposed mapping and what is said of it.
  private struct Proposal {
    let name: String
    let file: String
    let draft: MappingDraft

    var words: [String] {
      let rows = "\(file): \(Words.count(draft.rows, "row")) looked at"
      let rivals = draft.rivals.prefix(5).joined(separator: ", ")
      guard let key = draft.keyColumn else {
        let named = rivals.isEmpty ? "" : "; it may be \(rivals)"
        return ["\(rows), key column left open: \(draft.keyReason)\(named)"] + draft.notes
      }
      let other = rivals.isEmpty ? [] : ["rivals of that key: \(rivals)"]
      return ["\(rows), key column \(key), \(draft.keyReason)"] + other + draft.notes
    }
  }

  private func next(_ proposal: Proposal?, _ mapping: String) -> [String] {
    var lines: [String] = []
    if let proposal, proposal.draft.keyColumn == nil {
      lines.append("Write the key column into \"reference\" of \(mapping).")
    }
    let config = invocation.operands.first.map { " --config \($0)/Config/resetsync.json" } ?? ""
    lines.append("Now fill in organization and base_url, and look with `resetsync check\(config)`.")
    if let proposal {
      let file = ShellWord.of(proposal.file)
      lines.append(
        "What would be written: `resetsync preview \(file) --mapping \(proposal.name) --values"
          + "\(config)`.")
    }
    return lines
  }

  private func propose(_ typed: String) async throws -> Proposal {
    let file = try ExportOperand.file(typed, world)
    let name = invocation.value("name") ?? Self.name(of: file.name)
    guard Mapping.isName(name) else {
      throw UsageError(
        "“\(name)” is no name for a mapping; use letters, digits, -, _ and .",
        command: invocation.command)
    }
    let (rules, findsHeader) = try ReadingOptions.applied(
      to: ReadingRules(), invocation, findsHeader: true)
    let draft: MappingDraft
    do {
      draft = try MappingInference(
        file, rules: rules, findsHeader: findsHeader, references: await references()
      ).draft(name: name, path: ExportPattern.proposed(for: world.path(typed)))
    } catch let refusal as ExportRefusal {
      if let failure = ReadingOptions.failure(refusal, invocation) { throw failure }
      guard refusal.code == .noRows else { throw refusal }
      throw Failure(
        .inputNotTrusted, refusal.problem, hint: "name an export that has some rows")
    }
    return Proposal(name: name, file: typed, draft: draft)
  }

  /// The references in a mirror that is there already: a key column should know them.
  private func references() async -> [KnownReference] {
    guard let site = try? Site.load(invocation, world),
      let mirror = try? site.openMirror(.readOnly)
    else { return [] }
    let known = try? await mirror.references(limit: MappingInference.rowsMax)
    return (known ?? []).map { KnownReference(origin: $0.origin, reference: $0.reference) }
  }

  /// `customers_20261120.csv.gz` → `customers`.
  private static func name(of file: String) -> String {
    let stem = String(file.prefix { $0 != "." }).replacing("ß", with: "ss")
    let plain = stem.decomposedStringWithCanonicalMapping.unicodeScalars
      .filter(\.isASCII).map(Character.init)
    let word = plain.prefix { $0.isLetter || $0 == "-" || $0 == "_" }
    let trimmed = String(word).lowercased().split { $0 == "-" || $0 == "_" }.joined(separator: "_")
    return trimmed.isEmpty ? "source" : trimmed
  }
}
