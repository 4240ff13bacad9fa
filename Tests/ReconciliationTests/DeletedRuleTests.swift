import Formats
import Reconciliation
import Testing

/// What a row is whose mark is this cell: deleted, standing, or why it is rejected.
private func verdict(_ cell: Cell, _ lists: String) throws -> String {
  let mapping = try sap(more: #""deleted": {"column": "GONE", \#(lists)}"#)
  let cells = mapping.columnsNeeded.map { column -> Cell in
    column == "GONE" ? cell : .text("1")
  }
  switch mapping.read(cells) {
  case .record(let record): return record.deletedMarker ? "deleted" : "standing"
  case .rejected(let column, let reason, let key):
    #expect(column == "GONE" && key != nil)
    return reason
  case .setAside: return "set aside"
  }
}

struct DeletedRuleTests {
  @Test(arguments: [
    ("X", "deleted"), (" x ", "deleted"), ("TRUE", "deleted"), ("1", "deleted"), ("Ja", "deleted"),
    ("", "standing"), ("  ", "standing"), ("0", "standing"), ("Nein", "standing"),
    ("false", "standing"),
  ])
  func `a flag is told by any of its usual words`(text: String, wanted: String) throws {
    #expect(try verdict(.text(text), #""equals": ["X"]"#) == wanted)
    #expect(try verdict(.text(text), #""equals": ["true", "1"]"#) == wanted)
  }

  @Test(arguments: ["maybe", "D", "2", "deleted", "-"])
  func `a flag that no rule names is neither, and rejects its row`(text: String) throws {
    let reason = try verdict(.text(text), #""equals": ["X"]"#)
    #expect(reason.hasPrefix("\"\(text)\" says neither that the record is deleted nor that it is"))
    #expect(reason.contains("\"equals\"") && reason.contains("\"not\""))
  }

  @Test(arguments: [("False", "deleted"), ("0", "deleted"), ("True", "standing"), ("", "standing")])
  func `a flag of those that are active is read the other way round`(
    text: String, wanted: String
  ) throws {
    #expect(try verdict(.text(text), #""equals": ["False"]"#) == wanted)
  }

  @Test(arguments: [
    ("GONE", "deleted"), ("gone ", "deleted"), ("ÄRGER", "deleted"), ("active", "standing"),
    ("true", "standing"), ("", "standing"),
  ])
  func `a word that is not listed is not deleted`(text: String, wanted: String) throws {
    #expect(try verdict(.text(text), #""equals": ["Gone", "ärger"]"#) == wanted)
  }

  @Test func `with the words for both, any other rejects its row`() throws {
    let lists = #""equals": ["GONE"], "not": ["Active", "new"]"#
    #expect(try verdict(.text("gone"), lists) == "deleted")
    #expect(try verdict(.text("ACTIVE"), lists) == "standing")
    #expect(try verdict(.null, lists) == "standing")
    #expect(try verdict(.text("renamed"), lists).contains("neither"))
    // A flag takes further words from `not`, which go before the usual ones.
    let flag = #""equals": ["X"], "not": ["-", "1"]"#
    #expect(try verdict(.text("-"), flag) == "standing")
    #expect(try verdict(.text("1"), flag) == "standing")
    #expect(try verdict(.text("yes"), flag) == "deleted")
    #expect(try verdict(.text("D"), flag).contains("neither"))
  }

  @Test func `texts for both flags are codes, not flags`() throws {
    let lists = #""equals": ["0", "1"]"#
    #expect(try verdict(.text("1"), lists) == "deleted")
    #expect(try verdict(.text("2"), lists) == "standing")
    #expect(try verdict(.text("yes"), lists) == "standing")
  }

  @Test func `typed cells are read as their texts, and structures are unknown`() throws {
    let lists = #""equals": ["true"]"#
    #expect(try verdict(.json(true), lists) == "deleted")
    #expect(try verdict(.json(false), lists) == "standing")
    #expect(try verdict(.json(json("1")), lists) == "deleted")
    #expect(try verdict(.json(.null), lists) == "standing")
    #expect(try verdict(.absent, lists) == "standing")
    #expect(try verdict(.json(json(#"{"a": true}"#)), lists).contains("{\"a\":true}"))
  }

  @Test func `an empty cell means deleted where that is said`() throws {
    let lists = #""equals": [""], "not": ["active"]"#
    #expect(try verdict(.null, lists) == "deleted")
    #expect(try verdict(.text(" "), lists) == "deleted")
    #expect(try verdict(.absent, lists) == "standing")
    #expect(try verdict(.text("active"), lists) == "standing")
  }

  @Test func `a text for both is a problem of the mapping`() {
    #expect(throws: SettingsProblems.self) {
      try sap(more: #""deleted": {"column": "G", "equals": ["X"], "not": [" x"]}"#)
    }
  }
}
