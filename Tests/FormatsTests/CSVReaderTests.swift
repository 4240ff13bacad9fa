import Formats
import Testing

@Suite struct CSVReaderTests {
  struct Outcome: Equatable {
    var rows: [[String]] = []
    var lines: [Int] = []
    var errors: [String] = []
  }

  static func read(
    _ text: String, _ dialect: CSVDialect = .standard, limits: CSVLimits = .standard,
    chunk: Int = .max
  ) -> Outcome {
    let bytes = Array(text.utf8)
    var reader = CSVReader(dialect: dialect, limits: limits)
    var row = CSVRow()
    var out = Outcome()
    func drain() {
      while true {
        do throws(CSVError) {
          guard try reader.next(into: &row) else { return }
          out.rows.append(row.texts)
          out.lines.append(row.line)
        } catch {
          out.errors.append("\(error.code) \(error.line):\(error.column)")
        }
      }
    }
    var at = 0
    while at < bytes.count {
      let end = min(bytes.count, at + min(chunk, bytes.count))
      reader.feed(bytes[at..<end])
      drain()
      at = end
    }
    reader.finish()
    drain()
    return out
  }

  static let semicolons = CSVDialect(delimiter: 0x3B, trimsAroundQuotes: true, isStrict: false)
  static let backslash = CSVDialect(escape: .backslash)

  // The first seven are the examples of RFC 4180 section 2.
  static let comments = CSVDialect(comment: [0x23])
  static let barred = CSVDialect(delimiter: 0x7C, quote: nil, escape: .backslash)

  static let cases: [(String, CSVDialect, [[String]], [Int])] = [
    (
      "aaa,bbb,ccc\r\nzzz,yyy,xxx\r\n", .standard,
      [["aaa", "bbb", "ccc"], ["zzz", "yyy", "xxx"]], [1, 2]
    ),
    (
      "aaa,bbb,ccc\r\nzzz,yyy,xxx", .standard, [["aaa", "bbb", "ccc"], ["zzz", "yyy", "xxx"]],
      [1, 2]
    ),
    (
      "\"aaa\",\"bbb\",\"ccc\"\r\nzzz,yyy,xxx", .standard,
      [["aaa", "bbb", "ccc"], ["zzz", "yyy", "xxx"]], [1, 2]
    ),
    (
      "\"aaa\",\"b\r\nbb\",\"ccc\"\r\nzzz,yyy,xxx", .standard,
      [["aaa", "b\r\nbb", "ccc"], ["zzz", "yyy", "xxx"]], [1, 3]
    ),
    ("\"aaa\",\"b\"\"bb\",\"ccc\"", .standard, [["aaa", "b\"bb", "ccc"]], [1]),
    ("a,b,", .standard, [["a", "b", ""]], [1]),
    (" a , b \n", .standard, [[" a ", " b "]], [1]),
    ("a\rb\nc\r\nd", .standard, [["a"], ["b"], ["c"], ["d"]], [1, 2, 3, 4]),
    ("\n\r\n\ra\n\n\nb\n\n", .standard, [["a"], ["b"]], [4, 7]),
    ("a\n\nb\n", CSVDialect(blankLines: .keep), [["a"], [""], ["b"]], [1, 2, 3]),
    ("\"\",\"\"\n", .standard, [["", ""]], [1]),
    ("\"\"\n", .standard, [[""]], [1]),
    ("\"\"\"\"\n\"\"\"a\"\"\"", .standard, [["\""], ["\"a\""]], [1, 2]),
    ("\"x\ny\rz\r\nw\",1\n2", .standard, [["x\ny\rz\r\nw", "1"], ["2"]], [1, 5]),
    ("a;\"b;c\" ; \"d\" ;e\"f\n", semicolons, [["a", "b;c", "d", "e\"f"]], [1]),
    ("\"ab\"cd\"e,\";x\n", semicolons, [["abcd\"e,\"", "x"]], [1]),
    ("a\"b,\"c\"d\"\n", CSVDialect(isStrict: false), [["a\"b", "cd\""]], [1]),
    ("\"a\\\"b\\\\\",c\\,d,\\N\n", backslash, [["a\"b\\", "c,d", "\\N"]], [1]),
    ("a\\\nb", backslash, [["a\\"], ["b"]], [1, 2]),
    ("a\tb\"c\t\"d\"\n", .tabs, [["a", "b\"c", "\"d\""]], [1]),
    ("'a,b',c''d\n", CSVDialect(quote: 0x27, isStrict: false), [["a,b", "c''d"]], [1]),
    ("größe,naïve,日本語,😀\n", .standard, [["größe", "naïve", "日本語", "😀"]], [1]),
    ("# x\n#\na,b\n#c,d\n", comments, [["a", "b"]], [3]),
    ("#a\r\n\r\n#b\r\n1,\"#\n#x\"\r#", comments, [["1", "#\n#x"]], [4]),
    (" #a\nb#c\n\"#d\"\n", comments, [[" #a"], ["b#c"], ["#d"]], [1, 2, 3]),
    ("--\n-\n--x\n-", CSVDialect(comment: Array("--".utf8)), [["-"], ["-"]], [2, 4]),
    ("#\n\n1\n", CSVDialect(blankLines: .keep, comment: [0x23]), [[""], ["1"]], [2, 3]),
    ("a\t\"b\" c\n\"\t'\n", .tabs, [["a", "\"b\" c"], ["\"", "'"]], [1, 2]),
    ("a|b\\|c|\"d\\\\\n", barred, [["a", "b|c", "\"d\\"]], [1]),
    ("", .standard, [], []),
    ("\n\n", .standard, [], []),
  ]

