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
      guard let receipt = export.receipt,
        export.refusal == nil || isForced(receipt.sha256), let paths = try locate(receipt)
      else { continue }
      imports.append(try await readAgain(receipt, at: paths, mapping))
    }
    return imports
  }

  private func readAgain(
    _ receipt: ImportReceipt, at paths: [String], _ mapping: Mapping
  ) async throws -> RunSummary.Import {
    var head = ExportHead(
      file: receipt.file, path: paths[0], sha256: receipt.sha256, size: receipt.size,
      mode: receipt.mode, generatedAt: receipt.generatedAt, columns: [],
      keptColumns: mapping.columnsNeeded, rereads: receipt.id)
    head.parts = receipt.parts
    head.beside = receipt.beside
    let fitting = mapping.exports.filter { $0.mode == receipt.mode }
    let rule =
      fitting.count == 1
      ? fitting[0]
      : mapping.rule(forFileNamed: FilePath.name(of: receipt.path)) ?? mapping.export
    var summary: RunSummary.Import
    do {
      let knowing = try await knowing(mapping)
      let files = try paths.map { try ExportFile(path: $0) }
      summary = try await take(ExportToTake(files: files, head: head, rule: rule), knowing)
    } catch let refusal as ExportRefusal {
      summary = try await refuse(head, mapping, Self.words(refusal, head))
    }
    summary.readAgain = true
    return summary
  }

  /// Where the files of an export lie; nil unless all of them do.
  private func locate(_ receipt: ImportReceipt) throws -> [String]? {
    guard !receipt.parts.isEmpty else {
      return try locate(receipt.path, receipt.size, receipt.sha256).map { [$0] }
    }
    let paths = try receipt.parts.compactMap { try locate($0.path, $0.size, $0.sha256) }
    return paths.count == receipt.parts.count ? paths : nil
  }

  /// Where some bytes lie: at their path, else under another name in its folder.
  private func locate(_ known: String, _ size: Int64, _ sha256: String) throws -> String? {
    let folder = FilePath.folder(of: known)
    let others = try parts.files.list(FilePath.pattern(of: folder) + "/*")
    return try ([known] + others.filter { $0 != known }).first { path in
      guard let facts = try parts.files.facts(path), facts.kind == .file,
        Int64(facts.size) == size
      else { return false }
      return (try? ExportFile(path: path).sha256()) == sha256
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
    guard let receipt = export.receipt else {
      return start + "the next full export is needed" + end
    }
    if let refusal = export.refusal {
      return start
        + "read again, the last export was refused (\(refusal)); correct the mapping, or "
        + "deliver another export" + end
    }
    guard imports else {
      return start + "\(receipt.file) is read again by the next run that imports" + end
    }
    return start + "\(receipt.file) is not there any more to be read again: the next "
      + (receipt.mode == .full ? "full export" : "export") + " is needed" + end
  }

  private static func reason(_ reason: RereadReason) -> String {
    switch reason {
    case .reading: "exports are read in another way"
    case .column(let name): "the column “\(name)” was not read before"
    case .filter: "“where” takes rows that it left out before"
    case .numbers(let column):
      "numbers of the column “\(column)” were kept by another decimal mark than it declares"
    case .rejected(let column): "rows were rejected for the column “\(column)”"
    case .order: "rows were passed over as older by “changed_at”"
    case .unkeyed(let records):
      "\(records) records can't be told by them, because columns of their key were never read"
    case .nothingLeft: "they would leave no record"
    }
  }
}
