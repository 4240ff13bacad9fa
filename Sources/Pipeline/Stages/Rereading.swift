import Effects
import Exports
import Mirror
import Reconciliation

/// Reads exports again that were taken by other rules: the last full one and the last changes after
/// it, and no others.
///
/// An older one would roll back what came later; a refused one stays refused.
extension ImportStage {
  /// Reads again what of a mapping the rules of today want to be read again, where it still lies.
  func readAgain(_ mapping: Mapping) async throws -> [RunSummary.Import] {
    var imports: [RunSummary.Import] = []
    for export in try await parts.mirror.exportsToRead(mapping) {
      guard let passport = export.passport,
        export.refusal == nil || isForced(passport.sha256), let path = try locate(passport)
      else { continue }
      imports.append(try await readAgain(passport, at: path, mapping))
    }
    return imports
  }

  private func readAgain(
    _ passport: Passport, at path: String, _ mapping: Mapping
  ) async throws -> RunSummary.Import {
    let head = ExportHead(
      file: passport.file, path: path, sha256: passport.sha256, size: passport.size,
      mode: passport.mode, generatedAt: passport.generatedAt, columns: [],
      keptColumns: mapping.columnsNeeded, rereads: passport.id)
    let fitting = mapping.exports.filter { $0.mode == passport.mode }
    let rule =
      fitting.count == 1
      ? fitting[0] : mapping.rule(forFileNamed: passport.file) ?? mapping.export
    var summary: RunSummary.Import
    do {
      let knowing = try await parts.mirror.knowing(mapping)
      summary = try await take(try ExportFile(path: path), head, knowing, rule)
    } catch let refusal as ExportRefusal {
      summary = try await refuse(head, mapping, Self.words(refusal, head))
    }
    summary.readAgain = true
    return summary
  }

  /// Where the bytes of an export lie: at its path, else under another name in its folder.
  private func locate(_ passport: Passport) throws -> String? {
    let folder = FilePath.folder(of: passport.path)
    let others = try parts.files.list(FilePath.pattern(of: folder) + "/*")
    return try ([passport.path] + others.filter { $0 != passport.path }).first { path in
      guard let facts = try parts.files.facts(path), facts.kind == .file,
        Int64(facts.size) == passport.size
      else { return false }
      return (try? ExportFile(path: path).sha256()) == passport.sha256
    }
  }
}

/// What a change of rules did, and what it still waits for, in words.
enum RuleWords {
  static func told(_ redone: RedoneRecords) -> String {
    if redone.isRefused {
      return
        "\(redone.mapping): by its new rules no record would be left, so they are not applied; "
        + "correct the mapping, or deliver an export in which they find records"
    }
    let parts = [
      (redone.moved, "have another key"), (redone.marked, "are marked otherwise"),
      (redone.setAside, "are set aside"), (redone.unkeyed, "can't be told any more"),
    ]
    let counts = parts.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }.joined(separator: ", ")
    return "\(redone.mapping): its rules changed: of the records that stand \(counts)"
  }

  /// Why the plan of a mapping is held, and what ends that.
  static func needed(_ export: ExportToRead, of mapping: String, imports: Bool) -> String {
    let why = export.reasons.map(reason).joined(separator: "; ")
    let start = "\(mapping): its rules changed: \(why); "
    let end = "; until then nothing is sent for it"
    guard let passport = export.passport else {
      return start + "the next full export is needed" + end
    }
    if let refusal = export.refusal {
      return start
        + "read again, the last export was refused (\(refusal)); correct the mapping, or "
        + "deliver another export" + end
    }
    guard imports else {
      return start + "\(passport.file) is read again by the next run that imports" + end
    }
    return start + "\(passport.file) is not there any more to be read again: the next "
      + (passport.mode == .full ? "full export" : "export") + " is needed" + end
  }

  private static func reason(_ reason: RereadReason) -> String {
    switch reason {
    case .reading: "exports are read in another way"
    case .column(let name): "the column “\(name)” was not read before"
    case .filter: "“where” takes rows that it left out before"
    case .rejected(let column): "rows were rejected for the column “\(column)”"
    case .order: "rows were passed over as older by “changed_at”"
    case .unkeyed(let records):
      "\(records) records can't be told by them, because columns of their key were never read"
    case .nothingLeft: "they would leave no record"
    }
  }
}
