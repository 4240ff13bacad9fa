import Effects
import Exports
import Formats
import Reconciliation
import TestKit
import Testing

@Suite struct ExportReaderTests {
  static func mapping(
    format: String = "csv", mode: String = "full", extra: String = ""
  ) throws -> Mapping {
    let text = """
      {"name": "m", "origins": ["erp"],
       "export": {"path": "*", "format": "\(format)", "mode": "\(mode)", "nulls": ["", "NULL"]},
       "reference": {"column": "id"}, \(extra)
       "fields": [{"column": "limit", "metadata": "limit", "type": "decimal"},
                  {"column": "name", "metadata": "name"}]}
      """
    return try Mapping(parsing: Array(text.utf8), file: "m.json")
  }

  static func read(
    _ text: String, _ mapping: Mapping, name: String = "x.csv"
  ) throws -> (facts: ExportFacts, sink: RowCollector) {
    let sink = RowCollector()
    let file = ExportFile(name: name, bytes: ByteArraySource(Array(text.utf8)))
    return (try ExportReader(file, by: mapping).read(into: sink), sink)
  }

  @Test func `takes good rows and rejects bad ones with line, column and reason`() throws {
    let (facts, sink) = try Self.read(
      "id,name,limit,more\n1,A,10.5,x\n,B,1,x\n3,C,abc,x\n4,D\n1.23457E+11,E,1,x\n\n,,,\n6,F,NULL,x\n",
      try Self.mapping())
    #expect(facts.rows == 6)
    #expect(facts.accepted == 2)
    #expect(facts.rejected == 4)
    #expect(facts.columns == ["id", "name", "limit", "more"])
    #expect(facts.extraColumns == ["more"])
    #expect(sink.rows.map(\.record.key.reference) == ["1", "6"])
    #expect(sink.rows.map(\.line) == [2, 9])
    #expect(sink.rows[1].cells[1] == .null)
    #expect(sink.rejected.map(\.line) == [3, 4, 5, 6])
    #expect(sink.rejected.map(\.column) == ["id", "limit", nil, "id"])
    #expect(sink.rejected[0].reason == "the row has no reference")
    #expect(sink.rejected[1].reason.contains("abc"))
  }

