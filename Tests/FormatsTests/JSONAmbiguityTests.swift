import Formats
import Testing

@Suite struct JSONAmbiguityTests {
  static func ambiguity(_ text: String) throws -> JSONError? {
    try JSONDocument(Array(text.utf8)).firstAmbiguity
  }

  @Test(arguments: [
    "{\"a\":\"\\ud83d\\ude00\",\"b\":\"\u{1F600}\"}", "[\"\\\\ud800\"]", "{\"é\":1,\"e\":2}",
    "[{\"é\":1},{\"e\u{301}\":2}]", "{\"\\u00e9\":1,\"x\\n\":2}", "1", "{}", "{\"K\":1,\"k\":2}",
  ])
  func `finds nothing in plain texts`(_ text: String) throws {
    #expect(try Self.ambiguity(text) == nil)
  }

  @Test(
    arguments: [
      ("\"\\ud800\"", 1), ("[1,\"a\\udc00b\"]", 4), ("{\"\\ud800x\":1}", 2),
      ("{\"a\":[{\"b\":\"\\ude00\\ud83d\"}]}", 12), ("[\"\\ud83d\\ud83d\\ude00\"]", 2),
      ("{\"é\":\"\\uD800\"}", 6),
    ] as [(String, Int)])
  func `finds half a character in values and names`(_ text: String, _ column: Int) throws {
    let found = try #require(try Self.ambiguity(text))
    #expect(found.message.hasPrefix("half a character"))
    #expect(found.column == column)
  }

  @Test(
    arguments: [
      ("{\"\u{E9}\":1,\"e\u{301}\":2}", 8), ("{\"\\u00e9\":1,\"e\\u0301\":2}", 13),
      ("[{\"a\":{\"\u{212A}\":1,\"x\":2,\"K\":3}}]", 20), ("{\"Å\":1,\"\u{212B}\":1}", 8),
    ] as [(String, Int)])
  func `finds names that only look different`(_ text: String, _ column: Int) throws {
    let found = try #require(try Self.ambiguity(text))
    #expect(found.message.hasPrefix("two names of one object"))
    #expect(found.column == column)
  }

  @Test func `tells the line`() throws {
    #expect(try Self.ambiguity("{\"a\": 1,\n \"b\": \"\\ud9ff\"}")?.line == 2)
  }
}
