import Exports
import Formats
import Reconciliation
import Testing

/// Which types are proposed: numbers for quantities, text for codes and for what is in doubt.
@Suite struct FieldProposalTests {
  /// A column among others, and the field that is proposed for it.
  struct Column: Sendable, CustomTestStringConvertible {
    var name: String
    var cells: [String]
    /// Other columns of the same file, each with one value in every row but the last.
    var beside: [(name: String, cell: String)] = []
    /// The type, and what makes it certain.
    var field: String
    /// What the comment says.
    var remark: String?

    var testDescription: String { "\(name): \(cells.prefix(2).joined(separator: " ")) → \(field)" }
  }

  static let numbers: [Column] = [
    Column(name: "Saldo", cells: ["0,50", "1.234,50", "7"], field: "decimal ,"),
    Column(name: "Balance", cells: ["0.50", "1,234.50", "7"], field: "decimal ."),
    Column(
      name: "Limit", cells: ["5.000", "10.000", "900"], beside: [("Saldo", "0,50")],
      field: "decimal ,", remark: "the one of Saldo, which has 0,50"),
    Column(
      name: "Limit", cells: ["5.000", "10.000", "900"], beside: [("Rate", "0.25")],
      field: "decimal .", remark: "the one of Rate"),
    Column(
      name: "Limit", cells: ["5.000", "10.000", "900"], field: "string",
      remark: "5.000 can be 5.000 with “.”, or 5000 with “,”"),
    Column(
      name: "Limit", cells: ["5.000", "10.000", "900"],
      beside: [("Saldo", "0,50"), ("Rate", "0.25")], field: "string", remark: "5.000 can be"),
    Column(
      name: "Umsatz", cells: ["500", "1200", "80"], field: "string",
      remark: "no value shows the decimal mark"),
    Column(
      name: "Punkte", cells: ["1.000", "12.000", "900"], beside: [("LIMIT", "1.234,50")],
      field: "integer ,"),
    Column(
      name: "Betrag", cells: ["1.234,50", "1,234.50", "7"], field: "string",
      remark: "1,234.50 has a dot as decimal mark, 1.234,50 a comma"),
    Column(name: "offen", cells: ["1.000,50-", "7,25", "8,00-"], field: "decimal ,"),
    Column(name: "Value", cells: ["1.2E7", "300.5", "7.0"], field: "decimal ."),
    Column(name: "shade", cells: ["0,25", "12,5", "3"], field: "decimal ,"),
    Column(name: "Fatturato", cells: ["1.234.567", "12.000", "900"], field: "decimal ,"),
  ]

  static let codes: [Column] = [
    Column(name: "PLZ", cells: ["1010", "80331", "4020"], field: "string"),
    Column(name: "Postal Code", cells: ["1010", "80331", "4020"], field: "string"),
    Column(name: "Code postal", cells: ["75001", "69002", "13001"], field: "string"),
    Column(name: "Telefon", cells: ["391234567", "30123457", "3912"], field: "string"),
    Column(name: "Telefonnummer", cells: ["0496312103", "478", "12"], field: "string"),
    Column(name: "Filiale", cells: ["100", "7", "1020"], field: "string"),
    Column(name: "VAT Number", cells: ["123", "4567", "89012"], field: "string"),
    Column(name: "Bank Account No.", cells: ["1234567890", "99", "7"], field: "string"),
    Column(name: "Group", cells: ["1", "20", "300"], field: "string"),
    Column(name: "Preisgruppe", cells: ["1", "20", "300"], field: "string"),
    Column(name: "anything", cells: ["007", "7", "12"], field: "string"),
    Column(name: "anything", cells: ["4711", "815", "12"], field: "string"),
    Column(name: "Limit", cells: ["0100", "200", "300"], field: "string"),
    Column(name: "Handy", cells: ["+4917", "+4915", "+4916"], field: "string"),
    Column(name: "Version", cells: ["2.10", "2.9", "3.0"], field: "string"),
    Column(
      name: "nr", cells: ["1,23457E+11", "123456789012", "7"], field: "string",
      remark: "shortened by a spreadsheet"),
    Column(
      name: "code", cells: ["=\"\"007\"\"", "=\"\"008\"\"", "=\"\"9\"\""].map { "\"\($0)\"" },
      field: "string unguard", remark: "guards against spreadsheets"),
    Column(name: "Name", cells: ["Anna  ", "Bert  ", " Cem"], field: "string trim"),
  ]

