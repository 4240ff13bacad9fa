import Formats
import Reconciliation
import Testing

struct SetAsideTests {
  private static func mapping(_ texts: String = #""CUSTOMER""#) throws -> Mapping {
    try sap(more: #""where": {"column": "TYPE", "in": [\#(texts)]}"#)
  }

  private static func read(_ cell: Cell, _ mapping: Mapping) -> RowReading {
    mapping.read(mapping.columnsNeeded.map { $0 == "TYPE" ? cell : .text("7") })
  }

  @Test(arguments: [Cell.text("CUSTOMER"), .text(" CUSTOMER  "), .json("CUSTOMER\u{A0}")])
  func `blanks around a value don't set a row aside`(cell: Cell) throws {
    guard case .record = Self.read(cell, try Self.mapping()) else {
      Issue.record("\(cell) is set aside")
      return
    }
  }

  @Test(
    arguments: [
      (.text("Customer"), "Customer"), (.text(" VENDOR "), "VENDOR"), (.null, ""), (.absent, ""),
      (.json(false), "false"), (.json(["CUSTOMER"]), #"["CUSTOMER"]"#),
      (.text(String(repeating: "v", count: 90)), String(repeating: "v", count: 40)),
    ] as [(Cell, String)])
  func `a row is set aside with its value and its key`(cell: Cell, words: String) throws {
    guard case .setAside(let value, let key) = Self.read(cell, try Self.mapping()) else {
      Issue.record("\(cell) is not set aside")
      return
    }
    #expect(value == words)
    #expect(key == Key(origin: "sap", reference: "7"))
  }

  @Test func `values are told apart up to a limit, the commonest first`() {
    var aside = SetAside()
    for number in 0..<100 { aside.add(number < 50 ? "VENDOR" : "V\(number)") }
    aside.add("VENDOR")
    aside.add("")
    #expect(aside.rows == 102)
    #expect(aside.values.count == SetAside.valuesMax)
    #expect(aside.values[0] == ("VENDOR", 51))
    #expect(aside.rowsOfOtherValues == 102 - 51 - 19)
    aside.records = 3
    #expect(SetAside(json: aside.json) == aside)
    #expect(SetAside(json: [:]) == SetAside())
  }
}
