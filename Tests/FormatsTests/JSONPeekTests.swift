import Formats
import Testing

@Suite struct JSONPeekTests {
  private func peek(_ text: String, _ paths: [[String]]) -> [String?]? {
    let bytes = Array(text.utf8)
    var found: [Range<Int>] = []
    guard JSONPeek(paths).find(in: bytes.span, &found) else { return nil }
    return found.map { $0.isEmpty ? nil : String(decoding: bytes[$0], as: UTF8.self) }
  }

  @Test func `values are found as they are spelled`() {
    let text = #" {"a" : 1.50 ,"b":{"x":[1,{"y":"}"}],"c": "ü\"" },"d":null}"#.dropFirst()
    let paths = [["a"], ["b", "c"], ["b", "x"], ["d"], ["e"], ["b", "z"]]
    #expect(
      peek(String(text), paths) == [
        "1.50", #""ü\"""#, #"[1,{"y":"}"}]"#, "null", nil, nil,
      ])
  }

  @Test func `one value may be wanted twice`() {
    #expect(peek(#"{"a":{"b":7}}"#, [["a", "b"], ["a", "b"]]) == ["7", "7"])
  }

  @Test(arguments: [
    "", "{", "[]", "null", #"{"a":1"#, #"{"a":}"#, #"{"a" 1}"#, #"{"a":1}x"#, #"{"a":"x}"#,
    // The key may be another spelling of "b", or equivalent to one that is sought.
    #"{"\u0062":1}"#, #"{"é":1}"#,
    // A parent that is no object.
    #"{"b":1}"#, #"{"b":[]}"#,
  ])
  func `what doesn't tell is left to the reader`(text: String) {
    #expect(peek(text, [["a"], ["b", "c"]]) == nil)
  }

  @Test func `elements of an array stand where they stand`() {
    func elements(_ text: String) -> [String]? {
      let bytes = Array(text.utf8)
      var places: [Range<Int>] = []
      guard JSONPeek.elements(of: bytes.span, &places) else { return nil }
      return places.map { String(decoding: bytes[$0], as: UTF8.self) }
    }
    #expect(
      elements(#"["a,\"b",null,[],[{"x":"]"}], 1 ]"#) == [
        #""a,\"b""#, "null", "[]", #"[{"x":"]"}]"#, "1",
      ])
    #expect(elements("[]") == [])
    for broken in ["", "[", "[1", "[1,]x", "[1]]", "{}", #"["a]"#] {
      #expect(elements(broken) == nil)
    }
  }

  @Test func `what is found is what the reader reads`() throws {
    var random = SeededGenerator(seed: 7)
    let keys = ["a", "b", "c"]
    func value(_ depth: Int) -> String {
      switch random.below(depth > 2 ? 4 : 6) {
      case 0: return "null"
      case 1: return ["0", "-1.5e3", "12.50"][random.below(3)]
      case 2: return [#""""#, #""x""#, #""a\"b""#, #""{]""#, #""\\""#, #""ä""#][random.below(6)]
      case 3: return ["true", "false"][random.below(2)]
      case 4:
        return "[" + (0..<random.below(3)).map { _ in value(depth + 1) }.joined(separator: ",")
          + "]"
      default: return object(depth + 1)
      }
    }
    func object(_ depth: Int) -> String {
      let space = ["", " ", "\n"][random.below(3)]
      let members = keys.filter { _ in random.below(3) > 0 }.map {
        "\"\($0)\"\(space):\(space)\(value(depth))"
      }
      return "{\(space)" + members.joined(separator: "\(space),") + "\(space)}"
    }
    let paths = [["a"], ["b", "a"], ["b", "c"], ["c", "b", "a"]]
    var told = 0
    for _ in 0..<2_000 {
      let text = object(0)
      guard let found = peek(text, paths) else { continue }
      told += 1
      let tree = try JSONValue(parsing: text)
      for (path, raw) in zip(paths, found) {
        var expected: JSONValue? = tree
        for key in path { expected = expected?[key] }
        #expect(
          raw == expected?.written() || raw.map { try? JSONValue(parsing: $0) } == expected,
          "\(text) \(path)")
        #expect((raw == nil) == (expected == nil), "\(text) \(path)")
      }
    }
    #expect(told > 200)
  }
}
