import Formats
import Reconciliation

/// How a file is read where the rules leave something open.
///
/// This is what `preview` and `init` guess, and say so; an import never does.
struct ReadingGuess {
  /// The rules with what was found out.
  private(set) var rules: ReadingRules
  private var notes: [String] = []

  /// Finds out what the rules leave open; the row of the header only where `findsHeader`, and
  /// whether quotes are text only where it `guessesQuotes`.
  init(
    _ file: ExportFile, _ rules: ReadingRules, findsHeader: Bool, guessesQuotes: Bool = false,
    limits: ExportLimits
  ) throws {
    self.rules = rules
    if findsHeader {
      let row = try Self.headerRow(file, self.rules, limits)
      self.rules.headerRow = row
      if row > 1 { notes.append("the names were found in row \(row); what stands above is passed") }
    }
    if guessesQuotes, rules.quote != nil { try looseQuotes(file, limits) }
  }

  /// How many rows tell whether quotes are text.
  private static let quotedRowsMax = 1_000

  /// Takes quotes for text where rows can't be read with them, and all can without.
  private mutating func looseQuotes(_ file: ExportFile, _ limits: ExportLimits) throws {
    guard let sample = try ExportOpening(file, rules, limits).delimitedSample(),
      let quote = rules.quote?.utf8.first, sample.contains(quote)
    else { return }
    var bare = rules
    bare.quote = nil
    guard let line = Self.faults(file, rules, limits).first,
      Self.faults(file, bare, limits).isEmpty
    else { return }
    rules = bare
    notes.append(
      "quotes are taken for text: around cells they leave line \(line) unreadable, and as text "
        + "every row can be read")
  }

  /// The lines of the first rows that can't be read.
  private static func faults(
    _ file: ExportFile, _ rules: ReadingRules, _ limits: ExportLimits
  ) -> [Int] {
    var lines: [Int] = []
    do {
      var opened = try ExportOpening(file, rules, limits).open(.all)
      for _ in 0..<quotedRowsMax {
        guard let event = try opened.rows.next() else { break }
        if case .rejected(let rejection, _) = event { lines.append(rejection.line) }
      }
    } catch {
      lines.append((error as? ExportRefusal)?.line ?? 1)
    }
    return lines
  }

  /// What was guessed, and what of the file is not read, in words; once its rows were read.
  func notes(_ opened: OpenedExport) -> [String] {
    notes + (opened.dialect.encodingGuess.map(Self.words) ?? []) + opened.rows.notes
  }

  /// How many other encodings are told.
  private static let othersMax = 2

  /// The guess with the words that it reads, and how others would read them.
  private static func words(_ guess: EncodingCandidates) -> [String] {
    guard let best = guess.ranked.first, let doubt = guess.doubt else { return [] }
    let others = guess.ranked.dropFirst().prefix(othersMax).map { "as \($0.name): \(sample($0))" }
    let told = ["as \(best.name): \(sample(best))"] + others
    return ["the encoding is \(doubt)", "the text reads \(told.joined(separator: "; "))"]
  }

  private static func sample(_ candidate: EncodingCandidates.Candidate) -> String {
    candidate.words.map { "“\($0)”" }.joined(separator: " ")
  }

  /// The line with the names: reports have a title above it.
  private static func headerRow(
    _ file: ExportFile, _ rules: ReadingRules, _ limits: ExportLimits
  ) throws -> Int {
    let opening = ExportOpening(file, rules, limits)
    if let rows = try opening.sheetSample(HeaderFinder.rowsMax) {
      return HeaderFinder.line(
        rows.map { row in
          .init(line: row.number, texts: row.cells.map { HeaderRow.trimmed($0?.text ?? "") })
        })
    }
    guard let sample = try opening.delimitedSample() else { return 1 }
    let found = CSVDialect.detect(HeaderFinder.withoutRules(sample))
    var dialect = found.dialect
    if let declared = rules.delimiter?.utf8.first { dialect.delimiter = declared }
    let line = HeaderFinder.line(HeaderFinder.rows(sample, dialect))
    return found.hasSeparatorLine ? max(1, line - 1) : line
  }
}
