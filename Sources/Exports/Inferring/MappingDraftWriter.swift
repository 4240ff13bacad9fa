import Formats
import Reconciliation

/// Writes a proposed mapping with the reasons for it.
struct MappingDraftWriter {
  let name: String
  let path: String
  let fileName: String
  let dialect: ExportDialect
  /// How the file was read.
  let rules: ReadingRules
  /// What a person should know of how the file is read, for its comments.
  let reading: [String]
  let sample: ProposalSample
  let key: KeyProposal
  let references: KnownReferences
  let habits: FileHabits
  /// The last line, where it counts the rows above it.
  let trailer: TrailerProposal?

  init(
    name: String, path: String, fileName: String, opened: OpenedExport, rules: ReadingRules,
    reading: [String], sample: ProposalSample, key: KeyProposal, references: KnownReferences
  ) {
    self.name = name
    self.path = path
    self.fileName = fileName
    dialect = opened.dialect
    self.rules = rules
    self.reading = reading
    self.sample = sample
    self.key = key
    self.references = references
    habits = FileHabits(sample.columns)
    trailer = TrailerProposal(sample, lastLine: opened.tail?.lastLines(1).first)
  }

  var columns: [ColumnFacts] { sample.columns }

  func text() -> String {
    let rows = sample.rows == 1 ? "1 row" : "\(sample.rows) rows"
    var lines = DraftText.comment(
      "Proposed from \(sample.isCut ? "the first " : "")\(rows) of \(fileName). Read it, correct "
        + "it, and look at what it would write with", indent: 0)
    lines += [
      "//   resetsync preview FILE --mapping \(DraftText.plain(name)) --values",
      "// `resetsync check` has the last word.",
    ]
    lines += unread() + ["{", "  \"name\": \(DraftText.quoted(name)),"]
    lines += origins() + export() + reference() + changedAt() + deletion() + cardinality()
    lines += identity() + fields() + ["}"]
    return lines.joined(separator: "\n") + "\n"
  }

  private func unread() -> [String] {
    guard sample.rejected > 0, let first = sample.rejections.first else { return [] }
    let rows = sample.rejected == 1 ? "1 row" : "\(sample.rejected) rows"
    return DraftText.comment(
      "\(rows) can't be read; the first is line \(first.line): \(first.reason).", indent: 0)
  }

  // MARK: - Source and files

  private func origins() -> [String] {
    let known = key.chosen?.known.origin
    let reason =
      known == nil
      ? "a guess, from the name of the mapping: look at the resets"
      : "the resets that the key meets carry this one"
    return DraftText.comment(
      "The values of reference_origin that mean this source, the first one is written; \(reason).")
      + ["  \"origins\": [\(DraftText.quoted(known ?? name))],"]
  }

  private func export() -> [String] {
    var lines = [
      "  \"export\": {",
      "    // The files of this source: a name, or a pattern such as customers_*.csv.",
      "    \"path\": \(DraftText.quoted(path)),",
      "    \"format\": \(DraftText.quoted(dialect.format.rawValue)),",
    ]
    for remark in reading { lines += DraftText.comment(remark, indent: 4) }
    if let encoding = dialect.encoding {
      lines.append("    \"encoding\": \(DraftText.quoted(encoding)),")
    }
    if let delimiter = dialect.delimiter, dialect.format == .csv {
      lines.append("    \"delimiter\": \(DraftText.quoted(delimiter)),")
    }
    lines += signs()
    if let row = dialect.headerRow { lines.append("    \"header_row\": \(row),") }
    lines += footer()
    if let place = dialect.rowsAt {
      lines.append("    \"rows_at\": \(DraftText.quoted(place)),")
    }
    lines += [
      "    // full: the file holds everything, and what two of them lack is deleted;",
      "    // delta: it holds changes only.", "    \"mode\": \"full\",",
      "    // How long a file must rest before it is read; a done_marker is safer.",
      "    \"settle\": \"60s\",", "    \"max_age\": \"36h\"\(nulls.isEmpty ? "" : ",")",
    ]
    return lines + nulls + ["  },"]
  }

