import Formats
import Reconciliation
import Testing

/// The quick way of reading a row must say what the long way says, or nothing.
struct PlainRowReaderTests {
  private static let columns = ["ID", "ORG", "KIND", "CHANGED", "GONE", "N", "D", "F", "T", "S"]

  private static func mapping(_ reference: String, _ extra: String) throws -> Mapping {
    let text = """
      {"name": "m", "origins": ["a", "b"],
       "export": {"path": "x", "format": "csv", "nulls": ["", "NULL", "- None -"]},
       "reference": \(reference), "origin_column": {"column": "ORG", "values": {"A": "a", "B": "b"}},
       "where": {"column": "KIND", "in": ["customer", "", "Ä"]},
       "changed_at": {"column": "CHANGED"\(extra)}, "deleted": {"column": "GONE", "equals": ["X"]},
       "fields": [{"column": "N", "metadata": "n", "type": "integer", "blank": "value"},
         {"column": "D", "metadata": "d", "type": "decimal"},
         {"column": "F", "metadata": "f", "type": "boolean"},
         {"column": "T", "metadata": "t", "type": "date"}, {"column": "S", "metadata": "s"}]}
      """
    return try Mapping(parsing: Array(text.utf8), file: "m.json")
  }

  /// Cells that are sound, null, damaged, padded or strange.
  private static let cells: [String: [String]] = [
    "ID": ["K1", "0007", "1.23457E+11", "", " K2 ", "ü", "a b", "NULL", "x+y", "K\u{A0}"],
    "ORG": ["A", "B", "A ", "", "C", "NULL"],
    "KIND": ["customer", "vendor", "", " customer", "Ä", "NULL"],
    "CHANGED": [
      "2026-11-08T10:21:00Z", "2026-11-08T10:21:00.5Z", "20261108", "00000000", "", "never",
      "2026-02-30T10:21:00Z", "2026-11-08t10:21:00z", "2026-11-08T10:21:60Z", " 2026-11-08 ",
    ],
    "GONE": ["", "X", " X ", "x", "NULL"],
    "N": ["1", "007", "-5", "1e3", "1.5", "x", "", "NULL", "12-", " 7 "],
    "D": ["1.5", "1,5", "1,234", "-0.0", "abc", "", ".5"],
    "F": ["yes", "Nein", "maybe", "", "- None -", " - None - ", "\u{A0}- None -\u{A0}"],
    "T": ["2024-02-29", "2023-02-29", "29.02.2024", "", "00000000"],
    "S": [
      "", "plain", "quote \" back \\ slash", "tab\tline\nend", "Ünïcödé", "\u{3000}", "NULL\u{A0}",
      " NULL", "NULL ", "\u{1}", "𝄞", "null", " NULL\u{2000}",
    ],
  ]

