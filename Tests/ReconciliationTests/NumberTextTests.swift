import Formats
import Reconciliation
import Testing

/// Whether the row is rejected; the reason where it is.
private func rejection(_ reference: String, _ members: String = "", cell: Cell = .null) throws
  -> String?
{
  let mapping = try sap(
    fields: #"{"column": "C", "metadata": "m"\#(members.isEmpty ? "" : ", " + members)}"#)
  if case .rejected(_, let reason, _) = mapping.read([.text(reference), cell]) { return reason }
  return nil
}

@Test(arguments: ["1.23457E+11", "1,23457E+11", "1E+5", "1e+05", "9.9E+10", " 1.2E+7 "])
func `a reference that a spreadsheet shortened is rejected`(text: String) throws {
  #expect(try rejection(text)?.contains("shortened by a spreadsheet") == true)
}

@Test(arguments: [
  "A+1", "E+5", "1E5", "1E-5", "1E+", "12E+3", "12.5E+3", "1.E+5", ".5E+3", "1.2.3E+4", "1E+5x",
  "1xE+5", "1E+x", "E1E+5", "1E+5E3", "1E+5+3", "AE+5", "1+1E5",
])
func `a reference that only looks like a shortened one is none`(text: String) throws {
  #expect(try rejection(text) == nil)
}

@Test(arguments: [
  (#""type": "decimal", "decimal_mark": ",""#, "1.5"), (#""type": "integer""#, "1.5"),
  (#""type": "integer", "values": {"5": "x"}"#, "5"), (#""type": "integer""#, "1.2.3"),
  (#""type": "decimal""#, "1,234,"), (#""type": "decimal""#, ",234,567"),
  (#""type": "decimal""#, "x"),
  (#""type": "decimal""#, "1,,234,567"), (#""type": "decimal""#, "1,2345,678"),
  (#""type": "decimal""#, "1."), (#""type": "decimal""#, "."), (#""type": "decimal""#, "1.2.3"),
  (#""type": "decimal", "decimal_mark": ".""#, "1.2.3"), (#""type": "integer""#, "-5-"),
])
func `a number that is none rejects its row`(members: String, text: String) throws {
  #expect(try rejection("1", members, cell: .text(text)) != nil)
}

@Test func `an empty cell that is to be a number rejects its row`() throws {
  for cell in [Cell.null, .text("")] {
    #expect(try rejection("1", #""type": "integer", "blank": "value""#, cell: cell) != nil)
    #expect(try rejection("1", #""type": "integer", "blank": "clear""#, cell: cell) == nil)
  }
}

@Test(arguments: [
  (#""type": "integer""#, "5"), (#""type": "integer""#, "0"), (#""type": "integer""#, "007"),
  (#""type": "decimal""#, "0.5"), (#""type": "decimal""#, "1.50"), (#""type": "decimal""#, "00.5"),
  // Not to be mapped, but of its type.
  (#""type": "integer", "values": {"1": 5}"#, "5"),
])
func `a number keeps its row`(members: String, text: String) throws {
  #expect(try rejection("1", members, cell: .text(text)) == nil)
}
