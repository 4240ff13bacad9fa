import Formats
import Testing

@Suite struct JSONValueTests {
  @Test func `numbers are equal by exact value`() throws {
    let same = [
      ["1", "1.0", "1e0", "10e-1", "0.1e1"], ["0", "-0", "0.000", "0e99999999999999999999"],
    ]
    for group in same {
      for a in group {
        for b in group {
          #expect(JSONNumber(a) == JSONNumber(b), "\(a) \(b)")
          #expect(JSONNumber(a)?.hashValue == JSONNumber(b)?.hashValue)
          #expect(JSONNumber(a)?.canonicalSpelling == JSONNumber(b)?.canonicalSpelling)
        }
      }
    }
    #expect(JSONNumber("12345678901234567890") != JSONNumber("12345678901234567891"))
    #expect(JSONNumber("0.1") != JSONNumber("0.10000000000000000001"))
    #expect(JSONNumber("1") != JSONNumber("-1"))
    #expect(JSONNumber("1e5") != JSONNumber("1e6"))
  }

  @Test func `a whole number is an Int however it is written`() {
    #expect(JSONNumber("1.0")?.int == 1)
    #expect(JSONNumber("12e3")?.int == 12000)
    #expect(JSONNumber("-0.0")?.int == 0)
    #expect(JSONNumber("9223372036854775807")?.int == Int.max)
    #expect(JSONNumber("-9223372036854775808")?.int == Int.min)
    #expect(JSONNumber("-922337203685477580.8e1")?.int == Int.min)
    #expect(JSONNumber("9223372036854775808")?.int == nil)
    #expect(JSONNumber("1e19")?.int == nil)
    #expect(JSONNumber("1e999999999999999999999")?.int == nil)
    #expect(JSONNumber("1.5")?.int == nil)
    #expect(JSONNumber("1e400")?.double == .infinity)
    #expect(JSONNumber("2.5")?.double == 2.5)
  }

  @Test(arguments: ["", " 1", "1 ", "+1", "01", "1.", "a", "\"1\"", "[1]", "--1", "1\n"])
  func `what is no number by RFC 8259 makes none`(text: String) {
    #expect(JSONNumber(text) == nil)
  }

  @Test func `canonical number spellings`() {
    #expect(JSONNumber("1.50")?.canonicalSpelling == "1.5")
    #expect(JSONNumber("-120e-1")?.canonicalSpelling == "-12")
    #expect(JSONNumber("0.00012")?.canonicalSpelling == "0.00012")
    #expect(JSONNumber("1e3")?.canonicalSpelling == "1000")
    #expect(JSONNumber("1e300")?.canonicalSpelling == "1e300")
  }

  @Test func `strings decode, and go back as they came`() throws {
    let source = #"["\u00e9","\/","a\u0000b","\ud83d\ude00","\ud83d","\n","é"]"#
    let value = try JSONValue(parsing: source)
    let texts = try #require(value.arrayValue).map(\.text)
    #expect(texts == ["é", "/", "a\0b", "😀", "\u{FFFD}", "\n", "é"])
    #expect(value.written() == source)
  }