  @Test(arguments: 0..<cases.count)
  func `rows are the same however the bytes arrive`(place: Int) {
    let (text, dialect, rows, lines) = Self.cases[place]
    for chunk in [1, 2, 3, 5, 8, 1000] {
      let outcome = Self.read(text, dialect, chunk: chunk)
      #expect(outcome == Outcome(rows: rows, lines: lines), "chunk \(chunk)")
    }
  }

  static let failures: [(String, [String], [[String]])] = [
    ("a,b\"c,d\ne,f", ["strayQuote 1:4"], [["e", "f"]]),
    ("x\n\"ä\" b,c\r\nd", ["textAfterQuote 2:4"], [["x"], ["d"]]),
    ("a,\"b\nc,d\ne", ["unterminatedQuote 1:3"], []),
    ("a\n\n  b,\"c\n\n\n", ["unterminatedQuote 3:5"], [["a"]]),
    ("\"a\nb\"x,1\n2", ["textAfterQuote 2:3"], [["2"]]),
    ("a\"\r\nb\"\rc\"", ["strayQuote 1:2", "strayQuote 2:2", "strayQuote 3:2"], []),
    ("\"", ["unterminatedQuote 1:1"], []),
  ]

  @Test func `a line of comment may be longer than what is fed, and than a row may be`() throws {
    let limits = CSVLimits(rowBytesMax: 100)
    let text = "#" + String(repeating: "x", count: 5_000) + "\na,b\n"
    for chunk in [1, 64, 10_000] {
      let outcome = Self.read(text, Self.comments, limits: limits, chunk: chunk)
      #expect(outcome == Outcome(rows: [["a", "b"]], lines: [2]))
    }
  }

  @Test(arguments: 0..<failures.count)
  func `errors name line and column, and one bad row is one row`(place: Int) {
    let (text, errors, rows) = Self.failures[place]
    for chunk in [1, 2, 3, 5, 8, 1000] {
      let outcome = Self.read(text, chunk: chunk)
      #expect(outcome.errors == errors, "chunk \(chunk)")
      #expect(outcome.rows == rows, "chunk \(chunk)")
    }
  }

  @Test func `whether a field was quoted is known`() throws {
    var reader = CSVReader()
    reader.feed(Array("a,\"a\",,\"\"\n".utf8))
    let row = try #require(try reader.next())
    #expect((0..<4).map(row.isQuoted) == [false, true, false, true])
    #expect((0..<4).map(row.isEmpty) == [false, false, true, true])
    #expect(Array(row.bytes(1)) == [0x61])
  }

  @Test func `limits end the reading`() {
    let limits = CSVLimits(fieldBytesMax: 5, fieldsPerRowMax: 3, rowBytesMax: 12)
    #expect(Self.read("abcde,1,2\n", limits: limits).rows == [["abcde", "1", "2"]])
    for chunk in [1, 1000] {
      #expect(
        Self.read("x\nabcdef\ny", limits: limits, chunk: chunk).errors == ["fieldBytesMax 2:7"])
      #expect(
        Self.read("1,2,3,4\ny", limits: limits, chunk: chunk).errors == ["fieldsPerRowMax 1:7"])
      #expect(
        Self.read("abcde,abcde,ab\ny", limits: limits, chunk: chunk).errors.first?.prefix(13)
          == "rowBytesMax 1")
      #expect(Self.read("\"a\nb\nc\nd\ne\nf\ng\nh\n", limits: limits, chunk: chunk).rows == [])
    }
  }

  @Test func `random tables survive writing and reading`() {
    var random = SeededGenerator(seed: 11)
    let letters: [Character] = ["a", "é", ",", ";", "\"", "\n", "\r", " ", "\\", "'", "😀", "1"]
    for round in 0..<300 {
      let width = 1 + random.below(5)
      let table = (0..<random.below(6)).map { _ in
        (0..<width).map { _ in
          String((0..<random.below(6)).map { _ in letters[random.below(letters.count)] })
        }
      }
      var writer = CSVWriter(
        lineEnding: round % 2 == 0 ? "\n" : "\r\n", quoting: round % 3 == 0 ? .all : .whereNeeded)
      for row in table { writer.write(row) }
      let outcome = Self.read(writer.text, chunk: 1 + random.below(20))
      #expect(
        outcome.rows.map { $0.map { Array($0.utf8) } } == table.map { $0.map { Array($0.utf8) } })
      #expect(outcome.errors == [])
    }
  }
}
