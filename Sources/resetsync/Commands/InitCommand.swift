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
      "With --from-export it also writes a mapping inferred from that file, to be read and corrected."
    ],
    positionals: [.optional("DIR", "the folder; the current one unless given")],
    options: [
      OptionSpec("from-export", .one("FILE"), "infer a mapping from this export"),
      OptionSpec("name", .one("NAME"), "the mapping's name (from the file)"),
      OptionSpec("force", .none, "overwrite files that are there"),
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
    var mappingName: String?
    if let export = invocation.value("from-export") {
      let draft = try await draft(world.path(export), folder)
      mappingName = draft.name
      files.append(("\(folder)/Mappings/\(draft.name).json", draft.text))
    }
    files.append(
      ("\(folder)/Config/resetsync.json", StarterConfiguration.text(mapping: mappingName)))
    let existing = files.map(\.path).filter(Files().exists)
    guard existing.isEmpty || invocation.has("force") else {
      throw Failure(
        .usage, "\(existing.joined(separator: ", ")): there already",
        hint: "name another folder, or overwrite with --force")
    }
    for part in ["Config", "Mappings", "var"] { try Files().makeFolder("\(folder)/\(part)") }
    for file in files {
      try Files().deliver(Array(file.text.utf8), to: file.path)
      world.output.line("wrote \(file.path)")
    }
    world.output.line("Now fill in organization and base_url, and look with `resetsync check`.")
    return .done
  }

  private func draft(_ path: String, _ folder: String) async throws -> (name: String, text: String)
  {
    let file = try ExportFile(path: path)
    let name = invocation.value("name") ?? Self.name(of: file.name)
    guard Mapping.isName(name) else {
      throw UsageError(
        "“\(name)” is no name for a mapping; use letters, digits, -, _ and .",
        command: invocation.command)
    }
    let draft: MappingDraft
    do {
      draft = try MappingInference(file, references: await references())
        .draft(name: name, path: ExportPattern.proposed(for: path))
    } catch let refusal as ExportRefusal where refusal.code == .noRows {
      throw Failure(
        .inputNotTrusted, refusal.problem, hint: "name an export that has some rows")
    }
    world.output.line(
      "\(file.name): \(draft.rows) rows looked at, key column \(draft.keyColumn)")
    return (name, draft.text)
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