  @Test func `numbers of any exponent are equal when their values are`() throws {
    for (a, b) in [
      ("1e100000000000000000000", "10e99999999999999999999"),
      ("1e100000000000000000", "10e99999999999999999"),
      ("0.1e-99999999999999999", "1e-100000000000000000"),
      ("0.01e200000000000000001", "1e199999999999999999"),
      ("-100e-100000000000000002", "-1.0E-100000000000000000"),
      ("0e999999999999999999999", "0"),
    ] {
      let (left, right) = (try #require(JSONNumber(a)), try #require(JSONNumber(b)))
      #expect(left == right, "\(a) \(b)")
      #expect(left.hashValue == right.hashValue)
      #expect(left.canonicalSpelling == right.canonicalSpelling)
      #expect(JSONNumber(left.canonicalSpelling) == left, "\(left.canonicalSpelling)")
    }
    #expect(JSONNumber("1e100000000000000000000") != JSONNumber("1e100000000000000000001"))
    #expect(JSONNumber("1e100000000000000000000") != JSONNumber("1e-100000000000000000000"))
  }

  @Test func `text beside a lone surrogate is compared in NFC like any other`() throws {
    // U+1D160 is no text in NFC: its parts are.
    let a = try JSONValue(parsing: #""\ud834\udd60\ud8dd""#)
    let b = try JSONValue(parsing: a.canonicalText)
    #expect(a == b)
    #expect(a.canonicalText == b.canonicalText)
    #expect(a != (try JSONValue(parsing: #""\ud834\udd60\ud8de""#)))
  }

  @Test func `different lone surrogates are different strings`() throws {
    let a = try JSONValue(parsing: #""\ud800""#)
    let b = try JSONValue(parsing: #""\ud801""#)
    #expect(a != b)
    #expect(a != .string("\u{FFFD}"))
    #expect(a == (try JSONValue(parsing: #""\uD800""#)))
    #expect(a.canonicalText == #""\ud800""#)
    #expect((try JSONValue(parsing: #""\uD800""#)).canonicalText == a.canonicalText)
  }

  @Test func `composed and decomposed text is equal and shares its canonical text`() throws {
    let a = JSONValue.string("\u{E9}")
    let b = JSONValue.string("e\u{301}")
    #expect(a == b)
    #expect(a.canonicalText == b.canonicalText)
    #expect(a.written().utf8.count != b.written().utf8.count)
  }

  @Test func `objects compare whatever their order`() throws {
    let a = try JSONValue(parsing: #"{"a":1,"b":[1,2],"c":{"x":null}}"#)
    let b = try JSONValue(parsing: #"{"c":{"x":null},"b":[1.0,2],"a":1e0}"#)
    #expect(a == b)
    #expect(a.hashValue == b.hashValue)
    #expect(a.canonicalText == b.canonicalText)
    #expect(a != (try JSONValue(parsing: #"{"a":1,"b":[2,1],"c":{"x":null}}"#)))
    #expect(a != (try JSONValue(parsing: #"{"a":1,"b":[1,2]}"#)))
  }

  @Test func `large objects compare whatever their order`() {
    let members = (0..<100).map { ("k\($0)", JSONValue.int($0)) }
    #expect(JSONObject(members) == JSONObject(members.reversed()))
    var other = JSONObject(members.reversed())
    other["k50"] = 0
    #expect(JSONObject(members) != other)
  }

  @Test func `setting keeps the place, nil removes, a new key goes last`() throws {
    var object = try #require(try JSONValue(parsing: #"{"\u0061":1.0,"b":2,"c":3}"#).objectValue)
    object["a"] = "x"
    object["b"] = nil
    object["d"] = true
    object["e"] = nil
    #expect(object.written() == #"{"\u0061":"x","c":3,"d":true}"#)
    #expect(object.keys == ["a", "c", "d"])
    #expect(object["d"]?.boolValue == true)
    #expect(object["zz"] == nil)
  }

  @Test func `equivalent keys are two members, found exactly`() throws {
    let object = try JSONValue(parsing: "{\"e\u{301}\":1,\"\u{E9}\":2}")
    #expect(object["\u{E9}"] == 2)
    #expect(object["e\u{301}"] == 1)
    #expect(object.objectValue?.count == 2)
  }

  @Test func `literals and pretty writing`() {
    let value: JSONValue = ["a": [1, true, nil], "b": [:], "c": "x", "d": []]
    #expect(value.written() == #"{"a":[1,true,null],"b":{},"c":"x","d":[]}"#)
    #expect(
      value.written(indent: 2)
        == "{\n  \"a\": [\n    1,\n    true,\n    null\n  ],\n  \"b\": {},\n  \"c\": \"x\",\n"
        + "  \"d\": []\n}")
    #expect(value["a"]?.arrayValue?[2].isNull == true)
  }

  @Test func `control characters are escaped when written`() {
    #expect(JSONValue.string("\u{1}\u{1F}\"\\\u{8}\u{C}").written() == #""\u0001\u001f\"\\\b\f""#)
  }

  @Test func `random trees survive writing and parsing`() throws {
    var random = SeededGenerator(seed: 1)
    for _ in 0..<500 {
      let tree = Self.tree(&random, depth: 4)
      let again = try JSONValue(parsing: tree.writtenBytes())
      #expect(again == tree)
      #expect(again.written() == tree.written())
      #expect(try JSONValue(parsing: tree.written(indent: 3)) == tree)
      #expect(try JSONValue(parsing: tree.canonicalText) == tree)
    }
  }

  static func tree(_ random: inout SeededGenerator, depth: Int) -> JSONValue {
    switch random.below(depth == 0 ? 4 : 6) {
    case 0: return .null
    case 1: return .bool(random.below(2) == 0)
    case 2:
      let spelling = "\(random.below(2000) - 1000).\(random.below(100))e\(random.below(20) - 10)"
      return JSONNumber(spelling).map(JSONValue.number) ?? .null
    case 3: return .string(text(&random))
    case 4:
      return .array((0..<random.below(5)).map { _ in tree(&random, depth: depth - 1) })
    default:
      return .object(
        JSONObject(
          (0..<random.below(5)).map { _ in (text(&random), tree(&random, depth: depth - 1)) }))
    }
  }

  static func text(_ random: inout SeededGenerator) -> String {
    let ranges: [ClosedRange<UInt32>] = [0...0x1F, 0x20...0x7F, 0x80...0x7FF, 0x1F600...0x1F64F]
    var scalars = String.UnicodeScalarView()
    for _ in 0..<random.below(12) {
      let code = UInt32.random(in: ranges[random.below(4)], using: &random)
      if let scalar = Unicode.Scalar(code) { scalars.append(scalar) }
    }
    return String(scalars)
  }
}

@Suite struct JSONCanonicalTextTests {
  @Test func `keys stand in the order of their code points`() throws {
    let value = try JSONValue(
      parsing: #"{"b":1,"a":2,"é":3,"Z":4,"😀":5,"":6,"\uffee":7,"aa":8,"e\u0301x":9}"#)
    #expect(
      value.canonicalText
        == "{\"\":6,\"Z\":4,\"a\":2,\"aa\":8,\"b\":1,\"é\":3,\"éx\":9,\"\u{FFEE}\":7,\"😀\":5}")
  }

  @Test func `a decomposed key sorts as its composed form`() throws {
    // Found by fuzzing: Swift's own order of strings differs between the two spellings.
    for key in ["e\u{301}", "\u{E9}"] {
      let value = try JSONValue(parsing: "{\"\u{E9}&\":0,\"\(key)\":2,\"\u{9006}52\":3}")
      #expect(value.canonicalText == "{\"\u{E9}\":2,\"\u{E9}&\":0,\"\u{9006}52\":3}")
    }
  }

  @Test func `equivalent keys in either order share one text`() throws {
    let a = try JSONValue(parsing: "{\"e\u{301}\":1,\"\u{E9}\":2}")
    let b = try JSONValue(parsing: "{\"\u{E9}\":2,\"e\u{301}\":1}")
    #expect(a == b)
    #expect(a.canonicalText == b.canonicalText)
    #expect(a.canonicalText == "{\"\u{E9}\":1,\"\u{E9}\":2}")
  }
}