  @Test(arguments: [
    (#"{"column": "ID"}"#, ""), (#"{"column": "ID", "normalize": ["strip_leading_zeros"]}"#, ""),
    (#"{"columns": ["ID", "ORG"], "join": "-", "normalize": ["casefold"]}"#, ""),
    (#"{"column": "ID"}"#, #", "format": "yyyyMMdd""#),
  ])
  func `says what the long way says, or nothing`(_ reference: String, _ extra: String) throws {
    let mapping = try Self.mapping(reference, extra)
    let places = try mapping.columnsNeeded.map { try #require(Self.columns.firstIndex(of: $0)) }
    var reader = PlainRowReader(mapping, places: places)
    var random = Seeded(seed: 99)
    var answers = 0
    for _ in 0..<4_000 {
      let texts = Self.columns.map { column in
        let choices = Self.cells[column] ?? []
        // Mostly sound cells, so that the others are met one at a time.
        return choices[random.next() % 4 > 0 ? 0 : Int(random.next() % UInt64(choices.count))]
      }
      var writer = CSVWriter(quoting: .all)
      writer.write(texts)
      var rows = CSVReader()
      rows.feed(writer.bytes)
      rows.finish()
      let row = try #require(try rows.next())
      var bytes: [UInt8] = [1, 2, 3]
      let outcome = reader.read(row, line: 1, into: &bytes)
      let cells = places.map { Self.marked(texts[$0], mapping.export.nulls) }
      try Self.check(outcome, mapping.read(cells), bytes, cells, texts)
      if case .unclear = outcome { continue }
      answers += 1
    }
    #expect(answers > 150)
  }

  @Test(arguments: [#"["", "NULL"]"#, #"["NULL"]"#])
  func `a row with an empty part of its reference has none, be empty cells null or not`(
    nulls: String
  ) throws {
    for reference in [#"{"column": "A"}"#, #"{"columns": ["A", "B"], "join": "-"}"#] {
      let text = """
        {"name": "m", "origins": ["m"],
         "export": {"path": "x", "format": "csv", "nulls": \(nulls)}, "reference": \(reference),
         "fields": [{"column": "B", "metadata": "b"}]}
        """
      var reader = PlainRowReader(
        try Mapping(parsing: Array(text.utf8), file: "m.json"), places: [0, 1])
      var rows = CSVReader()
      rows.feed(Array(",x\n".utf8))
      rows.finish()
      var bytes: [UInt8] = []
      guard case .unclear = reader.read(try #require(try rows.next()), line: 1, into: &bytes) else {
        Issue.record("a row without reference was read: \(reference), nulls \(nulls)")
        continue
      }
    }
  }

  @Test(arguments: [63, 64, 65, 66, 130])
  func `a row of many columns is read as the long way reads it, or not at all`(
    count: Int
  ) throws {
    let fields = (1..<count).map {
      #"{"column": "C\#($0)", "metadata": "m\#($0)", "type": "integer", "blank": "value"}"#
    }
    let text = """
      {"name": "m", "origins": ["m"],
       "export": {"path": "x", "format": "csv", "nulls": ["0"]}, "reference": {"column": "ID"},
       "fields": [\(fields.joined(separator: ","))]}
      """
    let mapping = try Mapping(parsing: Array(text.utf8), file: "m.json")
    var reader = PlainRowReader(mapping, places: Array(0..<count))
    // No place holds a null, or one does.
    for place in [nil, 1, count - 2, count - 1] {
      var texts = ["K"] + Array(repeating: "7", count: count - 1)
      if let place { texts[place] = "0" }
      var rows = CSVReader()
      rows.feed(Array((texts.joined(separator: ",") + "\n").utf8))
      rows.finish()
      let row = try #require(try rows.next())
      var bytes: [UInt8] = [1, 2, 3]
      let outcome = reader.read(row, line: 1, into: &bytes)
      let cells = texts.map { $0 == "0" ? Cell.null : .text($0) }
      try Self.check(outcome, mapping.read(cells), bytes, cells, texts)
    }
  }

  /// Numbers are told on their bytes: what a row is, and what its column shows of its decimal mark,
  /// must be as if each had been read as text.
  @Test(arguments: [
    #""type": "decimal""#, #""type": "decimal", "decimal_mark": ".""#,
    #""type": "decimal", "decimal_mark": ",""#, #""type": "integer""#,
    #""type": "integer", "decimal_mark": ",""#, #""type": "decimal", "transform": ["digits_only"]"#,
    #""type": "decimal", "values": {"7": 8}"#,
  ])
  func `numbers on their bytes are what their text is`(_ rule: String) throws {
    let text = """
      {"name": "m", "origins": ["m"], "export": {"path": "x", "format": "csv"},
       "reference": {"column": "ID"}, "fields": [{"column": "N", "metadata": "n", \(rule)}]}
      """
    let mapping = try Mapping(parsing: Array(text.utf8), file: "m.json")
    for seed in 1...60 as ClosedRange<UInt64> {
      var random = Seeded(seed: seed)
      var reader = PlainRowReader(mapping, places: [0, 1])
      var (long, unclear) = (MarkEvidence(), MarkEvidence())
      var answers = 0
      for line in 2...80 {
        let number = Self.number(&random)
        var writer = CSVWriter(quoting: .all)
        writer.write(["K\(line)", number])
        var rows = CSVReader()
        rows.feed(writer.bytes)
        rows.finish()
        var bytes: [UInt8] = []
        let outcome = reader.read(try #require(try rows.next()), line: line, into: &bytes)
        let cells = [Cell.text("K\(line)"), number.isEmpty ? .null : .text(number)]
        let right = mapping.read(cells, line: line, &long)
        guard case .record = outcome else {
          _ = mapping.read(cells, line: line, &unclear)
          continue
        }
        answers += 1
        guard case .record = right else {
          Issue.record("\(number.debugDescription) was taken: \(right); \(rule)")
          continue
        }
      }
      unclear.add(reader.evidence)
      #expect(unclear == long, "seed \(seed): \(rule)")
      #expect(answers > 10)
    }
  }

  private static func number(_ random: inout Seeded) -> String {
    func digits(_ most: Int) -> String {
      (0..<(1 + Int(random.next() % UInt64(most)))).map { _ in "\(random.next() % 10)" }.joined()
    }
    let odd = [
      "", "-", ".", ",", "-0", "0", "00", "007", "1.234", "1,234", "1.234.567", "1.234,5", "5-",
      "+5", "1e3", "12 ", " 12", "0.5", "-0,5", ".5", "5.", "1'234", "１２", "7",
    ]
    switch random.next() % 8 {
    case 0: return odd[Int(random.next() % UInt64(odd.count))]
    case 1...3: return digits(18)
    default:
      let mark = random.next() % 5 == 0 ? "," : "."
      return (random.next() % 4 == 0 ? "-" : "") + digits(17) + mark + digits(11)
    }
  }

  private static func marked(_ text: String, _ nulls: [String]) -> Cell {
    let trimmed = String(
      text.unicodeScalars.drop { $0.properties.isWhitespace }.reversed()
        .drop { $0.properties.isWhitespace }.reversed().map(Character.init))
    // A blank outside ASCII at the end alone is not looked for: it costs too much on every cell.
    if text == "NULL\u{A0}" || text == "K\u{A0}" { return .text(text) }
    return nulls.contains(trimmed) || nulls.contains(text) ? .null : .text(text)
  }

  private static func check(
    _ outcome: PlainRowReader.Outcome, _ expected: RowReading, _ bytes: [UInt8], _ cells: [Cell],
    _ texts: [String]
  ) throws {
    switch (outcome, expected) {
    case (.unclear, _): #expect(bytes == [1, 2, 3])
    case (.record(let record), .record(let wanted)):
      #expect(record.key == wanted.key, "\(texts)")
      #expect(record.rawReference == wanted.rawReference && record.rawOrigin == wanted.rawOrigin)
      #expect(record.changedAt == wanted.changedAt, "\(texts)")
      #expect(record.deletedMarker == wanted.deletedMarker, "\(texts)")
      #expect(try CellText(bytes: bytes[3...]).cells() == cells, "\(texts)")
      #expect(CellText(bytes: bytes[3...]) == CellText(cells))
    default: Issue.record("\(texts): \(outcome) where \(expected) is right")
    }
  }
}
