import Formats
import Reconciliation
import TestKit
import Testing

@testable import Exports

/// What stands around the rows of a JSON document: other lists, and signs that it goes on.
@Suite struct JSONSurroundingsTests {
  static func mapping(
    rowsAt: String? = nil, mode: String = "full", format: String = "json"
  ) throws -> Mapping {
    let place = rowsAt.map { ", \"rows_at\": \"\($0)\"" } ?? ""
    let text = """
      {"name": "m", "origins": ["o"], "export": {"path": "*", "format": "\(format)",
       "mode": "\(mode)"\(place)},
       "reference": {"column": "ref"}, "fields": [{"column": "v", "metadata": "v"}]}
      """
    return try Mapping(parsing: Array(text.utf8), file: "m.json")
  }

  @discardableResult
  static func read(
    _ text: String, rowsAt: String? = nil, mode: String = "full", mayGoOn: Bool = false,
    format: String = "json"
  ) throws -> RowCollector {
    let sink = RowCollector()
    let file = ExportFile(name: "x.\(format)", bytes: ByteArraySource(Array(text.utf8)))
    let mapping = try mapping(rowsAt: rowsAt, mode: mode, format: format)
    _ = try ExportReader(file, by: mapping, mayGoOn: mayGoOn).read(into: sink)
    return sink
  }

  static func list(_ count: Int, from: Int = 0) -> String {
    "[" + (from..<from + count).map { "{\"ref\":\"\($0)\",\"v\":\"x\"}" }.joined(separator: ",")
      + "]"
  }

  // MARK: - Several lists

  @Test(arguments: [
    ("{\"customers\":\(list(1)),\"archived\":\(list(2))}", "/customers (1), /archived (2)"),
    (
      "{\"a\":{\"customers\":\(list(3))},\"b\":{\"old\":\(list(4))}}",
      "/a/customers (3), /b/old (4)"
    ),
    (
      "{\"data\":\(list(1)),\"meta\":{\"fields\":[{\"name\":\"ref\"}]}}",
      "/data (1), /meta/fields (1)"
    ),
    ("{\"customers\":[],\"archived\":\(list(2))}", "/archived (2), /customers (0)"),
    ("{\"customers\":\(list(2)),\"archived\":[]}", "/customers (2), /archived (0)"),
    ("{\"customers\":[],\"archived\":[]}", "/customers (0), /archived (0)"),
    ("{\"d\":{\"new\":\(list(1)),\"old\":\(list(1))}}", "/d/new (1), /d/old (1)"),
  ])
  func `asks where the rows are if several lists could be they`(
    _ text: String, _ lists: String
  ) throws {
    let refusal = #expect(throws: ExportRefusal.self) { try Self.read(text) }
    #expect(refusal?.code == .rowsAt)
    #expect(refusal?.message == "several lists could be the rows: \(lists)")
    #expect(refusal?.advice.contains("set export.rows_at") == true)
    let preview = try ExportFixtures.preview(text, "x.json")
    #expect(preview.notes.first?.contains(lists) == true)
  }

  @Test func `meets a second list behind any number of rows`() throws {
    let filler = String(repeating: "x", count: 100_000)
    let rows = (0..<50).map { "{\"ref\":\"\($0)\",\"v\":\"\(filler)\"}" }.joined(separator: ",")
    #expect(rows.utf8.count > JSONRowFinder.sampleBytes)
    for text in [
      "{\"b\":[\(rows)],\"a\":\(Self.list(1))}", "{\"a\":\(Self.list(1)),\"b\":[\(rows)]}",
    ] {
      let refusal = #expect(throws: ExportRefusal.self) { try Self.read(text) }
      #expect(refusal?.message.contains("/b (50)") == true)
      #expect(refusal?.message.contains("/a (1)") == true)
    }
  }

  @Test func `finds rows behind a long preamble`() throws {
    let filler = String(repeating: "x", count: 1 << 20)
    let texts = (0..<6).map { "\"t\($0)\":\"\(filler)\"" }.joined(separator: ",")
    #expect(try Self.read("{\(texts),\"rows\":\(Self.list(3))}").rows.count == 3)
  }

  @Test(arguments: [
    "{\"customers\":\(list(2)),\"tags\":[\"a\"],\"rest\":[[1]]}",
    "{\"links\":[{\"rel\":\"self\",\"href\":\"x\"}],\"items\":\(list(2)),\"errors\":[]}",
    "{\"items\":\(list(2)),\"links\":[{\"rel\":\"self\",\"href\":\"x\"}],\"warnings\":[]}",
    "{\"a\":{\"b\":{\"c\":{\"d\":\(list(9))}}},\"items\":\(list(2))}", "\(list(2))",
  ])
  func `takes the only list that could be the rows`(_ text: String) throws {
    #expect(try Self.read(text).rows.count == 2)
    #expect(try ExportFixtures.preview(text, "x.json").notes.isEmpty)
  }