  /// What stands around and between cells, and which file of an archive is meant, where that is not
  /// the usual.
  private func signs() -> [String] {
    var lines: [String] = []
    if dialect.format == .csv || dialect.format == .tsv, rules.quote != "\"" {
      lines.append("    \"quote\": \(rules.quote.map(DraftText.quoted) ?? "null"),")
    }
    for (key, value) in [
      ("escape", rules.escape), ("comment", rules.comment), ("member", rules.member),
    ] {
      if let value { lines.append("    \"\(key)\": \(DraftText.quoted(value)),") }
    }
    return lines
  }

  private func footer() -> [String] {
    if let trailer { return trailer.lines }
    guard let first = sample.footer.first else { return [] }
    let begin = first.text.map { ", which begin with “\($0)”" } ?? ""
    let rows = sample.footer.count
    return DraftText.comment(
      rows == 1 ? "The last row is no record\(begin)." : "The last rows are no records\(begin).",
      indent: 4) + ["    \"skip_footer_rows\": \(rows),"]
  }

  private var nulls: [String] {
    let seen = columns.reduce(into: Set<String>()) { $0.formUnion($1.profile.marks) }
    var marks = ([""] + seen.sorted()).map(DraftText.quoted)
    if columns.contains(where: \.profile.hasFalseForBlank) { marks.append("false") }
    guard marks.count > 1 else { return [] }
    return [
      "    // What stands in this file where nothing is meant.",
      "    \"nulls\": [\(marks.joined(separator: ", "))]",
    ]
  }

  // MARK: - Change and deletion

  /// The column that says when a row was changed: one in which rows differ, and that can be read
  /// in one way.
  var changed: ColumnFacts? {
    columns.first { column in
      guard let dates = column.dates, column.name.isNamed(NameLists.changed) else { return false }
      return !column.profile.isConstant && !column.profile.isMachinery
        && (!dates.isAmbiguous || habits.dayOrder != nil && !dates.hasShortYear)
    }
  }

  private func changedAt() -> [String] {
    guard let column = changed, let dates = column.dates else { return [] }
    var parts = ["\"column\": \(DraftText.quoted(column.name.text))"]
    if let format = dates.pattern(dates.proved ?? habits.dayOrder?.order) {
      parts.append("\"format\": \(DraftText.quoted(format))")
    }
    var lines: [String] = []
    if dates.hasTime, !dates.hasZone {
      lines = DraftText.comment(
        "Which row is the later one. The file names no time zone: set that of the source.")
      parts.append("\"time_zone\": \"UTC\"")
    }
    return lines + ["  \"changed_at\": {\(parts.joined(separator: ", "))},"]
  }

  /// The column that marks deleted records, and the texts that do.
  var deleted: (column: ColumnFacts, marks: [String])? {
    for column in columns where column.name.isNamed(NameLists.deleted) {
      guard column.dates == nil else { continue }
      if column.profile.filled == 0 { return (column, ["X"]) }
      let guess = FieldGuess(column, habits)
      guard guess.type == .boolean else { continue }
      let trues =
        guess.trueTexts ?? column.profile.texts.filter { $0.lowercased() == "true" }.sorted()
      return (column, trues.isEmpty ? ["true"] : trues)
    }
    return nil
  }

  private func deletion() -> [String] {
    guard let deleted else { return [] }
    let doubt =
      deleted.column.profile.filled == 0
      ? DraftText.comment("Empty in this file: the mark is a guess.") : []
    let name = DraftText.quoted(deleted.column.name.text)
    return doubt + [
      "  \"deleted\": {\"column\": \(name), \"equals\": \(DraftText.list(deleted.marks))},"
    ]
  }

  // MARK: - Identity

  private func cardinality() -> [String] {
    guard let chosen = key.chosen,
      references.repeats(chosen.known.origin, key.normalize(references))
    else { return ["  \"cardinality\": \"one_to_one\","] }
    return [
      "  // Some resets share a reference.",
      "  \"cardinality\": \"many_to_one\",",
    ]
  }

  var email: ColumnFacts? { columns.first { $0.profile.holdsEmails } }

  private func identity() -> [String] {
    guard let email else { return [] }
    let pair =
      "[{\"column\": \(DraftText.quoted(email.name.text)), \"attribute\": \"customer_email\", "
      + "\"compare\": \"case_insensitive\"}]"
    return [
      "  // The e-mail must agree before anything is written, and it suggests missing links.",
      "  \"verify\": \(pair),",
      "  \"correlate\": \(pair),",
    ]
  }
}
