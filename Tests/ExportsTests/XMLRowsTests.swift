import Exports
import Formats
import TestKit
import Testing

@Suite struct XMLRowsTests {
  @Test func `makes columns of attributes, children and their children`() throws {
    let preview = try ExportFixtures.preview(
      """
      <r:list xmlns:r="urn:r" xmlns:i="urn:i"><head>x</head><items>
        <item id="1"><name>A &amp; B</name><adr kind="x"><city>Köln</city></adr><t>1</t><t>2</t></item>
        <item id="2"><name/><adr><city i:nil="true"/></adr><note> <![CDATA[<b>]]></note></item>
      </items></r:list>
      """, "rows.xml")
    #expect(preview.dialect.rowsAt == "/list/items/item")
    #expect(preview.columns == ["@id", "name", "adr/@kind", "adr/city", "t", "note"])
    #expect(
      preview.rows == [
        ["1", "A & B", "x", "Köln", "[\"1\",\"2\"]", nil], ["2", "", nil, nil, nil, " <b>"],
      ])
  }

  @Test func `takes rows at a path and says when there is none`() throws {
    let text = "<a><b><c>1</c></b><d><c>2</c></d></a>"
    let at = { (path: String) in
      try ExportFixtures.preview(
        Array(text.utf8), "x.xml", rules: ReadingRules(rowsAt: path))
    }
    #expect(try at("/a/d/c").rows == [["2"]])
    #expect(try at("a/b").rows == [["1"]])
    let refusal = #expect(throws: ExportRefusal.self) { try at("/a/x/y") }
    #expect(refusal?.code == .rowsAt)
    // The parent is there: the export is empty, not different.
    #expect(try at("/a/x").rows.isEmpty)
  }

  @Test func `reads declared encodings`() throws {
    var bytes = Array("<?xml version='1.0' encoding='ISO-8859-1'?><r><x>M".utf8)
    bytes += [0xFC] + Array("</x><x>y</x></r>".utf8)
    let preview = try ExportFixtures.preview(bytes, "latin.xml")
    #expect(preview.rows == [["Mü"], ["y"]])
    #expect(preview.dialect.encoding == "iso-8859-1")
    let wide = ExportFixtures.utf16("<?xml version='1.0' encoding='UTF-16'?><r><x>ü</x><x/></r>")
    #expect(try ExportFixtures.preview(wide, "wide.xml").rows.first == ["ü"])
  }

  @Test(arguments: ["UTF-16", "utf-16le"])
  func `reads UTF-16 without a mark by its declaration`(_ name: String) throws {
    let wide = ExportFixtures.utf16(
      "<?xml version='1.0' encoding='\(name)'?><r><x>ü</x><x/></r>"
    ).dropFirst(2)
    let preview = try ExportFixtures.preview(Array(wide), "wide.xml")
    #expect(preview.rows.first == ["ü"])
    #expect(preview.dialect.encoding == "utf-16le")
    #expect(preview.dialect.encodingGuess == nil)
  }

  @Test func `reads EBCDIC by its declaration`() throws {
    // <?xml version="1.0" encoding="IBM500"?><r><x>é</x><x>z</x></r>
    let hex =
      "4c6fa7949340a58599a28996957e7ff14bf07f4085958396848995877e7fc9c2d4f5f0f0"
      + "7f6f6e4c996e4ca76e514c61a76e4ca76ea94c61a76e4c61996e"
    let preview = try ExportFixtures.preview(EncodingRefusalTests.bytes(hex), "host.xml")
    #expect(preview.rows == [["é"], ["z"]])
    #expect(preview.dialect.encoding == "ibm500")
  }

  @Test func `goes by the bytes where a document says that it is written otherwise`() throws {
    let narrow = try ExportFixtures.preview(
      "<?xml version='1.0' encoding='utf-16'?><r><x>ü</x><x/></r>", "x.xml")
    #expect(narrow.rows.first == ["ü"])
    #expect(narrow.dialect.encoding == "utf-8")
    let text = ExportFixtures.utf16("<?xml version='1.0' encoding='utf-8'?><r><x>ü</x><x/></r>")
    let wide = try ExportFixtures.preview(Array(text.dropFirst(2)), "x.xml")
    #expect(wide.rows.first == ["ü"])
    #expect(wide.dialect.encoding == "utf-16le")
  }
}