  @Test func `refuses a file without a column that is needed, and names the nearest`() throws {
    let mapping = try Self.mapping()
    let refusal = #expect(throws: ExportRefusal.self) {
      try Self.read("id,names,more\n1,A,x\n", mapping)
    }
    #expect(refusal?.code == .missingColumn)
    #expect(refusal?.file == "x.csv")
    #expect(refusal?.message.contains("“limit”, “name”") == true)
    let one = #expect(throws: ExportRefusal.self) {
      try Self.read("id,names,limit\n1,A,1\n", mapping)
    }
    #expect(one?.message.contains("did “name” become “names”?") == true)
  }

  @Test func `refuses a needed column that is there twice and suffers others`() throws {
    let mapping = try Self.mapping()
    let refusal = #expect(throws: ExportRefusal.self) {
      try Self.read("id,name,limit,name\n1,A,1,B\n", mapping)
    }
    #expect(refusal?.code == .duplicateColumn)
    let (facts, _) = try Self.read("id,name,limit,x,x,\n1,A,1,p,q,r\n", mapping)
    #expect(facts.extraColumns == ["x", "x_2", "column_6"])
  }

  @Test func `refuses a file with a header only`() throws {
    let mapping = try Self.mapping()
    let refusal = #expect(throws: ExportRefusal.self) {
      try Self.read("id,name,limit\n", mapping)
    }
    #expect(refusal?.code == .noRows)
  }

  @Test func `refuses a file that stops in the middle of a row`() throws {
    let mapping = try Self.mapping()
    let refusal = #expect(throws: ExportRefusal.self) {
      try Self.read("id,name,limit\n1,A,1\n2,B", mapping)
    }
    #expect(refusal?.code == .truncated)
    #expect(refusal?.line == 3)
    // With its line end it is a row that somebody wrote like this.
    #expect(try Self.read("id,name,limit\n1,A,1\n2,B\n", mapping).facts.rejected == 1)
    #expect(try Self.read("id,name,limit\n1,A,1\n2,B,2", mapping).facts.accepted == 2)
  }

  @Test func `lets members of JSON rows be missing in changes only`() throws {
    let rows = "{\"id\": \"1\", \"name\": \"A\"}\n"
    let delta = try Self.mapping(format: "ndjson", mode: "delta")
    let (_, sink) = try Self.read(rows, delta, name: "x.ndjson")
    #expect(sink.rows.first?.cells == [.text("1"), .absent, .text("A")])
    let full = try Self.mapping(format: "ndjson")
    let refusal = #expect(throws: ExportRefusal.self) {
      try Self.read(rows, full, name: "x.ndjson")
    }
    #expect(refusal?.code == .missingColumn)
  }

  @Test func `rejects rows that are no objects and lines that are no JSON`() throws {
    let mapping = try Self.mapping(format: "ndjson")
    let (facts, sink) = try Self.read(
      "{\"id\": 1, \"name\": null, \"limit\": 1.50}\n[1]\n{\"id\": }\n", mapping,
      name: "x.ndjson")
    #expect(facts.accepted == 1)
    #expect(sink.rows[0].record.rawReference == "1")
    #expect(sink.rows[0].cells[1] == .json(.number(try #require(JSONNumber("1.50")))))
    #expect(sink.rejected.map(\.line) == [2, 3])
  }

  @Test func `takes rows with equal values for equal, and knows the key of a rejected one`() throws
  {
    let mapping = try Self.mapping()
    let (_, sink) = try Self.read(
      "id,name,limit,more\n1,A,1,x\n1,A,1,y\n1,A,1.0,x\n1,,1,x\n7,A,abc,x\n,A,1,x\n", mapping)
    let digests = sink.rows.map { mapping.managedDigest($0.cells) }
    #expect(digests[0] == digests[1])
    #expect(digests[0] == digests[2])
    #expect(Set(digests).count == 2)
    #expect(sink.rejected.map(\.key?.reference) == ["7", nil])
  }

  @Test func `leaves rows of somebody else out and reports how far it is`() throws {
    let mapping = try Self.mapping(extra: "\"where\": {\"column\": \"t\", \"in\": [\"c\"]},")
    let (facts, sink) = try Self.read("id,name,limit,t\n1,A,1,c\n2,B,2,v\n", mapping)
    #expect(facts.setAside.rows == 1)
    #expect(facts.setAside.values.map(\.value) == ["v"])
    #expect(sink.setAside.map(\.key.reference) == ["2"])
    #expect(sink.setAside.map(\.line) == [3])
    #expect(facts.rows == 2)
    #expect(sink.rows.count == 1)
  }

  /// The rows of a text by a mapping that learns what it must, and the readings that this took.
  static func readLearning(
    _ text: String, _ mapping: Mapping, name: String = "x.csv", learnsAnew: Bool = false
  ) throws -> (facts: ExportFacts, sink: RowCollector, readings: Int) {
    var (mapping, readings) = (mapping, 1)
    while true {
      let sink = RowCollector()
      let file = ExportFile(name: name, bytes: ByteArraySource(Array(text.utf8)))
      do {
        let reader = ExportReader(file, by: mapping, learnsAnew: learnsAnew)
        return (try reader.read(into: sink), sink, readings)
      } catch let proved as MarksProved {
        mapping = mapping.knowing(proved.marks)
        readings += 1
      }
    }
  }

  @Test func `reads numbers by the mark that their column proves, wherever it does`() throws {
    let rows = ["1,A,1.000", "2,B,\"1.234,50\"", "3,C,900", "4,D,-2.500", "5,E,\"0,5\""]
    for rows in [rows, rows.reversed(), Array(rows.dropFirst()) + [rows[0]]] {
      let text = "id,name,limit\n" + rows.joined(separator: "\n") + "\n"
      let (facts, sink, readings) = try Self.readLearning(text, try Self.mapping())
      #expect(facts.rejected == 0)
      #expect(sink.rows.count == 5)
      #expect(readings == 2)
      #expect(facts.marks["limit"]?.mark == .comma)
      let mapping = try Self.mapping().knowing(facts.marks)
      let thousand = try #require(sink.rows.first { $0.record.key.reference == "1" })
      let value = Conversion(rule: mapping.fields[0]).result(thousand.cells[1])
      #expect(value == .value(.present(.int(1000))))
    }
  }

  @Test func `reads a column once that needs no second look`() throws {
    let plain = "id,name,limit\n1,A,0.5\n2,B,12.25\n3,C,900\n"
    let (facts, _, readings) = try Self.readLearning(plain, try Self.mapping())
    #expect(readings == 1)
    #expect(facts.marks["limit"]?.mark == .dot && facts.marks["limit"]?.line == 2)
    // Of a known mark the fast way takes what has two readings.
    let (again, sink, _) = try Self.readLearning(
      "id,name,limit\n1,A,1.234\n", try Self.mapping().knowing(facts.marks))
    #expect(again.accepted == 1 && again.marks["limit"]?.line == 2)
    #expect(sink.rejected.isEmpty)
  }

  @Test func `rejects what has two readings in a column that proves none`() throws {
    let text = "id,name,limit\n1,A,1.000\n2,B,900\n3,C,12.000\n"
    let (facts, sink, readings) = try Self.readLearning(text, try Self.mapping())
    #expect(readings == 1 && facts.accepted == 1 && facts.marks.isEmpty)
    #expect(sink.rejected.map(\.line) == [2, 4])
    #expect(sink.rejected[0].reason.hasPrefix("\"1.000\" can be 1000 or 1; "))
    #expect(sink.rejected.map(\.column) == ["limit", "limit"])
  }

  @Test func `refuses a column with both marks, also far apart`() throws {
    let middle = (10..<2_000).map { "\($0),x,1.000\n" }.joined()
    let text = "id,name,limit\n1,A,\"1,5\"\n\(middle)2,B,1.5\n"
    let refusal = #expect(throws: ExportRefusal.self) {
      try Self.readLearning(text, try Self.mapping())
    }
    #expect(refusal?.code == .twoMarks)
    #expect(refusal?.message.contains("line 2 has \",\"") == true)
    #expect(refusal?.message.contains("line 1993 has \".\"") == true)
  }

  @Test func `refuses another mark than before, unless it is to be learned`() throws {
    let before = ProvedMark(mark: .dot, file: "old.csv", line: 7, isKept: true)
    let mapping = try Self.mapping().knowing(["limit": before])
    let text = "id,name,limit\n1,A,2.500\n2,B,\"1.234,50\"\n"
    let refusal = #expect(throws: ExportRefusal.self) { try Self.readLearning(text, mapping) }
    #expect(refusal?.code == .otherMark && refusal?.line == 3)
    #expect(refusal?.message.contains("in old.csv, line 7") == true)
    let (facts, sink, _) = try Self.readLearning(text, mapping, learnsAnew: true)
    #expect(facts.marks["limit"]?.mark == .comma && facts.marks["limit"]?.isKept == false)
    #expect(sink.rows.count == 2)
  }

  @Test func `numbers of JSON prove nothing, its texts do`() throws {
    let mapping = try Self.mapping(format: "json")
    let text = """
      [{"id": 1, "name": "A", "limit": 1.234}, {"id": 2, "name": "B", "limit": "1.234"},
       {"id": 3, "name": "C", "limit": "0,5"}]
      """
    let (facts, sink, _) = try Self.readLearning(text, mapping, name: "x.json")
    #expect(facts.marks["limit"]?.mark == .comma)
    let rule = mapping.knowing(facts.marks).fields[0]
    let values = sink.rows.map { Conversion(rule: rule).result($0.cells[1]) }
    #expect(values[0] == .value(.present(.number(try #require(JSONNumber("1.234"))))))
    #expect(values[1] == .value(.present(.int(1234))))
  }

  @Test func `takes scalars for empty that stand for that, but no flag of a flag`() throws {
    let text = """
      {"name": "m", "origins": ["erp"],
       "export": {"path": "*", "format": "json", "nulls": ["", "n/a", false, 0]},
       "reference": {"column": "id"},
       "fields": [{"column": "name", "metadata": "name", "blank": "clear"},
                  {"column": "act", "metadata": "act", "type": "boolean"}]}
      """
    let mapping = try Mapping(parsing: Array(text.utf8), file: "m.json")
    let (facts, sink) = try Self.read(
      """
      [{"id": "1", "name": false, "act": false}, {"id": "2", "name": 0.0, "act": true},
       {"id": false, "name": "x", "act": true}, {"id": "4", "name": "false", "act": 0},
       {"id": "5", "name": "n/a", "act": false}, {"id": "6", "name": true, "act": true}]
      """, mapping, name: "x.json")
    #expect(facts.accepted == 4)
    #expect(
      sink.rows.map { $0.cells[1] } == [.null, .null, .text("false"), .null])
    #expect(sink.rows.map { $0.cells[2] } == [.json(false), .json(true), .null, .json(false)])
    #expect(sink.rejected.map(\.reason).first == "the row has no reference")
    #expect(sink.rejected.last?.reason == "true stands where a text is expected")
  }

  @Test func `refuses a file that is written to while it is read`() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("id,name,limit\n1,A,1\n", to: "x.csv")
    let file = try ExportFile(path: path)
    let known = try file.sha256()
    #expect(known.utf8.count == 64)
    try AppendFile(path).append(Array("2,B,2\n".utf8))
    let mapping = try Self.mapping()
    let sink = RowCollector()
    let refusal = #expect(throws: ExportRefusal.self) {
      try ExportReader(file, by: mapping).read(into: sink)
    }
    #expect(refusal?.code == .changedMeanwhile)
  }

  @Test func `says that a file can't be opened`() {
    let refusal = #expect(throws: ExportRefusal.self) { try ExportFile(path: "/nowhere/x.csv") }
    #expect(refusal?.code == .unreadable)
    #expect(refusal?.file == "x.csv")
  }

  @Test(arguments: [
    "id,name,limit\n1,A,1\n2,B", "id,name,limit,name\n1,A,1,B\n", "id,names,limit\n1,A,1\n",
    "id,name,limit\n",
  ])
  func `refuses in a preview by the mapping what an import refuses`(_ text: String) throws {
    let mapping = try Self.mapping()
    let file = ExportFile(name: "x.csv", bytes: ByteArraySource(Array(text.utf8)))
    let imported = #expect(throws: ExportRefusal.self) { try Self.read(text, mapping) }
    let previewed = #expect(throws: ExportRefusal.self) {
      try ExportPreview(file, rules: ReadingRules(mapping.export), mapping: mapping)
    }
    #expect(imported == previewed)
  }

  @Test func `previews by the mapping what an import would take`() throws {
    let mapping = try Self.mapping()
    let text = "id,name,limit,more\n1,A,10.5,x\n,B,1,x\n\n,,,\n3,NULL,,y\n"
    let file = ExportFile(name: "x.csv", bytes: ByteArraySource(Array(text.utf8)))
    let preview = try ExportPreview(
      file, rules: ReadingRules(mapping.export), mapping: mapping)
    #expect(preview.rows == [["1", "A", "10.5", "x"], ["3", nil, nil, "y"]])
    #expect(preview.rejected.map(\.line) == [3])
    #expect(preview.total == 3)
  }
}
