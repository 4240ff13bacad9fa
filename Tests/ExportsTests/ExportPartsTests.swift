import Exports
import Formats
import Reconciliation
import TestKit
import Testing

/// Several files read as one export.
@Suite struct ExportPartsTests {
  private static func read(
    _ texts: [String], _ mapping: Mapping? = nil, suffix: String = "csv"
  ) throws -> (facts: ExportFacts, sink: RowCollector) {
    let sink = RowCollector()
    let files = texts.enumerated().map { number, text in
      ExportFile(name: "k_\(number + 1).\(suffix)", bytes: ByteArraySource(Array(text.utf8)))
    }
    let reader = ExportReader(files[0], by: try mapping ?? ExportReaderTests.mapping())
      .reading(parts: files, of: "k")
    return (try reader.read(into: sink), sink)
  }

  private static func refusal(_ texts: [String], suffix: String = "csv") -> ExportRefusal? {
    #expect(throws: ExportRefusal.self) { try read(texts, suffix: suffix) }
  }

  @Test(arguments: [
    ["id,name,limit\n1,A,1\n2,,x\n", "id,name,limit\n3,C,3\n,D,4\n"],
    ["id,name,limit\n1,A,1\n2,,x\n", "3,C,3\n,D,4\n"],
    ["id;name;limit\n1;A;1\n2;;x\n", "3;C;3\n;D;4"],
    ["\u{FEFF}id,name,limit\r\n1,A,1\r\n2,,x\r\n", "\u{FEFF}id,name,limit\r\n3,C,3\r\n,D,4\r\n"],
  ])
  func `a header may stand in each part or in the first alone`(_ texts: [String]) throws {
    let (facts, sink) = try Self.read(texts)
    #expect(sink.rows.map(\.record.key.reference) == ["1", "3"])
    let lines = (sink.rows.map(\.line) + sink.rejected.map(\.line)).map {
      [ExportPlaces.part(of: $0), ExportPlaces.line(of: $0)]
    }
    let second = texts[1].contains("id") ? 2 : 1
    #expect(lines == [[0, 2], [1, second], [0, 3], [1, second + 1]])
    #expect(facts.rows == 4 && facts.accepted == 2 && facts.rejected == 2)
    #expect(facts.parts.map(\.rows) == [2, 2])
    #expect(facts.columns == ["id", "name", "limit"])
  }

  @Test(arguments: [
    (["id,name,limit\n1,A,1\n", "id,names,limit\n3,C,3\n"], "lacks “name”, which k_1.csv has"),
    (["id,name,limit\n1,A,1\n", "id,limit,name\n3,C,3\n"], "another order"),
    (["id,name,limit\n1,A,1\n", "3,C\n"], "2 cells, and k_1.csv has 3 columns"),
    (["id,name,limit\n1,A,1\n", "3,C,3\n", "id,name,limit\n4,D,4\n"], "unlike the part before"),
  ])
  func `other columns refuse the set, with the part named`(
    _ texts: [String], _ words: String
  ) throws {
    let refusal = try #require(Self.refusal(texts))
    #expect(refusal.code == .otherColumns)
    #expect(refusal.file == "k_\(texts.count).csv")
    #expect(refusal.message.contains(words), "\(refusal)")
  }

  @Test func `formats without a header are read part by part`() throws {
    let mapping = try ExportReaderTests.mapping(format: "ndjson")
    let (facts, _) = try Self.read(
      [
        #"{"id": "1", "name": "A", "limit": 1}"# + "\n",
        #"{"id": "2", "limit": 2, "more": 1}"# + "\n",
      ], mapping, suffix: "ndjson")
    #expect(facts.accepted == 2)
    #expect(facts.columns == ["id", "name", "limit", "more"])
    #expect(facts.extraColumns == ["more"])
  }

  @Test func `a part that is cut or empty refuses the whole and is named`() {
    #expect(Self.refusal(["id,name,limit\n1,A,1\n", ""])?.file == "k_2.csv")
    let cut = Self.refusal(["id,name,limit\n1,A,1\n", "id,name,limit\n2,B"])
    #expect(cut?.code == .truncated && cut?.file == "k_2.csv")
  }

  @Test func `a mark that one part proves holds for all of them`() throws {
    let texts = ["id;name;limit\n1;A;1.234\n", "id;name;limit\n2;B;0,5\n"]
    let proved = try #require(throws: MarksProved.self) { try Self.read(texts) }
    let mark = try #require(proved.marks["limit"])
    #expect(mark.mark == .comma && mark.file == "k_2.csv" && mark.line == 2)
    let again = try Self.read(texts, try ExportReaderTests.mapping().knowing(proved.marks))
    #expect(again.facts.accepted == 2)
  }

