import Formats
import Testing

@Suite struct JSONDocumentTests {
  let document: JSONDocument

  init() throws {
    let text = #"""
      {"data":[{"id":"a1","n":12,"m":{"x":1.0,"k\u0065y":"v\n"}},{"id":"b2","n":null}],
       "meta":{"ok":true,"no":false}}
      """#
    document = try JSONDocument(Array(text.utf8))
  }

  @Test func `nodes find members, elements and scalars`() throws {
    let root = document.root
    let data = try #require(root["data"])
    #expect(data.kind == .array)
    #expect(data.count == 2)
    #expect(data.elements.map { $0["id"]?.string } == ["a1", "b2"])
    let first = try #require(data.elements.first { _ in true })
    #expect(first["n"]?.int == 12)
    #expect(first["m"]?["key"]?.string == "v\n")
    #expect(first["m"]?["x"]?.number?.spelling == "1.0")
    #expect(first["nothing"] == nil)
    #expect(root["meta"]?.members.map(\.key) == ["ok", "no"])
    #expect(root["meta"]?["ok"]?.bool == true)
    #expect(root["meta"]?["no"]?.bool == false)
    #expect(root["meta"]?["ok"]?.string == nil)
    #expect(root["meta"]?.elements.map(\.kind) == [])
  }

  @Test func `raw bytes and trees are those of the source`() throws {
    let m = try #require(document.root["data"]?.elements.first { _ in true }?["m"])
    #expect(String(decoding: m.rawBytes, as: UTF8.self) == #"{"x":1.0,"k\u0065y":"v\n"}"#)
    #expect(m.value.written() == #"{"x":1.0,"k\u0065y":"v\n"}"#)
  }

  @Test func `offsets lead to lines and columns`() throws {
    let meta = try #require(document.root["meta"])
    #expect(document.lineIndex().position(at: meta.offset) == TextPosition(line: 2, column: 9))
  }

  @Test func `a pointer walks nodes`() throws {
    let pointer = try #require(JSONPointer("/data/1/id"))
    #expect(document.root[pointer]?.string == "b2")
    #expect(document.root[try #require(JSONPointer("/data/2"))] == nil)
  }
}
