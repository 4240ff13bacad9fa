import Exports
import Formats
import Reconciliation

/// The options that say how an export is read, where nobody declared it or otherwise than declared.
enum ReadingOptions {
  static let specs = [
    OptionSpec("encoding", .one("E"), "the encoding, instead of the declared or detected one"),
    OptionSpec("delimiter", .one("D"), "the delimiter; tab for a tab"),
    OptionSpec("quote", .one("C"), "what stands around cells; none where quotes are text"),
    OptionSpec("escape", .one("C"), "what escapes a quote: a backslash, or the quote itself"),
    OptionSpec("comment", .one("C"), "what lines that are comments begin with"),
    OptionSpec("header-row", .one("N"), "the row with the column names, or auto to find it"),
    OptionSpec("rows-at", .one("PATH"), "where the rows lie: JSON pointer or element path"),
    OptionSpec("sheet", .one("S"), "the sheet's name"),
    OptionSpec("member", .one("GLOB"), "the file in an archive of several, by its name"),
  ]

  /// The rules with what the command line says, and whether the row of the header is to be found.
  static func applied(
    to rules: ReadingRules, _ invocation: Invocation, findsHeader: Bool
  ) throws -> (rules: ReadingRules, findsHeader: Bool) {
    var rules = rules
    var findsHeader = findsHeader
    rules.encoding = try encoding(invocation) ?? rules.encoding
    rules.delimiter = try sign("delimiter", invocation) ?? rules.delimiter
    rules.escape = try sign("escape", invocation) ?? rules.escape
    rules.comment = invocation.value("comment") ?? rules.comment
    rules.member = invocation.value("member") ?? rules.member
    if let quote = invocation.value("quote") {
      rules.quote = quote == "none" ? nil : try sign("quote", invocation)
    }
    rules.rowsAt = invocation.value("rows-at") ?? invocation.value("sheet") ?? rules.rowsAt
    if let row = invocation.value("header-row") {
      findsHeader = row == "auto"
      if !findsHeader {
        rules.headerRow = try invocation.number("header-row", in: 1...10_000) ?? rules.headerRow
      }
    }
    return (rules, findsHeader)
  }

  private static func encoding(_ invocation: Invocation) throws -> String? {
    guard let name = invocation.value("encoding") else { return nil }
    guard TextEncoding.isKnown(name) else {
      throw Failure(
        .usage, "“\(name)” is no encoding that is known",
        hint: TextEncoding.advice(inPlaceOf: name))
    }
    return name
  }

  /// One character of ASCII; `tab` and `\\t` as people type them.
  private static func sign(_ option: String, _ invocation: Invocation) throws -> String? {
    guard let text = invocation.value(option) else { return nil }
    let sign = text == "tab" || text == "\\t" ? "\t" : text
    guard sign.utf8.count == 1, let byte = sign.utf8.first, byte < 0x80 else {
      throw UsageError(
        "--\(option) takes one character such as ; or tab, not “\(text)”",
        command: invocation.command)
    }
    return sign
  }

  /// A refusal that comes of what was typed, not of the file; nil for all others.
  static func failure(_ refusal: ExportRefusal, _ invocation: Invocation) -> Failure? {
    let typed: (option: String, hint: String)? =
      switch refusal.code {
      case .empty where invocation.has("header-row") && refusal.line != nil:
        ("header-row", "name a row of the file, or let it be found with --header-row auto")
      case .rowsAt, .sheet:
        invocation.has("rows-at") || invocation.has("sheet")
          ? ("rows-at", "leave the option out to see what is there") : nil
      default: nil
      }
    return typed.map { Failure(.usage, "--\($0.option): \(refusal.problem)", hint: $0.hint) }
  }
}
