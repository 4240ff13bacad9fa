import Formats

/// Reads from the `export` of a mapping how delimited text is written, noting problems.
struct DialectParser {
  /// The longest mark of a comment, in bytes of UTF-8.
  private static let commentBytesMax = 16

  let reader: SettingsReader

  /// Puts what is declared into a rule whose delimiter is known.
  func read(into rule: inout ExportRule) {
    rule.delimiter = delimiter()
    rule.quote = quote()
    rule.escape = escape(quote: rule.quote)
    rule.comment = comment(quote: rule.quote)
    if let quote = rule.quote, quote == rule.delimiter {
      reader.problem("quote", "delimiter and quote are the same", hint: "change one of them")
    }
  }

  private func delimiter() -> String? {
    let delimiter = reader.optionalString("delimiter")
    if let delimiter, delimiter.unicodeScalars.count != 1 {
      reader.problem(
        "delimiter", "\"\(delimiter)\" is no delimiter",
        hint: "use one character, such as \",\", \";\", \"|\" or \"\\t\"")
    }
    return delimiter
  }

  /// `null` is a value of its own here: no quotes at all.
  private func quote() -> String? {
    let standard = "\""
    guard let given = reader.json("quote") else { return standard }
    if given == .null { return nil }
    let text = reader.optionalString("quote") ?? standard
    let byte = text.utf8.first ?? 0
    let isPrintable = byte > 0x20 && byte < 0x7F
    guard text.utf8.count == 1, isPrintable, !Character(text).isLetter, !Character(text).isNumber
    else {
      reader.problem(
        "quote", "\"\(text)\" is no quote",
        hint: "use one sign of ASCII, such as \"'\", or null where quotes are text")
      return standard
    }
    return text
  }

  private func escape(quote: String?) -> String? {
    guard let escape = reader.optionalString("escape") else { return nil }
    guard escape == "\\" || escape == quote else {
      reader.problem(
        "escape", "\"\(escape)\" is no escape that is read",
        hint: "use \"\\\\\"" + (quote == nil ? "" : ", or the quote for quotes that stand twice"))
      return nil
    }
    return escape
  }

  private func comment(quote: String?) -> String? {
    guard let comment = reader.optionalString("comment") else { return nil }
    let isPlain = !comment.utf8.contains { $0 < 0x20 } && comment.first != " "
    guard isPlain, !comment.isEmpty, comment.utf8.count <= Self.commentBytesMax,
      quote.map(comment.hasPrefix) != true
    else {
      reader.problem(
        "comment", "\"\(comment)\" can't begin a comment",
        hint: "use what those lines begin with, such as \"#\", at most "
          + "\(Self.commentBytesMax) bytes")
      return nil
    }
    return comment
  }
}
