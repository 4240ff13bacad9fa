import Formats
import Reconciliation
import Testing

/// The mapping of Contract#Mappings, comments, trailing commas and all.
private let specified = """
  {
    "name": "sap",
    "origins": ["sap"],                        // the first is written
    "export": {
      "path": "samples/sap/*.csv", "format": "csv",
      "encoding": "windows-1252", "delimiter": ";", "header_row": 1, "skip_footer_rows": 0,
      "mode": "full", "done_marker": null, "settle": "60s", "max_age": "36h", "rows_at": null,
      "nulls": ["", "NULL", "#N/A", "- None -"]
    },
    "reference": {"column": "KUNNR", "normalize": ["trim", "nfc", "strip_leading_zeros"]},
    "origin_column": null,
    "where": null,
    "changed_at": {"column": "AEDAT", "format": "dd.MM.yyyy HH:mm", "time_zone": "Europe/Berlin"},
    "deleted": {"column": "LOEVM", "equals": ["X"]},
    "cardinality": "one_to_one",
    "verify": [
      {"column": "SMTP_ADDR", "attribute": "customer_email", "compare": "case_insensitive"}],
    "correlate": [
      {"column": "SMTP_ADDR", "attribute": "customer_email", "compare": "case_insensitive"}],
    "fields": [
      {"column": "KDGRP", "metadata": "customer_group",
       "values": {"01": "retail", "02": "wholesale"}},
      {"column": "KLIMK", "metadata": "/erp/credit_limit", "type": "decimal", "policy": "source"},
      {"column": "SPERR", "metadata": "blocked", "type": "boolean", "true": ["X"],
       "false": [""], "blank": "value"},
      {"column": "NOTIZ", "metadata": "note", "policy": "ask", "blank": "clear", "max_length": 500},
    ],
    "groups": [["customer_group", "/erp/credit_limit"]],
    "reactions": {"remote_only": "conflict", "source_only": "count",
      "unreferenced": "suggest", "source_deleted": "conflict"},
    "safety": {"shrink": "off", "overlap": 0.5, "max_age": "2d"}
  }
  """

@Test func `the mapping of the contract reads as it is meant`() throws {
  let read = try mapping(specified)
  #expect(
    read.columnsNeeded == [
      "KUNNR", "AEDAT", "LOEVM", "SMTP_ADDR", "KDGRP", "KLIMK", "SPERR", "NOTIZ",
    ])
  #expect(read.export.maxAgeSeconds == 129_600)
  #expect(read.export.nulls.count == 4)
  #expect(read.fields[1].target == .pointer(try #require(JSONPointer("/erp/credit_limit"))))
  #expect(read.fields[1].policy == .source)
  #expect(read.fields[3].maxLength == 500 && read.fields[3].blank == .clear)
  #expect(read.reactions[.sourceOnly] == .count && read.reactions[.rekeyed] == .conflict)
  #expect(read.guards?.settings[.shrink] == .off)
  let guards = GuardOverrides.of(
    read, read.export, configuration: GuardOverrides([.growth: .off]))
  #expect(guards.settings[.maxAge] == .figure(2 * 86_400))
  #expect(guards.settings[.overlap] == .figure(0.5))
  #expect(guards.settings[.growth] == .off)
  #expect(guards.settings[.rejects] == .figure(0.05))
}

@Test func `an export of which nothing else is said is read from its first row on`() throws {
  let export = try sap().export
  #expect(export == ExportRule(path: "*.csv", format: .csv))
  #expect(export.headerRow == 1 && export.skipFooterRows == 0)
}

@Test func `the digests tell rules from reading and from waiting`() throws {
  func changed(_ old: String, _ new: String) throws -> Mapping {
    let text = specified.replacing(old, with: new)
    #expect(text != specified)
    return try mapping(text)
  }
  let plain = try mapping(specified)
  let waiting = try changed("\"60s\"", "\"90s\"")
  #expect(waiting.rulesDigest == plain.rulesDigest)
  #expect(waiting.recordsDigest == plain.recordsDigest)
  let rules = try changed("\"wholesale\"", "\"trade\"")
  #expect(rules.rulesDigest != plain.rulesDigest)
  #expect(rules.recordsDigest == plain.recordsDigest)
  for (old, new) in [("\"KDGRP\"", "\"KDGRP2\""), ("windows-1252", "utf-8"), ("\"NULL\", ", "")] {
    let reading = try changed(old, new)
    #expect(reading.recordsDigest != plain.recordsDigest, "\(old)")
    #expect(reading.rulesDigest != plain.rulesDigest, "\(old)")
  }
}

@Test func `null marks are texts and scalars; without types a scalar is its text`() throws {
  func rule(_ format: String) throws -> ExportRule {
    try mapping(
      """
      {"name": "m", "origins": ["m"], "reference": {"column": "A"},
       "export": {"path": "x", "format": "\(format)", "nulls": ["", false, 0, null]},
       "fields": [{"column": "B", "metadata": "b"}]}
      """
    ).export
  }
  for format in ["json", "ndjson", "xlsx"] {
    #expect(try rule(format).nulls == [""])
    #expect(try rule(format).nullScalars == [false, 0, .null])
  }
  for format in ["csv", "tsv", "xml"] {
    #expect(try rule(format).nulls == ["", "false", "0", "null"])
  }
}

