import Formats
import Reconciliation
import Testing

private func rule(_ members: String) throws -> FieldRule {
  try sap(fields: #"{"column": "C", "metadata": "m"\#(members.isEmpty ? "" : ", " + members)}"#)
    .fields[0]
}

private func result(_ cell: Cell, _ members: String) throws -> ConversionResult {
  Conversion(rule: try rule(members)).result(cell)
}

@Test(arguments: [
  (#""type": "string""#, "  x ", #""  x ""#),
  (#""transform": ["trim", "casefold"]"#, " ÄPFEL ", #""äpfel""#),
  (#""type": "integer""#, "0042", "42"), (#""type": "integer""#, "10-", "-10"),
  (#""type": "integer", "decimal_mark": ".""#, "1.000", "1"),
  (#""type": "integer""#, "1.000.000", "1000000"),
  (#""type": "integer", "decimal_mark": ",""#, "1.000", "1000"),
  (#""type": "integer""#, "123456789012345678901", "123456789012345678901"),
  (#""type": "decimal""#, "1500.00", "1500.00"), (#""type": "decimal""#, "1.234,56", "1234.56"),
  (#""type": "decimal""#, "1,234.56", "1234.56"),
  (#""type": "decimal", "decimal_mark": ".""#, "10.500-", "-10.500"),
  (#""type": "decimal", "decimal_mark": ",""#, "10.500 -", "-10500"),
  (#""type": "decimal""#, "10,5", "10.5"), (#""type": "decimal""#, "1.234.567", "1234567"),
  (#""type": "decimal""#, "1,234,567", "1234567"),
  (#""type": "decimal", "decimal_mark": ",""#, "1,234", "1.234"),
  (#""type": "decimal", "decimal_mark": ".""#, "1,234", "1234"),
  (#""type": "decimal""#, "1 234,5", "1234.5"), (#""type": "decimal""#, "+.5", "0.5"),
  (#""type": "decimal""#, "1.50E+3", "1.50E+3"), (#""type": "decimal""#, "0,123", "0.123"),
  (#""type": "boolean""#, "Ja", "true"), (#""type": "boolean""#, "nein", "false"),
  (#""type": "boolean""#, "X", "true"), (#""type": "boolean""#, "0", "false"),
  (#""type": "boolean", "true": ["X"], "false": ["-"]"#, "-", "false"),
  (#""type": "boolean", "true": [" no "], "false": ["-"]"#, "no", "true"),
  (#""type": "date""#, "21.11.2026", #""2026-11-21""#),
  (#""type": "date""#, "20261121", #""2026-11-21""#),
  (#""type": "date", "format": "d/M/yy""#, "1/2/26", #""2026-02-01""#),
  (#""type": "datetime""#, "2026-11-21T13:02:00+01:00", #""2026-11-21T12:02:00.000Z""#),
  (#""type": "datetime""#, "2006-06-12T21:03:42.000Z", #""2006-06-12T21:03:42.000Z""#),
  (#""type": "datetime""#, "2025-12-01 10:37:22", #""2025-12-01T10:37:22.000Z""#),
  (
    #""type": "datetime", "format": "dd.MM.yyyy HH:mm", "time_zone": "Europe/Berlin""#,
    "21.06.2026 13:02", #""2026-06-21T11:02:00.000Z""#
  ),
  (
    #""type": "datetime", "format": "M/d/yyyy h:mm a""#, "8/25/2020 1:03 PM",
    #""2020-08-25T13:03:00.000Z""#
  ),
  (#""type": "json""#, #"{"a": 1.0}"#, #"{"a":1.0}"#),
  (#""type": "list""#, "b, a,,b", #"["b","a","b"]"#),
  (#""type": "list", "separator": "|", "unordered": true"#, "b|a|b", #"["a","b"]"#),
  (#""type": "list", "values": {"1": "one", "2": "two"}"#, "2,1", #"["two","one"]"#),
  (#""values": {"01": "retail"}"#, "01", #""retail""#),
  (#""type": "decimal", "values": {"01": "1.5", "02": 2}"#, "01", "1.5"),
  (#""values": {"01": {"deep": 1}}"#, "01", #"{"deep":1}"#),
  (#""type": "boolean", "values": {"A": "yes"}"#, "A", "true"),
])
func `a text becomes a value`(members: String, text: String, wanted: String) throws {
  guard case .value(.present(let value)) = try result(.text(text), members) else {
    Issue.record("\(text) with \(members): \(try result(.text(text), members))")
    return
  }
  #expect(value.written() == wanted)
}

@Test(arguments: [
  (#""type": "integer""#, "12a", "whole number"), (#""type": "integer""#, "1.5", "whole number"),
  (
    #""type": "decimal""#, "1,234",
    #"can be 1.234 or 1234; set "decimal_mark" to "," or "." for "#
  ), (#""type": "decimal""#, "1.2.3", "decimal number"),
  (#""type": "decimal""#, "--5", "decimal number"), (#""type": "decimal""#, "1,2,3", "decimal"),
  (#""type": "boolean""#, "perhaps", "neither true nor false"),
  (#""type": "boolean", "true": ["X"]"#, "yes", "neither"),
  (#""type": "date""#, "30.02.2026", "no date"), (#""type": "date""#, "03/04/2024", "no date"),
  (#""type": "date", "format": "dd.MM.yyyy""#, "2026-01-01", "dd.MM.yyyy"),
  (#""type": "datetime""#, "2026-11-21T13:02:00Zjunk", "no date and time"),
  (#""type": "json""#, "{", "no JSON"),
])
func `a text of another type is refused with its reason`(
  members: String, text: String, word: String
) throws {
  guard case .badType(let reason) = try result(.text(text), members) else {
    Issue.record("\(text): \(try result(.text(text), members))")
    return
  }
  #expect(reason.contains(word), "\(reason)")
}

@Test func `a value that is not listed or too long is unmapped, not of a bad type`() throws {
  let unlisted = try result(.text("03"), #""values": {"01": "retail"}"#)
  #expect(unlisted == .unmapped(reason: "\"03\" is not among the values of \"m\""))
  guard case .unmapped = try result(.text("abcd"), #""max_length": 3"#) else {
    Issue.record("max_length is not kept")
    return
  }
  #expect(try result(.text("abc"), #""max_length": 3"#) == .value(.text("abc")))
}

@Test func `blank cells follow their rule, and a missing column is never a clear`() throws {
  for cell in [Cell.null, .text(""), .json(.null), .json("")] {
    #expect(try result(cell, "") == .ignored)
    #expect(try result(cell, #""blank": "clear""#) == .value(.absent))
    #expect(try result(cell, #""blank": "value""#) == .value(.text("")))
  }
  #expect(
    try result(.null, #""type": "boolean", "true": ["X"], "false": [""], "blank": "value""#)
      == .value(.present(false)))
  #expect(try result(.text("  "), #""transform": ["trim"], "blank": "clear""#) == .value(.absent))
  for blank in ["ignore", "clear", "value"] {
    #expect(try result(.absent, #""blank": "\#(blank)""#) == .ignored)
  }
}

@Test func `a date that was never set is blank`() throws {
  #expect(try result(.text("00000000"), #""type": "date""#) == .ignored)
  #expect(try result(.text("00.00.0000"), #""type": "date", "blank": "clear""#) == .value(.absent))
  #expect(try result(.text("0000-00-00 00:00:00"), #""type": "datetime""#) == .ignored)
  // Seven zeros are no date at all.
  #expect(try result(.text("0000000"), #""type": "date""#) != .ignored)
}

@Test func `typed cells of JSON rows convert as they are`() throws {
  #expect(try result(.json(json("1.50")), #""type": "decimal""#) == .value(.present(json("1.5"))))
  #expect(try result(.json(true), #""type": "boolean""#) == .value(.present(true)))
  #expect(try result(.json(json("5")), "") == .value(.text("5")))
  #expect(
    try result(.json(["a", "b"]), #""type": "list""#) == .value(.present(["a", "b"])))
  #expect(try result(.json(json("[1]")), #""type": "json""#) == .value(.present([1])))
  guard case .badType(let reason) = try result(.json(json("[1]")), "") else {
    Issue.record("a list became a text")
    return
  }
  #expect(reason == "an array stands where a text is expected")
}

@Test func `local times around a change of the clocks have one instant`() throws {
  let zone = try #require(LocalZone("Europe/Berlin"))
  func instant(_ text: String) throws -> String? {
    let reading = try #require(try DateForm("yyyy-MM-dd HH:mm").read(text))
    return zone.instant(reading.civil)?.rfc3339
  }
  #expect(try instant("2026-03-29 01:59") == "2026-03-29T00:59:00.000Z")
  // 02:30 does not exist.
  #expect(try instant("2026-03-29 02:00") == nil)
  #expect(try instant("2026-03-29 02:59") == nil)
  #expect(try instant("2026-03-29 03:00") == "2026-03-29T01:00:00.000Z")
  // 02:30 comes twice: the first.
  #expect(try instant("2026-10-25 02:30") == "2026-10-25T00:30:00.000Z")
  #expect(try instant("2026-10-25 03:00") == "2026-10-25T02:00:00.000Z")
  #expect(LocalZone("Europe/Nowhere") == nil)
}

@Test(arguments: ["qq", "YYYY-MM-dd", "dd.MM", "dd 'x", "yyyy-MM-DD"])
func `a pattern that makes no date is refused`(text: String) {
  #expect(throws: DatePattern.Fault.self) { try DateForm(text) }
}
