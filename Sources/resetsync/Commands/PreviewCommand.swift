import Exports
import Formats
import Pipeline
import Reconciliation

extension CommandSpec {
  /// `preview`.
  static let preview = CommandSpec(
    words: ["preview"],
    summary: "show how an export is read, without touching the mirror",
    positionals: [.required("FILE", "the export")],
    options: [
      OptionSpec("mapping", .one("NAME"), "read as this mapping says"),
      OptionSpec("limit", .one("N"), "at most so many rows"),
      OptionSpec("encoding", .one("E"), "the encoding, instead of the detected one"),
      OptionSpec("delimiter", .one("D"), "the delimiter, instead of the detected one"),
      OptionSpec("rows-at", .one("PATH"), "where the rows lie: JSON pointer or element path"),
      OptionSpec("sheet", .one("S"), "the sheet's name"),
      formatOption,
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
    let preview = try preview()
    if invocation.wantsJSON {
      world.output.line(preview.json.written())
    } else {
      world.output.write(PreviewText(preview, style: world.style).text)
    }
    return .done
  }

  private func preview() throws -> ExportPreview {
    let file = try ExportFile(path: world.path(invocation.operands[0]))
    let limit =
      try invocation.number("limit", in: 0...Int.max)
      ?? (invocation.wantsJSON ? Int.max : Self.textRows)
    var mapping: Mapping?
    var rule: ExportRule?
    if let name = invocation.value("mapping") {
      mapping = try Site.load(invocation, world).mappings(named: [name]).first
      rule = try mapping.map { try Self.rule(of: $0, for: file) }
    }
    var rules = rule.map { ReadingRules($0) } ?? ReadingRules()
    rules.encoding = invocation.value("encoding") ?? rules.encoding
    rules.delimiter = invocation.value("delimiter").map(Self.delimiter) ?? rules.delimiter
    rules.rowsAt = invocation.value("rows-at") ?? invocation.value("sheet") ?? rules.rowsAt
    return try ExportPreview(file, rules: rules, mapping: mapping, rule: rule, rowsMax: limit)
  }

  private static func rule(of mapping: Mapping, for file: ExportFile) throws -> ExportRule {
    guard let rule = mapping.rule(forFileNamed: file.name) else {
      throw StageError.unclearRule(file.name, mapping: mapping.name)
    }
    return rule
  }

  /// `tab` and `\\t` as people type them.
  private static func delimiter(_ text: String) -> String {
    text == "tab" || text == "\\t" ? "\t" : text
  }
}
