import Formats
import Reconciliation
import Testing

/// A mapping with two number fields: `A` decimal, `B` integer.
private func twoNumbers(_ extra: String = "") throws -> Mapping {
  try sap(
    fields: #"""
      {"column": "A", "metadata": "a", "type": "decimal"\#(extra)},
      {"column": "B", "metadata": "b", "type": "integer"}
      """#)
}

/// What an export of one column shows: each text is a row, from line 2 on.
private func evidence(_ texts: [String], _ mapping: Mapping, column: String = "A") -> MarkEvidence {
  var evidence = MarkEvidence()
  for (number, text) in texts.enumerated() {
    let cells = mapping.columnsNeeded.map { $0 == column ? Cell.text(text) : .text("7") }
    _ = mapping.read(cells, line: number + 2, &evidence)
  }
  return evidence
}

/// The number that a text is in a field, or why it is none.
private func read(_ text: String, _ mapping: Mapping, field: Int = 0) -> String {
  switch Conversion(rule: mapping.fields[field]).result(.text(text)) {
  case .value(.present(.number(let number))): number.spelling
  case .badType(let reason): reason
  default: "neither"
  }
}

private func kept(_ mark: DecimalMark) -> [String: ProvedMark] {
  ["a": ProvedMark(mark: mark, file: "old.csv", line: 12, isKept: true)]
}

struct NumberMarksTests {
  @Test(arguments: [
    "1.234,50", "0,5", "12,34", "1.234.567", "1234,5", "-1.234,5", "1 234,50", "1.234.567,8-",
    ",5", "0,123", "1'234,5", "1234,567", "\u{2212}1.234,5", "\u{FF0D}1.234,5",
  ])
  func `a text of one reading proves a comma`(text: String) throws {
    let mapping = try twoNumbers()
    let verdict = mapping.judge(evidence(["900", text], mapping), of: ExportPlaces("e.csv"))
    let proved = ProvedMark(mark: .comma, file: "e.csv", line: 3, isKept: false)
    #expect(verdict == .settled(["a": proved]))
  }

  @Test(arguments: [
    "1,234.50", "0.5", "12.34", "1,234,567", "1234.567", "0.123", "1.2345", "1.5e3", "1.234e5",
    "-0.001", ".5", "1'234.5", "00.123",
  ])
  func `a text of one reading proves a dot`(text: String) throws {
    let mapping = try twoNumbers()
    let verdict = mapping.judge(evidence([text], mapping), of: ExportPlaces("e.csv"))
    #expect(
      verdict == .settled(["a": ProvedMark(mark: .dot, file: "e.csv", line: 2, isKept: false)]))
  }

  @Test(arguments: [
    "900", "-5", "1 234", "1'234'567", "1e3", "1E+05", "", "x", "1.2.3", "12.345.6", "0", "007",
    "1,2,3", "5-",
  ])
  func `a text that is the same with both, or with none, proves nothing`(text: String) throws {
    let mapping = try twoNumbers()
    #expect(mapping.judge(evidence([text], mapping), of: ExportPlaces("e.csv")) == .settled([:]))
  }

  @Test(arguments: [
    ("1.234", "1234", "1.234"), ("-1,234", "-1.234", "-1234"), ("1.234-", "-1234", "-1.234"),
    ("12.000", "12000", "12"), ("999,999", "999.999", "999999"), ("+1.000", "1000", "1"),
  ])
  func `a text of two readings is rejected with both, and the key that decides`(
    text: String, comma: String, dot: String
  ) throws {
    let mapping = try twoNumbers()
    #expect(
      mapping.judge(evidence([text, "5"], mapping), of: ExportPlaces("e.csv")) == .settled([:]))
    let (decimal, whole) = (read(text, mapping), read(text, mapping, field: 1))
    #expect(
      decimal
        == #""\#(text)" can be \#(comma) or \#(dot); set "decimal_mark" to "," or "." for "a""#)
    #expect(whole.hasPrefix(#""\#(text)" can be \#(comma) or \#(dot); "#))
  }

  @Test func `what the column proves reads all of it, once more where rows were rejected`() throws {
    let mapping = try twoNumbers()
    let texts = ["1.234,50", "2.500", "1.000", "12.000", "999,99", "1.234.567"]
    guard
      case .readAgain(let marks) = mapping.judge(
        evidence(texts, mapping), of: ExportPlaces("e.csv"))
    else {
      Issue.record("nothing was proved")
      return
    }
    let knowing = mapping.knowing(marks)
    #expect(
      texts.map { read($0, knowing) }
        == ["1234.50", "2500", "1000", "12000", "999.99", "1234567"])
    #expect(knowing.judge(evidence(texts, knowing), of: ExportPlaces("e.csv")) == .settled(marks))
    #expect(["5.000", "12.000,00", "1.234"].map { read($0, knowing, field: 1) }[0].contains("can"))
  }

  @Test func `whole numbers are read by the mark of their column`() throws {
    let mapping = try twoNumbers()
    let texts = ["5.000", "12.000,00", "1.234"]
    let verdict = mapping.judge(evidence(texts, mapping, column: "B"), of: ExportPlaces("e.csv"))
    guard case .readAgain(let marks) = verdict else {
      Issue.record("\(verdict)")
      return
    }
    let knowing = mapping.knowing(marks)
    #expect(texts.map { read($0, knowing, field: 1) } == ["5000", "12000", "1234"])
    #expect(read("12,5", knowing, field: 1) == "\"12,5\" is no whole number")
  }

  @Test func `a column that proves both is refused with a line for each`() throws {
    let mapping = try twoNumbers()
    let verdict = mapping.judge(
      evidence(["1.234,50", "7", "1,234.50"], mapping), of: ExportPlaces("e.csv"))
    guard case .refused(let reason, 4, contradicts: false) = verdict else {
      Issue.record("\(verdict)")
      return
    }
    #expect(reason.contains("\"A\": line 2 has \",\"") && reason.contains("line 4 has \".\""))
    #expect(reason.contains("\"decimal_mark\" for \"a\""))
    // The first pass stopped at what it saw; the second meets the other mark.
    let known = ProvedMark(mark: .comma, file: "e.csv", line: 2, isKept: false)
    let second = mapping.knowing(["a": known])
    let again = second.judge(evidence(["1.5"], second), of: ExportPlaces("e.csv"), learnsAnew: true)
    guard case .refused(_, 2, contradicts: false) = again else {
      Issue.record("a file contradicts itself and is read")
      return
    }
  }

  @Test func `an export with another mark than before is refused, or learned from anew`() throws {
    let mapping = try twoNumbers().knowing(kept(.comma))
    #expect(read("1.234", mapping) == "1234")
    let seen = evidence(["1.234", "0.5"], mapping)
    guard
      case .refused(let reason, 3, contradicts: true) = mapping.judge(
        seen, of: ExportPlaces("new.csv"))
    else {
      Issue.record("\(mapping.judge(seen, of: ExportPlaces("new.csv")))")
      return
    }
    #expect(reason.contains("has \".\"") && reason.contains("\",\" in old.csv, line 12"))
    let proved = ["a": ProvedMark(mark: .dot, file: "new.csv", line: 3, isKept: false)]
    #expect(
      mapping.judge(seen, of: ExportPlaces("new.csv"), learnsAnew: true) == .readAgain(proved))
    #expect(read("1.234", mapping.knowing(proved)) == "1.234")
    // What fits the mark of before is no news.
    #expect(
      mapping.judge(evidence(["1.234", "0,5"], mapping), of: ExportPlaces("new.csv"))
        == .settled(kept(.comma)))
  }

  @Test func `what was found out is no change of rules`() throws {
    let (mapping, knowing) = (try twoNumbers(), try twoNumbers().knowing(kept(.comma)))
    #expect(mapping.rulesDigest == knowing.rulesDigest)
    #expect(mapping.recordsDigest == knowing.recordsDigest)
    #expect(mapping.marksDigest != knowing.marksDigest)
    #expect(RuleBook([mapping]).knowing(["sap": kept(.comma)]).mappings[0].fields[0].mark == .comma)
  }

  @Test(arguments: [#", "decimal_mark": ".""#, #", "values": {"1,5": 1.5}"#])
  func `a declared mark and a list of values learn nothing`(extra: String) throws {
    let mapping = try twoNumbers(extra)
    #expect(
      mapping.judge(evidence(["1,5", "1.234,5"], mapping), of: ExportPlaces("e.csv"))
        == .settled([:]))
    #expect(mapping.knowing(kept(.comma)).fields[0].provedMark == nil)
  }

  @Test func `a text of the other mark is no number, and the reason names the mark`() throws {
    let declared = try twoNumbers(#", "decimal_mark": ".""#)
    #expect(
      read("1.234,50", declared)
        == #""1.234,50" is no decimal number with "." as decimal mark, the "decimal_mark" of "a""#)
    #expect(
      read("0.5", try twoNumbers().knowing(kept(.comma)))
        == #""0.5" is no decimal number with "," as decimal mark, which the column has elsewhere"#)
    #expect(read("x", declared) == #""x" is no decimal number"#)
  }

  @Test func `typed numbers have one reading and prove nothing`() throws {
    let mapping = try twoNumbers().knowing(kept(.comma))
    let cell = Cell.json(json("1.234"))
    #expect(Conversion(rule: mapping.fields[0]).result(cell) == .value(.present(json("1.234"))))
    var evidence = MarkEvidence()
    _ = mapping.read([.text("1"), cell, .text("1")], line: 2, &evidence)
    #expect(mapping.judge(evidence, of: ExportPlaces("e.json")) == .settled(kept(.comma)))
    let declared = try twoNumbers(#", "decimal_mark": ",""#)
    #expect(Conversion(rule: declared.fields[0]).result(cell) == .value(.present(json("1.234"))))
    #expect(Conversion(rule: declared.fields[1]).result(.json(json("1.5"))) != .ignored)
  }

  @Test func `a text becomes the typed number that it was read as`() throws {
    let mapping = try twoNumbers().knowing(kept(.comma))
    #expect(mapping.fields[0].typed(.text("1.234")) == .json(json("1234")))
    #expect(mapping.fields[0].typed(.text("-0,5")) == .json(json("-0.5")))
    for cell in [Cell.text("900"), .text("x.y"), .null, .absent, .json(json("1.5"))] {
      #expect(mapping.fields[0].typed(cell) == cell)
    }
  }

  @Test func `transforms come before the mark is looked at`() throws {
    let mapping = try twoNumbers(#", "transform": ["remove_prefix:EUR", "trim"]"#)
    let verdict = mapping.judge(
      evidence(["EUR 0,5", "EUR 1.000"], mapping), of: ExportPlaces("e.csv"))
    guard case .readAgain(let marks) = verdict else {
      Issue.record("\(verdict)")
      return
    }
    #expect(read("EUR 1.000", mapping.knowing(marks)) == "1000")
  }
}

/// Numbers as a German and as an English system write them, and what may come of them.
struct NumberLocaleTests {
  /// A value and its text with these marks, grouped or not.
  private static func text(_ value: Int, decimals: Int, mark: String, group: String) -> String {
    let sign = value < 0 ? "-" : ""
    var digits = String(abs(value))
    while digits.count <= decimals { digits = "0" + digits }
    let fraction = decimals > 0 ? mark + digits.suffix(decimals) : ""
    var whole = String(digits.dropLast(decimals))
    if !group.isEmpty {
      var groups: [String] = []
      while whole.count > 3 {
        groups.insert(String(whole.suffix(3)), at: 0)
        whole = String(whole.dropLast(3))
      }
      whole = ([whole] + groups).joined(separator: group)
    }
    return sign + whole + fraction
  }

  @Test(arguments: [
    (",", "."), (",", " "), (",", "\u{202F}"), (",", ""), (".", ","), (".", "'"), (".", ""),
  ])
  func `no column of any locale becomes other numbers`(mark: String, group: String) throws {
    var random = Seeded(seed: UInt64((mark + group).utf8.reduce(0) { $0 * 31 + Int($1) }))
    let mapping = try sap(fields: #"{"column": "A", "metadata": "a", "type": "decimal"}"#)
    for _ in 0..<400 {
      let count = 1 + Int(random.next() % 6)
      let column = (0..<count).map { _ -> (value: String, text: String) in
        let decimals = Int(random.next() % 5)
        let size = [1, 100, 10_000, 10_000_000, 10_000_000_000][Int(random.next() % 5)]
        let value = Int(random.next() % UInt64(size)) * (random.next() % 4 == 0 ? -1 : 1)
        return (
          Self.text(value, decimals: decimals, mark: ".", group: ""),
          Self.text(value, decimals: decimals, mark: mark, group: group)
        )
      }
      let seen = evidence(column.map(\.text), mapping)
      let known: Mapping
      switch mapping.judge(seen, of: ExportPlaces("e.csv")) {
      case .settled(let marks), .readAgain(let marks): known = mapping.knowing(marks)
      case .refused(let reason, _, _):
        Issue.record("\(column): \(reason)")
        continue
      }
      for (value, text) in column {
        switch Conversion(rule: known.fields[0]).result(.text(text)) {
        case .value(let read): #expect(read == .present(json(value)), "\(column)")
        case .badType(let reason): #expect(reason.contains("can be"), "\(column): \(reason)")
        default: Issue.record("\(text) is neither a number nor rejected")
        }
      }
    }
  }
}
