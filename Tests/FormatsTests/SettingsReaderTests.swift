import Formats
import Testing

@Suite struct SettingsReaderTests {
  enum Mode: String, CaseIterable { case full, delta }

  static func reader(_ text: String) throws -> SettingsReader {
    SettingsReader(try SettingsDocument(Array(text.utf8), file: "a.json"))
  }

  @Test func `comments, trailing commas and a byte order mark are taken`() throws {
    let settings = try Self.reader(
      "\u{FEFF}// first\n{ /* a\n b */ \"url\": \"http://x//y\", // no comment in a string\n"
        + "\"list\": [\"a\", \"b\",], }\n// end")
    #expect(settings.string("url") == "http://x//y")
    #expect(settings.strings("list") == ["a", "b"])
    try settings.finish()
  }

  @Test(arguments: [
    ("{", "object is not closed"), ("{\"a\":1,,}", "expected a key"), ("{} /* x", "not closed"),
    ("{\"a\":1}\n/ x", "expected \"//\""), ("{\"a\":1,\n \"a\":2}", "occurs twice"), ("{,}", "key"),
    ("{\"a\": 'x'}", "expected a value"), ("", "found the end"), ("[1,,]", "expected a value"),
  ])
  func `a syntax error is the one problem, with its place`(text: String, words: String) throws {
    let error = try #require(throws: SettingsProblems.self) {
      try SettingsDocument(Array(text.utf8), file: "a.json")
    }
    #expect(error.problems.count == 1)
    #expect(error.problems[0].message.contains(words), "\(error)")
  }

  @Test func `every getter reads its kind`() throws {
    let settings = try Self.reader(
      """
      {"s": "x", "i": 3, "d": 0.5, "b": true, "t": "1h30m", "m": "delta", "c": "two",
       "l": ["p", "q"], "map": {"01": "retail", "02": "wholesale"}, "n": null,
       "o": {"k": 1}, "rows": [{"k": 1}, {"k": 2}], "rail": "off", "j": {"x": [1.0]}}
      """)
    #expect(settings.string("s") == "x")
    #expect(settings.int("i", in: 1...5) == 3)
    #expect(settings.double("d") == 0.5)
    #expect(settings.bool("b"))
    #expect(settings.duration("t") == 5400)
    #expect(settings.choice("m", of: Mode.self) == .delta)
    #expect(settings.choice("c", among: ["one", "two"]) == "two")
    #expect(settings.strings("l", atLeast: 2) == ["p", "q"])
    #expect(
      settings.stringMap("map").map { "\($0.key)=\($0.value)" } == ["01=retail", "02=wholesale"])
    #expect(settings.optionalString("n") == nil)
    #expect(settings.string("n", default: "d") == "d")
    #expect(settings.json("n") == .null)
    #expect(settings.section("o").int("k") == 1)
    #expect(settings.sections("rows").map { $0.int("k") } == [1, 2])
    #expect(settings.value("rail")?.string == "off")
    #expect(settings.json("j")?.written() == #"{"x":[1.0]}"#)
    #expect(settings.int("none", default: 7) == 7)
    #expect(settings.choice("none", default: Mode.full) == .full)
    #expect(settings.duration("none", default: 15) == 15)
    #expect(settings.sections("none").isEmpty)
    try settings.finish()
  }

  @Test func `all problems are collected, with place, path and hint`() throws {
    let settings = try Self.reader(
      """
      {
        "api": {"base_ur": "x", "timeout": 15, "mode": "ful"},
        "fields": [{"column": 1}, 5],
        "share": 1.5,
        "list": "a",
        "flag": "true"
      }
      """)
    let api = settings.section("api")
    _ = api.string("base_url")
    _ = api.duration("timeout", default: 15)
    _ = api.choice("mode", default: Mode.full)
    for field in settings.sections("fields") { _ = field.string("column") }
    _ = settings.double("share", in: 0...1)
    _ = settings.strings("list")
    _ = settings.bool("flag")
    let error = try #require(throws: SettingsProblems.self) { try settings.finish() }
    let words = error.problems.map(\.description)
    #expect(
      words == [
        "a.json:2:10: api.base_url: is missing; add the key \"base_url\"",
        "a.json:2:11: api.base_ur: unknown key \"base_ur\"; did you mean \"base_url\"?",
        "a.json:2:38: api.timeout: expected a duration, found a number; "
          + "write a number with its unit, such as \"90s\", \"15m\", \"24h\" or \"7d\"",
        "a.json:2:50: api.mode: unknown value \"ful\"; did you mean \"full\"? "
          + "one of \"full\", \"delta\"",
        "a.json:3:25: fields[0].column: expected a string, found a number; put it in quotes",
        "a.json:3:29: fields[1]: expected an object in { }, found a number",
        "a.json:4:12: share: 1.5 is out of range; use a number from 0.0 to 1.0",
        "a.json:5:11: list: expected a list of strings, found a string; put it in [ ]",
        "a.json:6:11: flag: expected true or false, found a string; remove the quotes",
      ])
  }

  @Test func `a key in the wrong section is sent home`() throws {
    let settings = try Self.reader("{\"timeout\": \"1s\", \"api\": {}}")
    _ = settings.section("api").duration("timeout", default: 1)
    let error = try #require(throws: SettingsProblems.self) { try settings.finish() }
    #expect(error.problems.map(\.hint) == ["it belongs in api"])
  }

  @Test func `required keys of a missing section are reported with their path`() throws {
    let settings = try Self.reader("{}")
    _ = settings.section("api").string("client_id")
    let error = try #require(throws: SettingsProblems.self) { try settings.finish() }
    #expect(error.problems.map(\.path) == ["api.client_id"])
  }

  @Test func `a section of the wrong kind is one problem`() throws {
    let settings = try Self.reader("{\"api\": 5}")
    _ = settings.section("api").string("client_id")
    let error = try #require(throws: SettingsProblems.self) { try settings.finish() }
    #expect(error.problems.map(\.path) == ["api"])
  }

  @Test func `semantic problems join the others in order`() throws {
    let settings = try Self.reader("{\"b\": 1,\n\"a\": [2, 3]}")
    settings.value("a")?.elements[1].problem("odd", hint: "use 2")
    settings.problem("b", "too small")
    let error = try #require(throws: SettingsProblems.self) { try settings.finish() }
    #expect(
      error.description
        == "a.json:1:7: b: too small\na.json:2:10: a[1]: odd; use 2")
  }

  @Test func `only an object can be a settings file`() throws {
    let settings = try Self.reader("[]")
    let error = try #require(throws: SettingsProblems.self) { try settings.finish() }
    #expect(error.problems.map(\.message) == ["expected an object in { }, found an array"])
  }

  @Test func `schema is allowed at the top only`() throws {
    try Self.reader("{\"$schema\": \"./x.json\"}").finish()
  }
}
