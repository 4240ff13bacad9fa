import Formats
import Reconciliation

/// Writes a proposed mapping with the reasons for it.
struct MappingDraftWriter {
  let name: String
  let path: String
  let dialect: ExportDialect
  let sample: ProposalSample
  let key: KeyFinder.Key
  let fileName: String
  /// The value of `reference_origin` that means the source.
  let origin: String
  let repeatsReferences: Bool

  private var profiles: [ColumnProfile] { sample.profiles }

  private static let changedNames = [
    "changed", "modified", "updated", "aedat", "modstamp", "writedate", "lastmodified",
    "lastmodifieddate", "updatedat", "geaendert", "geändert",
  ]
  private static let deletedNames = ["deleted", "isdeleted", "archived", "loevm", "lvorm"]

  func text() -> String {
    var lines = [
      "// Proposed from \(sample.rows == 1 ? "1 row" : "\(sample.rows) rows") of \(plain(fileName)). Read it, correct it, look at it with",
      "//   resetsync preview FILE --mapping \(plain(name))",
      "// and let `resetsync check` have the last word.",
      "{",
      "  \"name\": \(quoted(name)),",
      "  // The values of reference_origin that mean this source; the first one is written.",
      "  \"origins\": [\(quoted(origin))],",
    ]
    lines += export() + reference()
    if let changed { lines += changedAt(changed) }
    if let deleted { lines += deletion(deleted) }
    lines += cardinality() + identity() + fields()
    lines.append("}")
    return lines.joined(separator: "\n") + "\n"
  }

  // MARK: - Parts

  private func export() -> [String] {
    var lines = [
      "  \"export\": {",
      "    // The files of this source: a name, or a pattern such as customers_*.csv.",
      "    \"path\": \(quoted(path)),",
    ]
    lines.append("    \"format\": \(quoted(dialect.format.rawValue)),")
    if let encoding = dialect.encoding { lines.append("    \"encoding\": \(quoted(encoding)),") }
    if let delimiter = dialect.delimiter, dialect.format == .csv {
      lines.append("    \"delimiter\": \(quoted(delimiter)),")
    }
    if let row = dialect.headerRow { lines.append("    \"header_row\": \(row),") }
    if sample.footerRows > 0 {
      lines += [
        "    // The last rows have one cell only, as the footer of a report.",
        "    \"skip_footer_rows\": \(sample.footerRows),",
      ]
    }
    if let place = dialect.rowsAt { lines.append("    \"rows_at\": \(quoted(place)),") }
    lines += [
      "    // full: the file holds everything, and what two of them lack is deleted;",
      "    // delta: it holds changes only.",
      "    \"mode\": \"full\",",
      "    // How long a file must rest before it is read; a done_marker is safer.",
      "    \"settle\": \"60s\",",
      "    \"max_age\": \"36h\",",
      "    \"nulls\": \(list(ProposalSample.nulls))",
      "  },",
    ]
    return lines
  }

  private func reference() -> [String] {
    let isKnown = (key.overlapPercent ?? 0) >= KeyFinder.overlapPercentMin
    var reasons = key.isUnique ? "every row has its own value" : "it has most known references"
    if let percent = key.overlapPercent { reasons += ", \(percent) % of the known references" }
    var lines = ["  // Chosen because \(reasons)."]
    if !key.isUnique, !isKnown {
      let rows = key.repeated == 1 ? "1 row repeats" : "\(key.repeated) rows repeat"
      lines = [
        "  // Chosen by its name, but \(rows) the value of another. If they are other records, such as",
        "  // those of another company, name the column that tells them apart as origin_column.",
      ]
    }
    if key.isEmail {
      lines = [
        "  // Nothing else tells the rows apart. An e-mail address can change: then the record counts",
        "  // as another one. A number of the source would be a better key.",
      ]
    }
    if !key.others.isEmpty {
      let others = key.others.prefix(10).map(plain).joined(separator: ", ")
      lines.append("  // These tell the rows apart too: \(others).")
    }
    let steps = key.normalize.map(quoted).joined(separator: ", ")
    return lines + [
      "  \"reference\": {\"column\": \(quoted(key.column)), \"normalize\": [\(steps)]},"
    ]
  }

  private var changed: ColumnProfile? {
    profiles.first { profile in
      let type = ColumnType.infer(profile).type
      return (type == .date || type == .datetime) && profile.isNamed(Self.changedNames)
    }
  }

  private func changedAt(_ profile: ColumnProfile) -> [String] {
    let type = ColumnType.infer(profile)
    var lines: [String] = []
    var parts = ["\"column\": \(quoted(profile.name))"]
    if let format = type.dateFormat {
      lines.append("  // The file names no time zone: set the one of the source.")
      parts += ["\"format\": \(quoted(format))", "\"time_zone\": \"UTC\""]
    }
    return lines + ["  \"changed_at\": {\(parts.joined(separator: ", "))},"]
  }

