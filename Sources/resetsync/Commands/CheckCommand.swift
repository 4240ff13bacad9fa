import CommerceLayer
import Console
import Effects
import Exports
import Formats
import Mirror
import Pipeline
import Reconciliation

extension CommandSpec {
  /// `check`.
  static let check = CommandSpec(
    words: ["check"],
    summary: "validate configuration, mappings, folders and database",
    details: [
      "Tells all problems at once, each with file, line and what to do. Opens the newest export of"
        + " each mapping: which columns lack, what would be rejected, how many resets have their"
        + " record in it. Of a larger file the first 64 MiB are looked at."
    ],
    options: [
      OptionSpec("connect", .none, "also credentials, organisation and mode"), formatOption,
    ],
    run: { try await CheckCommand(invocation: $0, world: $1).run() })
}

/// Looks at everything that a run needs and tells all problems at once.
struct CheckCommand {
  let invocation: Invocation
  let world: World

  func run() async throws -> ExitCode {
    let site: Site
    do {
      site = try Site.load(invocation, world)
    } catch {
      return tell([Failure(describing: error)], notes: [])
    }
    let paths = PathChecks(site.configuration)
    var failures = await paths.failures(world.environment)
    var notes = ["configuration  \(site.configuration.file)"]
    for variable in paths.unsetVariables(world.environment) {
      notes.append("credentials    \(variable) is not set here; the service needs it")
    }
    let exports = CheckExports(site: site, world: world, references: await references(site))
    for mapping in site.book.mappings {
      notes += Self.newestNote(mapping)
      for rule in mapping.exports {
        let (note, problem) = exportNote(mapping, rule, site)
        notes.append(note)
        if let problem { failures.append(problem) }
      }
      let findings = exports.findings(await site.knowing(mapping))
      notes += findings.notes
      failures += findings.failures
    }
    do {
      notes.append(try await mirrorNote(site))
    } catch {
      // A folder in its place is told already, with its line.
      if failures.isEmpty { failures.append(Failure(describing: error)) }
    }
    if invocation.has("connect") {
      do {
        notes.append(try await connect(site))
      } catch let error as APIError where error.kind == .unreachable {
        failures.append(
          Failure(
            Failure(describing: error).exit, "\(error)",
            hint: "asked were api.base_url and api.token_url of \(site.configuration.file)"))
      } catch {
        failures.append(Failure(describing: error))
      }
    }
    return tell(failures, notes: notes)
  }

  private func exportNote(
    _ mapping: Mapping, _ rule: ExportRule, _ site: Site
  ) -> (String, Failure?) {
    let folder = site.mappingFolders[mapping.name] ?? "."
    let pattern = FilePath.resolve(rule.path, in: folder)
    let found = (try? Files().list(pattern)) ?? []
    let name = "mapping \(mapping.name)"
    guard found.isEmpty else {
      let exports = Words.count(found.count, "export")
      return ("\(name)  \(mapping.fields.count) fields; \(exports) at \(pattern)", nil)
    }
    let place = FilePath.folder(of: pattern)
    if !place.contains("*"), let problem = folderProblem(place) {
      let file = site.mappingFiles[mapping.name] ?? name
      return (
        "\(name)  \(problem)",
        Failure(
          .configuration, "\(Self.position(of: file)): export.path: \(problem)",
          hint: "make the folder, or correct the path; it starts at the mapping file")
      )
    }
    return ("\(name)  \(mapping.fields.count) fields; no export at \(pattern) yet", nil)
  }

  /// Fields that can never be decided by the later change.
  private static func newestNote(_ mapping: Mapping) -> [String] {
    guard mapping.changedAt == nil else { return [] }
    return mapping.fields.filter { $0.policy == .newest }.map {
      "mapping \(mapping.name)  \($0.metadata): \"newest\" without changed_at: what both sides"
        + " changed is always a conflict"
    }
  }

  private func folderProblem(_ place: String) -> String? {
    guard let facts = try? Files().facts(place) else { return "no folder \(place)" }
    return facts.kind == .folder ? nil : "\(place) is a file, not a folder"
  }

  /// Where the path of the exports stands in a mapping file.
  private static func position(of file: String) -> String {
    guard let bytes = try? Files().read(file, bytesMax: Configuration.bytesMax),
      let place = try? SettingsDocument(bytes, file: file).place(of: ["export", "path"])
    else { return file }
    return "\(file):\(place.line):\(place.column)"
  }

  private func mirrorNote(_ site: Site) async throws -> String {
    let path = site.configuration.mirrorPath
    guard Files().exists(path) else { return "mirror         \(path) (made with the first run)" }
    let resets = try await site.openMirror(.readOnly).remoteState().resets
    return "mirror         \(path), \(resets) resets"
  }

  /// The references of the resets in the mirror; nil where there is none that can be read, which
  /// is told beside it.
  private func references(_ site: Site) async -> [KnownReference]? {
    guard Files().exists(site.configuration.mirrorPath),
      let mirror = try? site.openMirror(.readOnly),
      let known = try? await mirror.references(limit: CheckExports.referencesMax)
    else { return nil }
    return known.map { KnownReference(origin: $0.origin, reference: $0.reference) }
  }

  private func connect(_ site: Site) async throws -> String {
    let client = try await ClientMaker(site.configuration, world).client(
      budget: MemoryRateBudget(), log: Log(level: .error, time: world.time, sink: NoSink()))
    try await client.connect()
    _ = try await client.retrieve(ids: ["none"])
    let api = site.configuration.api
    return
      "Commerce Layer \(api.organization) (\(api.mode)) answers, the credentials may read resets"
  }

  private func tell(_ failures: [Failure], notes: [String]) -> ExitCode {
    if invocation.wantsJSON {
      let problems = failures.map { failure in
        JSONValue.object([
          "message": .string(failure.message), "hint": failure.hint.map { .string($0) } ?? .null,
          "exit": .int(Int(failure.exit.rawValue)),
        ])
      }
      world.output.line(
        JSONValue.object([
          "ok": .bool(failures.isEmpty), "problems": .array(problems),
          "notes": .array(notes.map { .string($0) }),
        ]).written())
    } else {
      for note in notes { world.output.line(VisibleText.of(note)) }
      for failure in failures { world.errors.write(failure.text) }
      if failures.isEmpty { world.output.line("Nothing is wrong.") }
    }
    return .first(of: failures.map(\.exit))
  }
}
