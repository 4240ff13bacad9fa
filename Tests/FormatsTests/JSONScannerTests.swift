import Formats
import Testing

@Suite struct JSONScannerTests {
  static let accepted: [String] = [
    "null", "true", "false", "0", "-0", "1", "-1", "10", "0.0", "-0.5", "1e5", "1E+5", "1e-05",
    "123456789012345678901234567890", "1.7976931348623157e400", "\"\"", "\"a\"",
    #""\"\\\/\b\f\n\r\t""#, #""\u0000""#, #""\uD834\uDD1E""#, #""\ud800""#, #""\udc00\ud800""#,
    "\"\u{7F}\"", "\"\u{2028}\u{2029}\"", "\"\u{FEFF}\"", "\"\u{10FFFF}\"", "[]", "[ ]", "[1]",
    "[1,2]", "[1 , 2]", "{}", "{ }", #"{"a":1}"#, #"{"":0}"#, #"{"a":{},"b":[]}"#,
    " \t\r\n1 \t\r\n", "[[[[]]]]", #"{"a":1,"A":2}"#, #"["a\u0062"]"#, #"{"\ud800":1,"\ud801":2}"#,
  ]

  @Test(arguments: accepted)
  func `a text of the grammar is accepted and written back as it came`(text: String) throws {
    let value = try JSONValue(parsing: text)
    let again = try JSONValue(parsing: value.written())
    #expect(again == value)
    #expect(value.written() == again.written())
    if !text.utf8.contains(where: { $0 <= 0x20 }) { #expect(value.written() == text) }
  }

  static let refused: [String] = [
    "", " ", "nul", "nulll", "True", "tru", "-", "+1", "01", "-01", "00", "1.", ".5", "1.e5", "1e",
    "1e+", "0x10", "1_000", "NaN", "Infinity", "-Infinity", "--1", "1 2", "[", "]", "[1", "[1,",
    "[1,]", "[,1]", "[,]", "[1,,2]", "[1 2]", "{", "}", "{\"a\"}", "{\"a\":}", "{\"a\":1,}",
    "{\"a\" 1}", "{a:1}", "{'a':1}", "{\"a\":1 \"b\":2}", "{1:2}", "{\"a\":1]", "[1}", "\"",
    "\"a", "\"\\\"", "\"\\x\"", "\"\\u12\"", "\"\\u12G4\"", "\"\\U0041\"", "\"\\", "\"\\u",
    "\"a\nb\"", "\"a\tb\"", "\"\u{0}\"", "\"\u{1F}\"", "'a'", "\u{FEFF}1", "/* */1", "1//", "# 1",
    "{\"a\":1,\"a\":2}", "{\"a\":1,\"\\u0061\":2}", "[1]]", "{}{}", "\u{A0}1", "1\u{B}", "[\u{C}1]",
  ]

  @Test(arguments: refused)
  func `a text outside the grammar is refused`(text: String) {
    #expect(throws: JSONError.self) { try JSONValue(parsing: text) }
  }

  static let illFormed: [[UInt8]] = [
    [0x80], [0xC0, 0xAF], [0xC1, 0x81], [0xC3], [0xE0, 0x80, 0xAF], [0xE0, 0x9F, 0xBF],
    [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF], [0xE2, 0x82], [0xF0, 0x80, 0x80, 0xAF],
    [0xF0, 0x8F, 0xBF, 0xBF], [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xFF], [0xFE],
    [0xF0, 0x9F, 0x98], [0xE9],
  ]

  @Test(arguments: illFormed)
  func `ill-formed UTF-8 is refused where it stands`(bytes: [UInt8]) throws {
    let error = try #require(throws: JSONError.self) {
      try JSONValue(parsing: Array("\"abc".utf8) + bytes + Array("\"".utf8))
    }
    #expect(error.message == "invalid UTF-8")
    #expect(error.offset == 4)
    #expect(error.column == 5)
  }

  @Test func `errors name line, column in characters, and offset`() throws {
    let error = try #require(throws: JSONError.self) {
      try JSONValue(parsing: "{\r\n  \"ä\": 1,\r\n  \"öö\": x}")
    }
    #expect(error.line == 3)
    #expect(error.column == 9)
    #expect(error.offset == 25)
    #expect(error.message == "expected a value, found \"x\"")
    #expect(error.description == "line 3, column 9: expected a value, found \"x\"")
  }

  @Test func `a duplicate key is found among few and among many`() throws {
    let many = (0..<500).map { "\"key\($0)\":\($0)" }
    #expect(throws: Never.self) { try JSONValue(parsing: "{\(many.joined(separator: ","))}") }
    let error = try #require(throws: JSONError.self) {
      try JSONValue(parsing: "{\((many + ["\"key7\":0"]).joined(separator: ","))}")
    }
    #expect(error.message == "key occurs twice in one object")
  }

  @Test func `keys whose hashes collide stay apart`() throws {
    // Same length, same first and last eight bytes.
    let keys = (0..<300).map { "\"startingX\(100 + $0)Xendinggg\":1" }
    #expect(try JSONValue(parsing: "{\(keys.joined(separator: ","))}").objectValue?.count == 300)
  }

  @Test func `limits refuse what is beyond them and nothing before`() throws {
    let limits = JSONLimits(depthMax: 3, bytesMax: 10)
    #expect(throws: Never.self) { try JSONValue(parsing: "[[[1]]]", limits: limits) }
    let deep = try #require(throws: JSONError.self) {
      try JSONValue(parsing: "[[[[1]]]]", limits: limits)
    }
    #expect(deep.message.contains("depthMax = 3"))
    #expect(throws: Never.self) { try JSONValue(parsing: "1234567890", limits: limits) }
    let long = try #require(throws: JSONError.self) {
      try JSONValue(parsing: "12345678901", limits: limits)
    }
    #expect(long.message.contains("bytesMax = 10"))
  }

  @Test func `every prefix of a text is refused without a trap`() throws {
    let text = Array(
      #"{"a":[1,-2.5e+3,"x\u00e9\ud834\udd1e\n",{"b":null}],"c":true,"é":false}"#.utf8)
    #expect(throws: Never.self) { try JSONValue(parsing: text) }
    for end in 0..<text.count {
      #expect(throws: JSONError.self) { try JSONValue(parsing: Array(text[..<end])) }
    }
  }
}
