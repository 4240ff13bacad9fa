import Formats
import Testing

@Suite struct JSONPointerTests {
  // RFC 6901 section 5.
  static let source =
    #"{"foo":["bar","baz"],"":0,"a/b":1,"c%d":2,"e^f":3,"g|h":4,"i\\j":5,"k\"l":6," ":7,"m~n":8}"#
  static let examples: [(String, String)] = [
    ("", source), ("/foo", #"["bar","baz"]"#), ("/foo/0", #""bar""#), ("/", "0"), ("/a~1b", "1"),
    ("/c%d", "2"), ("/e^f", "3"), ("/g|h", "4"), ("/i\\j", "5"), ("/k\"l", "6"), ("/ ", "7"),
    ("/m~0n", "8"),
  ]

  @Test(arguments: examples)
  func `the examples of RFC 6901`(pointer: String, expected: String) throws {
    let value = try JSONValue(parsing: Self.source)
    let pointer = try #require(JSONPointer(pointer))
    #expect(value[pointer]?.written() == expected)
    #expect(JSONPointer(tokens: pointer.tokens) == pointer)
  }

  @Test(arguments: ["foo", "/~", "/~2", "/a~"])
  func `what is no pointer makes none`(text: String) { #expect(JSONPointer(text) == nil) }

  @Test(arguments: ["/foo/2", "/foo/-", "/foo/00", "/foo/01", "/foo/x", "/nope", "/a~1b/c"])
  func `a pointer to nothing finds nothing`(text: String) throws {
    let value = try JSONValue(parsing: Self.source)
    #expect(value[try #require(JSONPointer(text))] == nil)
  }

  @Test func `setting makes missing parents and keeps the rest`() throws {
    let value = try JSONValue(parsing: #"{"a":1.0,"erp":{"z":0}}"#)
    let set = try value.setting(try #require(JSONPointer("/erp/credit/limit")), to: 5)
    #expect(set.written() == #"{"a":1.0,"erp":{"z":0,"credit":{"limit":5}}}"#)
    #expect(try value.setting(try #require(JSONPointer("")), to: 1) == 1)
  }

  @Test(arguments: [
    ("/a/b", "/a", JSONKind.number), ("/l/0", "/l", .array), ("/n/x/y", "/n", .null),
  ])
  func `a parent that is no object is named`(text: String, parent: String, kind: JSONKind) throws {
    let value = try JSONValue(parsing: #"{"a":1,"l":[1],"n":null}"#)
    let pointer = try #require(JSONPointer(text))
    let expected = JSONPointerError.parentIsNoObject(pointer: text, parent: parent, kind: kind)
    #expect(throws: expected) { try value.setting(pointer, to: 1) }
    #expect(throws: expected) { try value.removing(pointer) }
  }

  @Test func `removing takes one member and leaves its parents`() throws {
    let value = try JSONValue(parsing: #"{"a":{"b":1},"c":2}"#)
    #expect(try value.removing(try #require(JSONPointer("/a/b"))).written() == #"{"a":{},"c":2}"#)
    #expect(try value.removing(try #require(JSONPointer("/x/y"))) == value)
    #expect(throws: JSONPointerError.wholeValue) {
      try value.removing(try #require(JSONPointer("")))
    }
  }
}
