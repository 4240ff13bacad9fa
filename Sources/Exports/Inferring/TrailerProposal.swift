import Reconciliation

/// A last line that counts the rows above it, as a proof to declare.
struct TrailerProposal {
  private let pattern: String
  private let rows: Int

  /// nil unless the file was read to its end, and its only footer has the number of its rows as
  /// one of its numbers, once.
  init?(_ sample: ProposalSample, lastLine: String?) {
    rows = sample.rows + sample.rejected
    guard !sample.isCut, sample.footer.count == 1, let line = lastLine,
      let pattern = Self.pattern(line, rows)
    else { return nil }
    self.pattern = pattern
  }

  /// Takes the line apart: the count is `rows`, other numbers may be any, the rest stays.
  private static func pattern(_ line: String, _ rows: Int) -> String? {
    var pattern = ""
    var found = 0
    var rest = HeaderRow.trimmed(line)[...]
    while let first = rest.first {
      let isNumber = first.isASCII && first.isNumber
      let run = rest.prefix { ($0.isASCII && $0.isNumber) == isNumber }
      rest = rest.dropFirst(run.count)
      if isNumber, Int(run) == rows {
        found += 1
        pattern += "(?<rows>\\d+)"
      } else {
        pattern += isNumber ? "\\d+" : TextPattern.escaped(run)
      }
    }
    return found == 1 ? "^\(pattern)" : nil
  }

  /// The lines of the draft.
  var lines: [String] {
    let count = rows == 1 ? "1 row stands" : "\(rows) rows stand"
    return DraftText.comment(
      "The last line counts the rows: it says \(rows), and \(count) above it. A file whose last "
        + "line says otherwise, or lacks, is not taken for whole.", indent: 4)
      + ["    \"proof\": {\"trailer\": {\"match\": \(DraftText.quoted(pattern))}},"]
  }
}
