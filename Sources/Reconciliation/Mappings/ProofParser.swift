import Formats

/// Reads `parts`, `count` and `proof` of an export, noting problems.
struct ProofParser {
  let reader: SettingsReader

  func read(into rule: inout ExportRule) {
    rule.parts = parts()
    let wait = reader.optionalDuration("proof_wait")
    rule.proof = reader.optionalSection("proof").map { proof($0, rule) }
    if let wait {
      if rule.proof == nil {
        reader.problem("proof_wait", "there is no proof to wait for", hint: "add \"proof\"")
      }
      rule.proof?.waitSeconds = wait
    }
  }

  private func parts() -> PartsRule? {
    let count = reader.optionalInt("count", in: 2...PartsRule.partsMax)
    guard let pattern = pattern("parts", in: reader) else {
      if count != nil, !reader.has("parts") {
        reader.problem("count", "it counts the files of \"parts\", which is not there")
      }
      return nil
    }
    for group in ["set", "part"] where !pattern.has(group) {
      reader.problem(
        "parts", "it has no group named \"\(group)\"",
        hint: "such as \"^(?<set>.+)_(?<part>\\\\d+)\\\\.csv$\"")
    }
    return PartsRule(pattern: pattern, count: count)
  }

  private func pattern(_ key: String, in reader: SettingsReader) -> TextPattern? {
    guard let text = reader.optionalString(key) else { return nil }
    guard let pattern = TextPattern(text), !text.isEmpty else {
      reader.problem(
        key, "\"\(text)\" is no regular expression",
        hint: "double each backslash, as JSON wants it: \"\\\\d+\"")
      return nil
    }
    return pattern
  }

  private func proof(_ reader: SettingsReader, _ rule: ExportRule) -> ProofRule {
    var proof = ProofRule()
    proof.trailer = reader.optionalSection("trailer").flatMap(trailer)
    if proof.trailer != nil, ![.csv, .tsv, .ndjson].contains(rule.format) {
      reader.problem(
        "trailer", "\(rule.format.rawValue) has no last line",
        hint: "use a manifest or a sidecar, or a format of lines")
    }
    proof.manifest = reader.optionalSection("manifest").map(manifest)
    proof.sidecar = reader.optionalString("sidecar")
    if let sidecar = proof.sidecar { check(name: sidecar, at: "sidecar", in: reader) }
    proof.sequence = reader.optionalSection("sequence").flatMap(sequence)
    proof.endsWithNewline = reader.optionalBool("ends_with_newline")
    proof.canary = reader.optionalSection("canary").map { $0.string("reference") }
    proof.waitSeconds = reader.duration("proof_wait", default: proof.waitSeconds)
    return proof
  }

  private func trailer(_ reader: SettingsReader) -> ProofRule.Trailer? {
    let (column, mark) = (reader.optionalString("sum"), reader.optionalString("decimal_mark"))
    guard let match = pattern("match", in: reader) else {
      _ = reader.string("match")
      return nil
    }
    var trailer = ProofRule.Trailer(match: match)
    if !match.has("rows"), !match.has("sum") {
      reader.problem(
        "match", "it has no group named \"rows\" or \"sum\"",
        hint: "such as \"^TRAILER;(?<rows>\\\\d+)$\"")
    }
    if match.has("sum") != (column != nil) {
      reader.problem(
        "sum", "the column to add up and the group \"sum\" of \"match\" belong together",
        hint: "name the column here, and the group there")
    }
    trailer.sumColumn = column
    trailer.decimalMark = mark.flatMap(DecimalMark.init)
    if mark != nil, trailer.decimalMark == nil {
      reader.problem("decimal_mark", "a decimal mark is \",\" or \".\"")
    }
    return trailer
  }

  private func manifest(_ reader: SettingsReader) -> ProofRule.Manifest {
    var manifest = ProofRule.Manifest(path: reader.string("path"))
    if reader.has("path") { check(name: manifest.path, at: "path", in: reader) }
    manifest.file = reader.optionalString("file")
    manifest.rows = reader.optionalString("rows")
    manifest.sha256 = reader.optionalString("sha256")
    if manifest.file == nil, manifest.rows == nil, manifest.sha256 == nil {
      reader.problem(
        "rows", "nothing is said of what stands in the manifest",
        hint: "name the members or columns with \"file\", \"rows\" and \"sha256\"")
    }
    return manifest
  }

  /// The name of another file than the export itself.
  private func check(name: String, at key: String, in reader: SettingsReader) {
    let isOwn = ["{file}", "{stem}", "{set}", ""].contains(name)
    guard isOwn || name.hasSuffix("/") else { return }
    reader.problem(
      key, "\"\(name)\" names no file beside the export", hint: "such as \"{file}.sha256\"")
  }

  private func sequence(_ reader: SettingsReader) -> ProofRule.Sequence? {
    let column = reader.optionalString("column")
    if let pattern = pattern("name", in: reader) {
      if pattern.groups != 1 {
        reader.problem(
          "name", "it has \(pattern.groups) groups; the number is the only one",
          hint: "such as \"_(\\\\d+)\\\\.csv$\"; write (?:…) for what is not the number")
      }
      if column != nil {
        reader.problem(
          "column", "a sequence has \"name\" or \"column\", not both",
          hint: "remove one of them")
      }
      return .name(pattern)
    }
    if column == nil, !reader.has("name") {
      reader.problem("name", "is missing", hint: "add \"name\": \"REGEX\", or \"column\"")
    }
    return column.map { .column($0) }
  }
}
