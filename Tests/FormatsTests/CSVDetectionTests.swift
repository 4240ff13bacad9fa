import Formats
import Testing

@Suite struct CSVDetectionTests {
  static let cases: [(String, Character, Int, Int?)] = [
    ("id,name,city\n1,Ann,Rome\n2,Bob,Bari\n", ",", 3, 1),
    ("KUNNR;NAME;KLIMK\r\n0001;Müller, Hans;1.000,50\r\n0002;Meier, Eva;2,25\r\n", ";", 3, 1),
    ("a\tb\n1,5\t2,5\n3,5\t4,5\n", "\t", 2, 1),
    ("id|name|note\n1|x|a, b; c\n2|y|d\n", "|", 3, 1),
    ("id^name\n1^x\n2^y\n", "^", 2, 1),
    ("1,50;2,30\n3,50;4,10\n5,00;6,25\n", ";", 2, nil),
    ("sep=;\nid;a\n1;2\n", ";", 2, 2),
    ("\"id\",\"note\"\n\"1\",\"a;b;c\"\n\"2\",\"d;e\"\n", ",", 2, 1),
    ("Report of today\n\nid;name;mail\n1;Ann;a@x.it\n2;Bob;b@x.it\n3;C;c@x.it\n", ";", 3, 3),
    ("time,value\n10:15:00,1\n10:16:00,2\n", ",", 2, 1),
    ("reference\nA1\nA2\n", ",", 1, 1),
    ("", ",", 0, nil),
  ]

  @Test(arguments: 0..<cases.count)
  func `delimiter, width and header are found`(place: Int) {
    let (text, delimiter, width, header) = Self.cases[place]
    let found = CSVDialect.detect(Array(text.utf8), isWhole: true)
    #expect(Character(Unicode.Scalar(found.dialect.delimiter)) == delimiter)
    #expect(found.columnCount == width)
    #expect(found.headerLine == header)
  }

  @Test func `quotes, escapes and line endings`() {
    let single = CSVDialect.detect(Array("'a','b'\n'c','d,e'\n".utf8))
    #expect(single.dialect.quote == 0x27)
    let backslash = CSVDialect.detect(Array("\"a\",\"b \\\"x\\\" c\"\n\"d\",\"e\"\n".utf8))
    #expect(backslash.dialect.escape == .backslash)
    #expect(CSVDialect.detect(Array("a,b\r\n\"c\nd\",e\r\n".utf8)).lineEnding == .crlf)
    #expect(CSVDialect.detect(Array("a,b\rc,d\r".utf8)).lineEnding == .cr)
    #expect(CSVDialect.detect(Array("a,b\nc,d\r\n".utf8)).lineEnding == .mixed)
    #expect(CSVDialect.detect(Array("a,b".utf8)).lineEnding == .none)
    #expect(CSVDialect.detect(Array("sep=|\na|b\n".utf8)).hasSeparatorLine)
  }

  @Test func `a row cut off by the sample's end does not count`() {
    let found = CSVDialect.detect(Array("a;b;c\n1;2;3\n4;5;6\n7,".utf8))
    #expect(found.dialect.delimiter == 0x3B)
    #expect(found.confidence > 0.8)
  }
}