  private var deleted: (profile: ColumnProfile, marks: [String])? {
    for profile in profiles where profile.isNamed(Self.deletedNames) {
      if profile.filled == 0 { return (profile, ["X"]) }
      let type = ColumnType.infer(profile)
      guard type.type == .boolean else { continue }
      let trues = type.trueTexts ?? profile.texts.filter { $0.lowercased() == "true" }.sorted()
      return (profile, trues.isEmpty ? ["true"] : trues)
    }
    return nil
  }

  private func deletion(_ deleted: (profile: ColumnProfile, marks: [String])) -> [String] {
    let marks = deleted.marks.map(quoted).joined(separator: ", ")
    return [
      "  \"deleted\": {\"column\": \(quoted(deleted.profile.name)), \"equals\": [\(marks)]},"
    ]
  }

  private func cardinality() -> [String] {
    guard repeatsReferences else { return ["  \"cardinality\": \"one_to_one\","] }
    return [
      "  // Some resets share a reference.",
      "  \"cardinality\": \"many_to_one\",",
    ]
  }

  private var email: ColumnProfile? { profiles.first(where: \.holdsEmails) }

  private func identity() -> [String] {
    guard let email else { return [] }
    let pair =
      "[{\"column\": \(quoted(email.name)), \"attribute\": \"customer_email\", "
      + "\"compare\": \"case_insensitive\"}]"
    return [
      "  // The e-mail must agree before anything is written, and it suggests missing links.",
      "  \"verify\": \(pair),",
      "  \"correlate\": \(pair),",
    ]
  }

  // MARK: - Fields

  private func fields() -> [String] {
    let taken = Set(
      [key.column, changed?.name, deleted?.profile.name, email?.name].compactMap(\.self))
    let repeated = sample.repeatedNames
    let rest = profiles.filter { !taken.contains($0.name) }
    var useful = rest.filter { $0.filled > 0 && !$0.isConstant }
    if useful.isEmpty { useful = rest.isEmpty ? profiles.filter { $0.name == key.column } : rest }
    let left = rest.filter { profile in !useful.contains { $0.name == profile.name } }
    var lines = [
      "  // Keep what the shop needs and delete the rest: each field is written to its metadata.",
      "  \"fields\": [",
    ]
    var names: Set<String> = []
    for (place, profile) in useful.enumerated() {
      let type = ColumnType.infer(profile)
      if let doubt = type.doubt { lines.append("    // Look at this one: \(doubt).") }
      let comma = place == useful.count - 1 ? "" : ","
      lines.append("    \(field(profile, type, &names))\(comma)")
    }
    lines.append("  ]")
    if !left.isEmpty {
      let list = left.prefix(20).map { plain($0.name) }.joined(separator: ", ")
      lines.append("  // Left out, empty or the same in every row: \(list)")
    }
    if !repeated.isEmpty {
      let list = repeated.prefix(20).map(plain).joined(separator: ", ")
      lines.append("  // Left out, as these names are there more than once: \(list)")
    }
    return lines
  }

  private func field(
    _ profile: ColumnProfile, _ type: ColumnType, _ names: inout Set<String>
  ) -> String {
    var metadata = profile.words.joined(separator: "_")
    if metadata.isEmpty { metadata = "field" }
    var unique = metadata
    var number = 2
    while !names.insert(unique).inserted {
      unique = "\(metadata)_\(number)"
      number += 1
    }
    var parts = ["\"column\": \(quoted(profile.name))", "\"metadata\": \(quoted(unique))"]
    if type.type != .string { parts.append("\"type\": \(quoted(type.type.rawValue))") }
    if let format = type.dateFormat { parts.append("\"format\": \(quoted(format))") }
    if type.type == .datetime, type.dateFormat != nil { parts.append("\"time_zone\": \"UTC\"") }
    if let mark = type.decimalMark { parts.append("\"decimal_mark\": \(quoted(mark))") }
    if let texts = type.trueTexts, !texts.isEmpty { parts.append("\"true\": \(list(texts))") }
    if let texts = type.falseTexts, !texts.isEmpty {
      parts.append("\"false\": \(list(texts))")
      if texts == [""] { parts.append("\"blank\": \"value\"") }
    }
    return "{\(parts.joined(separator: ", "))}"
  }

  // MARK: - Text

  private func quoted(_ text: String) -> String { JSONValue.string(text).written() }

  private func list(_ texts: [String]) -> String {
    "[\(texts.map(quoted).joined(separator: ", "))]"
  }

  /// Text for a comment, which ends with its line.
  private func plain(_ text: String) -> String {
    String(
      text.unicodeScalars.map {
        $0.value < 0x20 || $0.value == 0x2028 || $0.value == 0x2029 ? " " : Character($0)
      })
  }
}
