import Exports
import Formats
import Reconciliation
import TestKit
import Testing

/// What stands around the rows of an XML document, before them, and beside the values in them.
@Suite struct XMLSurroundingsTests {
  @discardableResult
  static func read(
    _ text: String, rowsAt: String? = nil, mode: String = "full", mayGoOn: Bool = false
  ) throws -> RowCollector {
    let sink = RowCollector()
    let file = ExportFile(name: "x.xml", bytes: ByteArraySource(Array(text.utf8)))
    let mapping = try JSONSurroundingsTests.mapping(rowsAt: rowsAt, mode: mode, format: "xml")
    _ = try ExportReader(file, by: mapping, mayGoOn: mayGoOn).read(into: sink)
    return sink
  }

  static func rows(_ count: Int, _ name: String = "c") -> String {
    (0..<count).map { "<\(name)><ref>\($0)</ref><v>x</v></\(name)>" }.joined()
  }

  // MARK: - Files that go on

  static let atom = "xmlns=\"http://www.w3.org/2005/Atom\" xmlns:m=\"urn:m\" xmlns:o=\"urn:o\""

  @Test(arguments: [
    (
      "<feed \(atom)>\(rows(2, "entry"))<link rel=\"next\" href=\"https://x\"/></feed>",
      "/feed/entry"
    ),
    (
      "<feed \(atom)><link rel=\"self\" href=\"x\"/><link href='y' rel='NEXT'/>\(rows(2, "entry"))</feed>",
      "/feed/entry"
    ),
    ("<feed \(atom)><m:count>40</m:count>\(rows(2, "entry"))</feed>", "/feed/entry"),
    ("<feed \(atom)><o:totalResults>3</o:totalResults>\(rows(2, "entry"))</feed>", "/feed/entry"),
    ("<answer><hasMore> true </hasMore><list>\(rows(2))</list></answer>", "/answer/list/c"),
    ("<answer><list total=\"3\">\(rows(2))</list></answer>", "/answer/list/c"),
    ("<l>\(rows(2))<paging><next><after>2</after></next></paging></l>", "/l/c"),
    ("<l done=\"false\">\(rows(2))</l>", "/l/c"),
    ("<l page=\"1\" pages=\"2\">\(rows(2))</l>", "/l/c"),
    ("<l>\(rows(2))<nextPageToken><![CDATA[abc]]></nextPageToken></l>", "/l/c"),
  ])
  func `refuses a full export that says of itself that it goes on`(
    _ text: String, _ rowsAt: String
  ) throws {
    for place in [rowsAt, nil] {
      let refusal = #expect(throws: ExportRefusal.self) { try Self.read(text, rowsAt: place) }
      #expect(refusal?.code == .goesOn, "\(refusal?.message ?? "")")
      #expect(refusal?.message.contains("https") == false)
    }
    #expect(try Self.read(text, rowsAt: rowsAt, mode: "delta").rows.count == 2)
    #expect(try Self.read(text, rowsAt: rowsAt, mayGoOn: true).rows.count == 2)
    #expect(try ExportFixtures.preview(text, "x.xml").notes.count == 1)
  }

  @Test(arguments: [
    "<feed><link rel=\"self\" href=\"x\"/><link rel=\"next\" href=\"\"/>\(rows(2, "entry"))</feed>",
    "<l count=\"2\"><next/><done>true</done>\(rows(2))<total>2</total></l>",
    "<l><c><ref>1</ref><v>x</v><next>y</next><total>9</total></c>"
      + "<c done=\"false\"><ref>2</ref><v>x</v><link rel=\"next\" href=\"x\"/></c></l>",
    "<l><head><count>500</count></head>\(rows(2))</l>",
  ])
  func `takes a document that is complete`(_ text: String) throws {
    #expect(try Self.read(text).rows.count == 2)
    #expect(try ExportFixtures.preview(text, "x.xml").notes.isEmpty)
  }

  @Test func `what stands beside a row in an element of its own is no envelope`() throws {
    let entry = { (n: Int) in
      "<entry><total>900</total><link rel=\"next\" href=\"x\"/><content><p><ref>\(n)</ref><v>x</v></p>"
        + "</content></entry>"
    }
    let text = "<feed>\(entry(1))\(entry(2))</feed>"
    #expect(try Self.read(text, rowsAt: "/feed/entry/content/p").rows.count == 2)
  }

  // MARK: - Several lists

  @Test(arguments: [
    (
      "<r><customers>\(rows(2))</customers><archived>\(rows(3, "old"))</archived></r>",
      "/r/customers/c (2), /r/archived/old (3)"
    ),
    (
      "<r><customers>\(rows(2))</customers><archived>\(rows(1))</archived></r>",
      "/r/customers/c (2), /r/archived/c (1)"
    ),
    ("<r>\(rows(2))\(rows(2, "supplier"))</r>", "/r/c (2), /r/supplier (2)"),
  ])
  func `asks where the rows are if several elements could be they`(
    _ text: String, _ elements: String
  ) throws {
    let refusal = #expect(throws: ExportRefusal.self) { try Self.read(text) }
    #expect(refusal?.code == .rowsAt)
    #expect(refusal?.message == "several elements could be the rows: \(elements)")
    #expect(try ExportFixtures.preview(text, "x.xml").notes.first?.contains(elements) == true)
    let named = String(elements.prefix { $0 != " " })
    #expect(try Self.read(text, rowsAt: named).rows.count == 2)
  }

  @Test(arguments: [
    "<feed><link rel=\"self\" href=\"x\"/><link rel=\"hub\" href=\"y\"/>\(rows(2, "entry"))</feed>",
    "<l><head><a>1</a><a>2</a></head>\(rows(2))<tag>1</tag><tag>2</tag></l>",
  ])
  func `takes the only elements that could be the rows`(_ text: String) throws {
    #expect(try Self.read(text).rows.count == 2)
  }

  // MARK: - Mixed content

  @Test(
    arguments: [
      ("<c><ref>A</ref>stray<v>x</v></c>", nil, "A"),
      ("<c>stray<ref>A</ref><v>x</v></c>", nil, "A"),
      ("<c><ref>A</ref><v>12<b>3</b></v></c>", "v", "A"),
      ("<c><ref>A<i/>1</ref><v>x</v></c>", "ref", nil),
      ("<c><ref>A</ref><v>x</v><n><p>a<b>c</b></p></n></c>", "n/p", "A"),
      ("<c><ref>A</ref><v>x</v><n><![CDATA[a]]><b/></n></c>", "n", "A"),
    ] as [(String, String?, String?)])
  func `text beside elements rejects the row`(
    _ row: String, _ column: String?, _ key: String?
  ) throws {
    let sink = try Self.read("<l>\n\(Self.rows(1))\n\(row)\n\(Self.rows(1))</l>")
    #expect(sink.rows.count == 2)
    #expect(sink.rejected.map(\.line) == [3])
    #expect(sink.rejected.first?.column == column)
    #expect(sink.rejected.first?.key?.reference == key)
    #expect(sink.rejected.first?.reason.contains("text stands beside elements") == true)
  }

  @Test func `comments, instructions, sections and blanks are fine`() throws {
    let row =
      "<c> <!-- a --> <ref>A<!-- b -->B</ref><?p x?>\n<v><![CDATA[<x>]]>y</v> <n> <b>1</b> </n></c>"
    let sink = try Self.read("<l>\(row)\(row)</l>")
    #expect(
      sink.rows.map(\.cells) == [[.text("AB"), .text("<x>y")], [.text("AB"), .text("<x>y")]])
  }
}