  @Test func `marks that contradict each other are told with both parts`() throws {
    let refusal = try #require(
      Self.refusal(["id;name;limit\n1;A;0,5\n", "id;name;limit\n2;B;3\n3;C;0.5\n"]))
    #expect(refusal.code == .twoMarks && refusal.file == "k_2.csv" && refusal.line == 3)
    for words in ["line 2 of k_1.csv has \",\"", "line 3 of k_2.csv has \".\""] {
      #expect(refusal.message.contains(words), "\(refusal)")
    }
  }

  // MARK: - Trailers

  private static func mapping(_ trailer: String, format: String = "csv") throws -> Mapping {
    let text = """
      {"name": "m", "origins": ["erp"],
       "export": {"path": "*", "format": "\(format)", "proof": {"trailer": {\(trailer)}}},
       "reference": {"column": "id"},
       "fields": [{"column": "name", "metadata": "name"}]}
      """
    return try Mapping(parsing: Array(text.utf8), file: "m.json")
  }

  private static func proved(_ texts: [String], _ mapping: Mapping) throws {
    let (facts, _) = try read(texts, mapping)
    try TextProof(mapping.export.proof, habit: false).check(facts)
  }

  @Test(arguments: [
    ["id,name,n\n1,A,1\n2,B,2\nT,2\n"], ["id,name,n\r\n1,A,1\r\n2,B,2\r\nT,2\r\n\r\n"],
    ["id,name,n\n1,A,1\nT,1\n", "id,name,n\n2,B,2\nT,1\n"],
    ["id,name,n\n1,A,1\n", "2,B,2\nT,2"],
  ])
  func `a trailer that counts rightly holds`(_ texts: [String]) throws {
    let mapping = try Self.mapping(#""match": "^T,(?<rows>[\\d.]+)$""#)
    try Self.proved(texts, mapping)
    let (facts, _) = try Self.read(texts, mapping)
    #expect(facts.rows == 2 && facts.rejected == 0)
  }

  @Test(arguments: [
    (["id,name,n\n1,A,1\n2,B,2\nT,3\n"], "says 3 rows, and the file has 2"),
    (["id,name,n\n1,A,1\n2,B,2\nT,1\n"], "says 1 row, and the file has 2"),
    (["id,name,n\n1,A,1\nT,1\n", "id,name,n\n2,B,2\nT,2\n"], "says 2 rows, and the file has 1"),
    (["id,name,n\n1,A,1\n", "id,name,n\n2,B,2\nT,1\n"], "says 1 row, and the file has 2"),
    (["id,name,n\n1,A,1\nT,1.5\n"], "“1.5”, which is no number of rows"),
  ])
  func `a trailer that counts others refuses, with both figures`(
    _ texts: [String], _ words: String
  ) throws {
    let mapping = try Self.mapping(#""match": "^T,(?<rows>[\\d.]+)$""#)
    let refusal = try #require(throws: ExportRefusal.self) { try Self.proved(texts, mapping) }
    #expect(refusal.code == .unproved)
    #expect(refusal.message.contains(words), "\(refusal)")
  }

  @Test(arguments: [["id,name,n\n1,A,1\n2,B,2\n"], ["id,name,n\n1,A,1\nT,1\n", "2,B,2\n"]])
  func `a trailer that is not there is missing, and no row is lost`(_ texts: [String]) throws {
    let mapping = try Self.mapping(#""match": "^T,(?<rows>\\d+)$""#)
    #expect(throws: ProofMissing.self) { try Self.proved(texts, mapping) }
    let (_, sink) = try Self.read(texts, mapping)
    #expect(sink.rows.count == 2)
  }

  @Test(arguments: [
    ("1;A;0,5\n2;B;1.234,25\n", "T;2;1.234,75", nil as String?),
    ("1;A;-3\n2;B;\n", "T;2;-3,00", nil), ("1;A;1,5\n", "T;1;1,4", "1.4 for “n”"),
    ("1;A;1,5\n2;B;x\n", "T;2;1,5", "line 3: the cell of “n” can't be added up"),
  ])
  func `a trailer may sum up a column that no field has`(
    _ rows: String, _ trailer: String, _ words: String?
  ) throws {
    let mapping = try Self.mapping(
      #""match": "^T;(?<rows>\\d+);(?<sum>.+)$", "sum": "n", "decimal_mark": ",""#)
    let text = "id;name;n\n\(rows)\(trailer)\n"
    guard let words else { return try Self.proved([text], mapping) }
    let refusal = try #require(throws: ExportRefusal.self) { try Self.proved([text], mapping) }
    #expect(refusal.message.contains(words), "\(refusal)")
  }

  @Test func `lines of JSON may have a trailer too`() throws {
    let mapping = try Self.mapping(#""match": "^# (?<rows>\\d+) rows""#, format: "ndjson")
    let rows = "{\"id\": \"1\", \"name\": \"A\"}\n{\"id\": \"2\", \"name\": \"B\"}\n"
    let (facts, sink) = try Self.read([rows + "# 2 rows\n"], mapping, suffix: "ndjson")
    try TextProof(mapping.export.proof, habit: true).check(facts)
    #expect(sink.rows.count == 2 && sink.rejected.isEmpty)
  }

  @Test(arguments: [true, false])
  func `a last line without its end is told where all others had it`(_ habit: Bool) throws {
    let (facts, _) = try Self.read(["id,name,limit\n1,A,1\n2,B,20"])
    let proof = TextProof(nil, habit: habit)
    guard habit else { return try proof.check(facts) }
    let refusal = try #require(throws: ExportRefusal.self) { try proof.check(facts) }
    #expect(refusal.line == 3 && refusal.file == "k_1.csv")
    let whole = try Self.read(["id,name,limit\n1,A,1\n2,B,20\n"])
    try proof.check(whole.facts)
  }

  @Test func `documents have no last line to be punished for`() throws {
    let mapping = try ExportReaderTests.mapping(format: "json")
    let (facts, _) = try Self.read(
      [#"[{"id": "1", "name": "A", "limit": 1}]"#], mapping, suffix: "json")
    #expect(facts.endsWithNewline == nil)
    try TextProof(nil, habit: true).check(facts)
  }
}