  static let days: [Column] = [
    Column(
      name: "Seit", cells: ["01.02.2024", "13.12.2023", "05.06.2025"], field: "date dd.MM.yyyy"),
    Column(name: "since", cells: ["2024-02-01", "2023-12-13", "2025-06-05"], field: "date"),
    Column(
      name: "since", cells: ["31/01/2024", "02/03/2024", "04/05/2024"], field: "date dd/MM/yyyy"),
    Column(
      name: "since", cells: ["01/31/2024", "02/03/2024", "04/05/2024"], field: "date MM/dd/yyyy"),
    Column(
      name: "since", cells: ["03/04/2024", "05/06/2024", "07/08/2024"], field: "string",
      remark: "03/04/2024 can be 2024-04-03 as dd/MM/yyyy, or 2024-03-04 as MM/dd/yyyy"),
    Column(
      name: "since", cells: ["03/04/2024", "05/06/2024", "07/08/2024"],
      beside: [("until", "31/12/2024")], field: "date dd/MM/yyyy",
      remark: "day comes first, as in until"),
    Column(
      name: "since", cells: ["01.02.24", "03.04.24", "05.06.24"], field: "string",
      remark: "a year of two digits"),
    Column(name: "ERDAT", cells: ["20240513", "00000000", "20231231"], field: "date yyyyMMdd"),
    Column(name: "anything", cells: ["20240513", "1234567", "20231231"], field: "string"),
    Column(
      name: "at",
      cells: ["2024-05-13T10:00:00Z", "2024-05-13T10:00:00.5Z", "2024-05-13T10:00:00+02:00"],
      field: "datetime"),
    Column(
      name: "at", cells: ["2024-05-13 10:00:00", "2024-05-13 11:00:00", "2024-05-13 12:00:00"],
      field: "string", remark: "names no time zone"),
    Column(
      name: "am", cells: ["13.05.2024 10:00", "14.05.2024 11:00", "15.05.2024 12:00"],
      field: "string", remark: #""format": "dd.MM.yyyy HH:mm""#),
  ]

  static let flags: [Column] = [
    Column(name: "locked", cells: ["Ja", "Nein", "Ja"], field: "boolean Ja/Nein"),
    Column(name: "news", cells: ["1", "0", "0"], field: "boolean 1/0"),
    Column(name: "children", cells: ["1", "0", "0"], field: "string"),
    Column(name: "Sperre", cells: ["X", "", "X"], field: "boolean X/", remark: "empty cell"),
    Column(name: "ok", cells: ["true", "false", "true"], field: "boolean"),
    Column(name: "Churn", cells: ["Sì", "No", "No"], field: "boolean Sì/No"),
  ]

  @Test(arguments: numbers + codes + days + flags)
  func `a type needs its evidence, and a doubt is text with a remark`(_ column: Column) throws {
    let names = ["KUNNR", column.name] + column.beside.map(\.name)
    let rows = (1...12).map { row in
      (["K\(row * 7)", column.cells[(row - 1) % column.cells.count]]
        + column.beside.map { row == 12 ? Self.last(of: $0.cell) : $0.cell }).joined(separator: ";")
    }
    let text = ([names.joined(separator: ";")] + rows).joined(separator: "\n") + "\n"
    let (draft, _) = try KeyProposalTests.draft(text, "x.csv")
    let mapping = try Mapping(parsing: Array(draft.utf8), file: "guess.json")
    let field = try #require(mapping.fields.first { $0.column == column.name }, "\(draft)")
    #expect(Self.words(field) == column.field, "\(draft)")
    if let remark = column.remark {
      #expect(draft.replacing("\n    //", with: "").contains(remark), "\(draft)")
    }
  }

  /// Another value of the kind, so that the column is not the same in every row.
  private static func last(of cell: String) -> String { cell.contains("/") ? "30/11/2024" : "1" }

  private static func words(_ field: FieldRule) -> String {
    var words = [field.type.rawValue]
    if let format = field.dateFormat { words.append(format.text) }
    if let mark = field.decimalMark { words.append(mark.rawValue) }
    if let trues = field.trueTexts, let falses = field.falseTexts {
      words.append("\(trues.joined())/\(falses.joined())")
    }
    return (words + field.transform.map(\.name)).joined(separator: " ")
  }

  @Test func `numbers of JSON are numbers, unless they look like codes`() throws {
    let rows = (1...9).map {
      #"{"id":"K\#($0 * 7)","score":\#($0 * 30),"zip":\#(80_000 + $0),"limit":\#($0).5,"branch":\#($0)}"#
    }
    let (draft, _) = try KeyProposalTests.draft(rows.joined(separator: "\n") + "\n", "x.ndjson")
    let mapping = try Mapping(parsing: Array(draft.utf8), file: "guess.json")
    let types = mapping.fields.map { "\($0.column) \(Self.words($0))" }
    #expect(types == ["score integer .", "zip string", "limit decimal .", "branch string"])
  }

  @Test func `quotes that are text are proposed as text`() throws {
    let rows = (1...6).map { "K\($0 * 3)\t\"Firma\" GmbH \($0)\n" }
    let (draft, made) = try KeyProposalTests.draft("ref\tv\n" + rows.joined(), "x.tsv")
    let mapping = try Mapping(parsing: Array(draft.utf8), file: "guess.json")
    #expect(mapping.export.quote == nil && draft.contains(#""quote": null"#), "\(draft)")
    #expect(made.rows == 6 && made.notes.contains { $0.contains("line 2") }, "\(made.notes)")
    let (quoted, _) = try KeyProposalTests.draft(
      "ref;v\n" + (1...6).map { "K\($0 * 3);\"a;\($0)\"\n" }.joined(), "x.csv")
    #expect(try Mapping(parsing: Array(quoted.utf8), file: "guess.json").export.quote == "\"")
  }

  @Test func `false in a column of texts is proposed as nothing`() throws {
    let rows = (1...9).map {
      #"{"id":"K\#($0 * 7)","vat":\#($0 % 3 == 0 ? "false" : "\"BE\($0)\""),"on":\#($0 > 4)}"#
    }
    let (draft, _) = try KeyProposalTests.draft(rows.joined(separator: "\n") + "\n", "x.ndjson")
    let mapping = try Mapping(parsing: Array(draft.utf8), file: "guess.json")
    #expect(draft.contains(#""nulls": ["", false]"#), "\(draft)")
    #expect(mapping.fields.map { "\($0.column) \($0.type)" } == ["vat string", "on boolean"])
    let file = ExportFile(
      name: "x.ndjson", bytes: ByteArraySource(Array((rows.joined(separator: "\n") + "\n").utf8)))
    let facts = try ExportReader(file, by: mapping).read(into: RowCollector())
    #expect(facts.accepted == 9 && facts.rejected == 0)
  }

  @Test func `only the null marks that are seen are proposed`() throws {
    let (draft, _) = try KeyProposalTests.draft(
      "KUNNR,n\n" + (1...6).map { "K\($0 * 3),\($0 == 2 ? "NULL" : "v\($0)")\n" }.joined(), "x.csv")
    let mapping = try Mapping(parsing: Array(draft.utf8), file: "guess.json")
    #expect(mapping.export.nulls == ["", "NULL"])
  }
}