/// What is changed in a valid mapping, and the words that the problem must hold.
private let faults: [(old: String, new: String, words: [String])] = [
  (#""cardinality""#, #""cardinalty""#, ["unknown key \"cardinalty\"", "did you mean"]),
  (#""format": "csv""#, #""format": "cvs""#, ["unknown value \"cvs\"", "csv", "ndjson"]),
  (#""policy": "source""#, #""policy": "erp""#, ["unknown value \"erp\"", "fill_blank"]),
  (#""name": "sap""#, #""name": "s p""#, ["no name"]),
  (#""origins": ["sap"]"#, #""origins": []"#, ["at least 1"]),
  (#""origins": ["sap"]"#, #""origins": ["sap", " sap"]"#, ["twice"]),
  (#""column": "KUNNR""#, #""column": "KUNNR", "columns": ["A"]"#, ["not both"]),
  (#""column": "KUNNR", "normalize""#, #""normalize""#, ["needs its column"]),
  (#""strip_leading_zeros""#, #""strip_zeros""#, ["unknown step \"strip_zeros\""]),
  (
    #""strip_leading_zeros""#, #""strip_leading_zero""#,
    ["did you mean \"strip_leading_zeros\"? one of trim, nfc"]
  ),
  (#""dd.MM.yyyy HH:mm""#, #""dd.MM""#, ["no date pattern"]),
  (#""Europe/Berlin""#, #""Berlin""#, ["no time zone", "Europe/Berlin"]),
  (#""settle": "60s""#, #""settle": 60"#, ["expected a duration"]),
  (#""delimiter": ";""#, #""delimiter": ";;""#, ["no delimiter"]),
  (#""NULL", "#, #"["NULL"], "#, ["expected a text, a number, true, false or null"]),
  (#""format": "dd.MM.yyyy HH:mm""#, #""format": "epoch_s""#, ["no date pattern", "epoch_ms"]),
  (#""metadata": "note""#, #""metadata": "blocked""#, ["already fed by column \"SPERR\""]),
  (#""metadata": "note""#, #""metadata": "/erp""#, ["lie inside each other"]),
  (#""metadata": "note""#, #""metadata": "/a~2""#, ["no JSON pointer"]),
  (#"["customer_group", "/erp"#, #"["customer_grup", "/erp"#, ["did you mean \"customer_group\""]),
  (#"[["customer_group", "/erp/credit_limit"]]"#, #"[["customer_group"]]"#, ["at least two"]),
  (#"[["customer_group", "/erp/credit_limit"]]"#, #"["note"]"#, ["a list of fields"]),
  (#""metadata": "note""#, #""metadata": """#, ["the key is empty"]),
  (#""true": ["X"]"#, #""true": [""]"#, ["means true and false"]),
  (#""max_length": 500"#, #""max_length": 500, "separator": "|""#, ["\"separator\" means nothing"]),
  (#""max_length": 500"#, #""format": "dd.MM.yyyy""#, ["\"format\" means nothing", "\"date\""]),
  (#""max_length": 500"#, #""max_length": 0"#, ["out of range"]),
  (#""source_only": "count""#, #""in_sync": "count""#, ["unknown key \"in_sync\""]),
  (#""overlap": 0.5"#, #""overlap": "half""#, ["expected a share or \"off\""]),
  (#""overlap": 0.5"#, #""older": 0.5"#, ["\"older\" has no figure"]),
  (#""max_length": 500"#, #""type": "list", "separator": """#, ["the separator is empty"]),
  (#""column": "KUNNR""#, #""column": "KUNNR", "join": "-""#, ["there is nothing to join"]),
  (#""attribute": "customer_email""#, #""attribute": "email""#, ["unknown attribute \"email\""]),
]

@Test(arguments: faults.indices)
func `a fault is named with its place and what to do`(index: Int) {
  let (old, new, words) = faults[index]
  guard let range = specified.firstRange(of: old) else {
    Issue.record("\(old) is not in the mapping")
    return
  }
  let text = specified.replacingCharacters(in: range, with: new)
  let found = problems(text)
  let said = found.map(\.description).joined(separator: "\n")
  for word in words { #expect(said.contains(word), "\(new): \(said)") }
  #expect(found.allSatisfy { $0.line >= 1 && $0.column >= 1 && $0.file == "test.json" })
}

@Test func `all problems come at once`() {
  let found = problems(
    #"{"name": "x", "export": {"format": "csv"}, "fields": [{"column": "A", "tpye": "date"}]}"#)
  let paths = found.map(\.path)
  for path in ["origins", "export.path", "reference.column", "fields[0].metadata"] {
    #expect(paths.contains(path), "\(path) of \(paths)")
  }
  #expect(found.contains { $0.message == "unknown key \"tpye\"" })
}

@Test func `the table of keys is the parser's own`() throws {
  // A key that the table lists and the parser doesn't ask for would be refused as unknown.
  for (section, keys) in Mapping.schemaKeys {
    for key in keys {
      let text: String
      switch section {
      case "": text = "{\"\(key)\": 1}"
      case "fields", "verify", "correlate": text = "{\"\(section)\": [{\"\(key)\": 1}]}"
      case "proof": text = "{\"export\": {\"proof\": {\"\(key)\": 1}}}"
      case "trailer", "manifest", "sequence", "canary":
        text = "{\"export\": {\"proof\": {\"\(section)\": {\"\(key)\": 1}}}}"
      default: text = "{\"\(section)\": {\"\(key)\": 1}}"
      }
      let unknown = problems(text).filter { $0.message.contains("unknown key") }
      #expect(unknown.isEmpty, "\(section).\(key): \(unknown)")
    }
  }
}

extension String {
  fileprivate func replacingCharacters(in range: Range<Index>, with text: String) -> String {
    self[..<range.lowerBound] + text + self[range.upperBound...]
  }
}

@Test func `the columns that only tell who a record could be are needed too`() throws {
  let pair = #"{"column": "MAIL", "attribute": "customer_email"}"#
  for key in ["verify", "correlate"] {
    let needed = try sap(more: "\"\(key)\": [\(pair)]").columnsNeeded
    #expect(needed == ["NR", "MAIL", "GRP"], "\(key)")
  }
}
