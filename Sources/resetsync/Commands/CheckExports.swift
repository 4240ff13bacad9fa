import Console
import Effects
import Exports
import Formats
import Mirror
import Reconciliation

/// Opens the newest waiting export of each mapping and tells what an import would make of it.
struct CheckExports {
  let site: Site
  let world: World
  /// The references of the resets in the mirror; nil where there is no mirror.
  let references: [KnownReference]?

  /// How many references of resets are looked at.
  static let referencesMax = 500_000
  /// From so many resets on it is told as a problem that none has its record.
  private static let resetsMin = 5

  /// What was found: what is told, and what is wrong.
  struct Findings {
    var notes: [String] = []
    var failures: [Failure] = []
  }

  /// Looks at the newest export of each rule of a mapping.
  func findings(_ mapping: Mapping) -> Findings {
    var findings = Findings()
    let folder = site.mappingFolders[mapping.name] ?? "."
    let seen = WaitingExports(files: Files(), time: world.time)
      .look(at: mapping.exports, in: folder)
    tell(seen, mapping, &findings)
    for rule in mapping.exports {
      guard let newest = seen.deliveries.last(where: { $0.rule == rule }) else { continue }
      look(newest, mapping, &findings)
    }
    return findings
  }

  /// What lies there and is no export that can be read; a folder that is gone is told beside.
  private func tell(_ seen: SourceLook, _ mapping: Mapping, _ findings: inout Findings) {
    for fault in seen.faults where !fault.isMissing {
      findings.failures.append(
        Failure(
          .inputNotTrusted, "mapping \(mapping.name): \(fault)",
          hint: "give this user the right to look into that folder"))
    }
    for path in seen.unclear {
      findings.failures.append(
        Failure(
          .configuration, "mapping \(mapping.name): \(path) fits several of its exports",
          hint: "let the \"path\" of only one of them fit each file"))
    }
    for passed in seen.passedOver {
      let why =
        switch passed.reason {
        case .unfinished: "its name is that of a transfer under way"
        case .linkLoop: "it is a link that leads to itself"
        case .noPart: "its name is none of a part, as \"parts\" of its export has it"
        case .unreadable(let reason): reason
        }
      findings.notes.append("mapping \(mapping.name)  \(passed.path) is passed over: \(why)")
    }
  }

  private func look(_ export: Delivery, _ mapping: Mapping, _ findings: inout Findings) {
    let title = "mapping \(mapping.name)  \(export.name)"
    do {
      if case .incomplete(let reason) = export.readiness {
        return findings.notes.append("\(title): it waits: \(reason)")
      }
      let files = try export.files.map { try ExportFile(path: $0.path) }
      let trial = try ExportTrial(parts: files, by: mapping, rule: export.rule)
      findings.notes.append("\(title): \(Self.words(trial))")
      if let missing = try trial.missing ?? Self.missing(export, files) {
        findings.notes.append("\(title): its proof is not there yet: \(missing)")
      }
      findings.notes += Self.rejections(trial).map { "\(title): \($0)" }
      judge(trial, export, mapping, &findings)
      meet(trial, export, mapping, title, &findings)
    } catch let refusal as ExportRefusal {
      findings.failures.append(
        Failure(
          .inputNotTrusted, "mapping \(mapping.name): \(refusal.problem)", hint: refusal.advice))
    } catch {
      findings.failures.append(Failure(describing: error))
    }
  }

  // MARK: - Proof

  /// What lies beside and is missing; throws `ExportRefusal` where it says otherwise.
  private static func missing(_ export: Delivery, _ files: [ExportFile]) throws -> String? {
    guard export.rule.proof?.sidecar != nil || export.rule.proof?.manifest != nil else {
      return nil
    }
    do {
      let members = try zip(export.files, files).map {
        BesideProof.Member($0, sha256: try $1.sha256())
      }
      _ = try BesideProof(export.rule.proof, members, ofSet: export.set, files: Files())
      return nil
    } catch let missing as ProofMissing {
      return missing.reason
    }
  }

  // MARK: - Rows