  @Test func `takes the list that was named, whatever else is there`() throws {
    let text = "{\"customers\":\(Self.list(1)),\"archived\":\(Self.list(2))}"
    #expect(try Self.read(text, rowsAt: "/archived").rows.count == 2)
    #expect(try Self.read(text, rowsAt: "customers").rows.count == 1)
  }

  // MARK: - Files that go on

  @Test(arguments: [
    ("{\"value\":\(list(2)),\"@odata.nextLink\":\"https://x\"}", "/value"),
    ("{\"d\":{\"results\":\(list(2)),\"__next\":\"https://x\"}}", "/d/results"),
    (
      "{\"results\":\(list(2)),\"paging\":{\"next\":{\"after\":\"2\",\"link\":\"https://x\"}}}",
      "/results"
    ),
    ("{\"done\":false,\"records\":\(list(2))}", "/records"),
    ("{\"@odata.count\":40,\"value\":\(list(2))}", "/value"),
    ("{\"d\":{\"__count\":\"3\",\"results\":\(list(2))}}", "/d/results"),
    ("{\"items\":\(list(2)),\"links\":[{\"rel\":\"next\",\"href\":\"https://x\"}]}", "/items"),
    (
      "{\"data\":{\"c\":{\"edges\":\(list(2)),\"pageInfo\":{\"hasNextPage\":true}}}}",
      "/data/c/edges"
    ),
    ("{\"hits\":{\"total\":{\"value\":9,\"relation\":\"eq\"},\"hits\":\(list(2))}}", "/hits/hits"),
    ("{\"content\":\(list(2)),\"last\":false,\"totalPages\":4,\"number\":0}", "/content"),
    ("{\"page\":1,\"pages\":2,\"data\":\(list(2))}", "/data"),
    ("{\"next\":\"https://x\",\"data\":{\"rows\":\(list(2))}}", "/data/rows"),
  ])
  func `refuses a full export that says of itself that it goes on`(
    _ text: String, _ rowsAt: String
  ) throws {
    for place in [rowsAt, nil] {
      let refusal = #expect(throws: ExportRefusal.self) { try Self.read(text, rowsAt: place) }
      #expect(refusal?.code == .goesOn)
      #expect(refusal?.code.rawValue == "goes_on")
      #expect(refusal?.message.hasPrefix("the document says that this is not all of it") == true)
      #expect(refusal?.message.contains("https") == false)
      #expect(refusal?.advice.contains("delta") == true)
    }
    #expect(try Self.read(text, rowsAt: rowsAt, mode: "delta").rows.count == 2)
    #expect(try Self.read(text, rowsAt: rowsAt, mayGoOn: true).rows.count == 2)
    #expect(try ExportFixtures.preview(text, "x.json").notes.count == 1)
  }

  @Test(arguments: [
    "{\"value\":\(list(2)),\"@odata.nextLink\":null,\"@odata.count\":2}",
    "{\"results\":\(list(2)),\"paging\":null}",
    "{\"results\":\(list(2)),\"paging\":{\"next\":null}}",
    "{\"results\":\(list(2)),\"paging\":{\"next\":{\"link\":null,\"after\":\"\"}}}",
    "{\"done\":true,\"totalSize\":2,\"records\":\(list(2))}",
    "{\"has_more\":false,\"next_page\":\"\",\"data\":\(list(2)),\"count\":2,\"total\":2}",
    "{\"value\":[{\"ref\":\"1\",\"v\":\"x\",\"next\":\"y\",\"total\":9,\"done\":false},"
      + "{\"ref\":\"2\",\"v\":\"x\",\"__next\":\"y\",\"hasMore\":true}]}",
    "{\"value\":\(list(2)),\"summary\":{\"total\":500}}",
    "{\"value\":\(list(2)),\"_links\":{\"next\":{\"href\":null}},\"nothing\":{}}",
    "{\"content\":\(list(2)),\"totalPages\":1,\"number\":0,\"last\":true,\"first\":true}",
  ])
  func `takes a document that is complete`(_ text: String) throws {
    #expect(try Self.read(text).rows.count == 2)
  }

  @Test func `a list that is declared may stand beside longer ones`() throws {
    let text = "{\"others\":\(Self.list(200)),\"rows\":\(Self.list(2))}"
    var limits = ExportLimits.standard
    limits.rowBytesMax = 1_000
    let sink = RowCollector()
    _ = try ExportReader(
      ExportFile(name: "x.json", bytes: ByteArraySource(Array(text.utf8))),
      by: try Self.mapping(rowsAt: "/rows"), limits: limits
    ).read(into: sink)
    #expect(sink.rows.count == 2)
  }
}
