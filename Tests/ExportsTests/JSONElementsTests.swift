import Formats
import Testing

@testable import Exports

@Suite struct JSONElementsTests {
  static func elements(_ text: String, at pointer: String? = nil, piece: Int = 7) throws -> [String]
  {
    let source = SourceStream(ByteArraySource(Array(text.utf8)), chunkBytes: piece)
    var elements = JSONElements(
      source, at: pointer.flatMap { JSONPointer($0) }, limits: .standard)
    var found: [String] = []
    while let element = try elements.next() {
      do throws(JSONError) {
        _ = try element.document(.standard)
      } catch {
        throw element.refusal(error)
      }
      found.append(String(decoding: element.bytes, as: UTF8.self))
    }
    return found
  }

  @Test(arguments: [1, 2, 3, 1000])
  func `cuts an array into its elements at any piece size`(_ piece: Int) throws {
    let text = " [ {\"a\": \"]}\\\"\"}, [1,[2]], \"x,y\", -1.5e3 ,true,null ] \n"
    #expect(
      try Self.elements(text, piece: piece) == [
        "{\"a\": \"]}\\\"\"}", "[1,[2]]", "\"x,y\"", "-1.5e3", "true", "null",
      ])
  }

  @Test func `finds rows behind other members and checks what follows`() throws {
    let text =
      "{\"meta\": {\"rows\": [9]}, \"data\": {\"n\": 1, \"items\": [1, 2], \"z\": []}, \"q\": 0}"
    #expect(try Self.elements(text, at: "/data/items") == ["1", "2"])
    #expect(try Self.elements("[]") == [])
    #expect(try Self.elements("[[1],[2,3]]", at: "/1") == ["2", "3"])
  }

  @Test(
    arguments: [
      ("[1,]", nil), ("[1 2]", nil), ("[1", nil), ("[1]]", nil), ("[1],", nil), ("[,1]", nil),
      ("{\"a\":[1],\"a\":2}", "/a"), ("{\"b\":0,\"a\":[1],\"b\":2}", "/a"),
      ("{\"a\":[1] \"c\":2}", "/a"), ("{\"a\":[1],}", "/a"), ("{\"b\":01,\"a\":[1]}", "/a"),
      ("[{\"a\":1}", nil), ("[\"abc]", nil), ("[tru]", nil), ("[\"\u{1}\"]", nil),
    ] as [(String, String?)])
  func `refuses damage around and inside rows`(_ text: String, _ pointer: String?) {
    #expect(throws: ExportRefusal.self) { try Self.elements(text, at: pointer) }
  }

  @Test func `names line and column of the damage`() {
    let text = "[\n  {\"a\": 1},\n  {\"ä\": 1, \"b\": tru}\n]"
    let refusal = #expect(throws: ExportRefusal.self) { try Self.elements(text) }
    #expect(refusal?.code == .malformed)
    #expect(refusal?.line == 3)
    #expect(refusal?.column == 17)
  }

  @Test func `says what stands where rows were expected`() {
    let object = #expect(throws: ExportRefusal.self) { try Self.elements("{\"a\": 1}") }
    #expect(object?.code == .rowsAt)
    let missing = #expect(throws: ExportRefusal.self) { try Self.elements("{\"a\": 1}", at: "/b") }
    #expect(missing?.message == "there is nothing at /b")
  }
}
