import Exports
import Formats
import Pipeline
import Reconciliation

extension CommandSpec {
  /// `preview`.
  static let preview = CommandSpec(
    words: ["preview"],
    summary: "show how an export is read, without touching the mirror",
    details: [
      "Without a mapping nothing is declared: encoding, delimiter and header row are guessed, and"
        + " what is a guess is said to be one. With --mapping and --values each row is shown as its"
        + " key and, field by field, the cell and the value that would be written, or why not."
    ],
    positionals: [.required("FILE", "the export")],
    options: [
      OptionSpec("mapping", .one("NAME"), "read as this mapping says"),
      OptionSpec("values", .none, "cell and value of each managed field; needs --mapping"),
      OptionSpec("limit", .one("N"), "at most so many rows"),
    ] + ReadingOptions.specs + [formatOption],
    examples: [
      ("preview customers.csv", "how the file is read"),
      ("preview customers.csv --mapping sap --values --limit 5", "what would be written"),
    ],
    run: { try await PreviewCommand(invocation: $0, world: $1).run() })
}

/// Shows how an export is read.
struct PreviewCommand {
  let invocation: Invocation
  let world: World

  /// Rows shown as text unless said otherwise.
  private static let textRows = 20

  func run() async throws -> ExitCode {
    guard invocation.has("mapping") || !invocation.has("values") else {
      throw UsageError("--values needs --mapping NAME", command: invocation.command)
    }
    let preview: ExportPreview
    do {
      preview = try await self.preview()
    } catch let refusal as ExportRefusal {
      if let failure = ReadingOptions.failure(refusal, invocation) { throw failure }
      throw refusal
    }
    if invocation.wantsJSON {
      world.output.line(preview.json.written())
    } else {
      world.output.write(PreviewText(preview).text)
    }
    return .done
  }

  private func preview() async throws -> ExportPreview {
    let file = try ExportOperand.file(invocation.operands[0], world)
    let limit =
      try invocation.number("limit", in: 0...Int.max)
      ?? (invocation.wantsJSON ? Int.max : Self.textRows)
    var mapping: Mapping?
    var rule: ExportRule?
    if let name = invocation.value("mapping") {
      let site = try Site.load(invocation, world)
      if let named = try site.mappings(named: [name]).first { mapping = await site.knowing(named) }
      rule = try mapping.map { try Self.rule(of: $0, for: file) }
    }
    let (rules, findsHeader) = try ReadingOptions.applied(
      to: rule.map { ReadingRules($0) } ?? ReadingRules(), invocation, findsHeader: rule == nil)
    return try ExportPreview(
      file, rules: rules, mapping: mapping, rule: rule, findsHeader: findsHeader,
      showsValues: invocation.has("values"), rowsMax: limit)
  }

  private static func rule(of mapping: Mapping, for file: ExportFile) throws -> ExportRule {
    guard let rule = mapping.rule(forFileNamed: file.name) else {
      throw StageError.unclearRule(file.name, mapping: mapping.name)
    }
    return rule
  }
}