  private static func words(_ trial: ExportTrial) -> String {
    var words = [
      (trial.isWhole ? "" : "the first \(ExportTrial.bytesMax >> 20) MiB have ")
        + Words.count(trial.rows, "row") + ", \(Words.count(trial.accepted)) would be taken"
    ]
    if trial.rejected > 0 { words.append("\(Words.count(trial.rejected)) rejected") }
    if trial.setAside.rows > 0 {
      let values = trial.setAside.values.prefix(3).map { $0.value.isEmpty ? "empty" : $0.value }
      words.append(
        "\(Words.count(trial.setAside.rows)) set aside by \"where\" (\(Words.list(values)))")
    }
    if trial.repeated > 0 {
      words.append("\(Words.count(trial.repeated, "row")) with the key of an earlier one")
    }
    return words.joined(separator: ", ")
  }

  private static func rejections(_ trial: ExportTrial) -> [String] {
    trial.rejections.prefix(3).map { rejection in
      let column = rejection.column.map { ", \($0)" } ?? ""
      return "\(trial.places.words(rejection.line))\(column): \(rejection.reason)"
    }
  }

  /// The guards that need no history: too many rejected rows, too old.
  private func judge(
    _ trial: ExportTrial, _ export: Delivery, _ mapping: Mapping, _ findings: inout Findings
  ) {
    let guards = GuardOverrides.of(
      mapping, export.rule, configuration: site.configuration.guards)
    let verdicts = judgeExport(
      trial.stats(mode: export.rule.mode, generatedAt: export.generatedAt),
      history: ExportHistory(now: world.time.now), guards: guards)
    for verdict in verdicts where verdict.refused {
      let columns = trial.rejectedByColumn.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        .prefix(3).map { "\($0.key) (\($0.value))" }
      let most =
        verdict.name == .rejects && !columns.isEmpty
        ? "; most for \(columns.joined(separator: ", "))" : ""
      findings.failures.append(
        Failure(
          .inputNotTrusted,
          "mapping \(mapping.name): \(export.name) would be refused: \(verdict.reason ?? "")\(most)",
          hint: verdict.name == .rejects
            ? "see them with `resetsync preview \(export.path) --mapping \(mapping.name) --values`"
            : "deliver a newer one, or set export.max_age of the mapping"))
    }
  }

  // MARK: - The other side

  /// How many resets have their record in the export.
  private func meet(
    _ trial: ExportTrial, _ export: Delivery, _ mapping: Mapping, _ title: String,
    _ findings: inout Findings
  ) {
    guard let references, !references.isEmpty, !trial.keys.isEmpty else { return }
    var own: [Key: String] = [:]
    for known in references {
      let place = site.book.assign(reference: known.reference, origin: known.origin)
      if case .known(mapping.name, let key) = place { own[key] = known.reference }
    }
    guard !own.isEmpty else {
      findings.notes.append("\(title): \(noOrigin(mapping, references))")
      return
    }
    let met = own.keys.count { trial.keys.contains($0) }
    let origins = Words.list(mapping.origins)
    findings.notes.append(
      "\(title): \(Words.count(met)) of \(Words.count(own.count, "reset")) of \(origins) have their "
        + "record in it")
    guard met == 0, own.count >= Self.resetsMin, export.rule.mode == .full, trial.isWhole else {
      return
    }
    let there = own.values.min() ?? ""
    let here = trial.keys.map(\.reference).min() ?? ""
    findings.failures.append(
      Failure(
        .configuration,
        "mapping \(mapping.name): no reset of \(origins) has its record in \(export.name): the "
          + "resets have references such as “\(there)”, the export such as “\(here)”",
        hint: "look at \"reference\" of the mapping, its column and its normalize"))
  }

  private func noOrigin(_ mapping: Mapping, _ references: [KnownReference]) -> String {
    let counts = Dictionary(grouping: references) { $0.origin ?? "none" }.mapValues(\.count)
    let there = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(5)
      .map { "\($0.key) (\(Words.count($0.value)))" }
    return "no reset names the origin \(Words.list(mapping.origins)); the resets have "
      + there.joined(separator: ", ")
  }
}
