import Formats
import Reconciliation
import Testing

private func result(_ text: String, _ members: String = "") throws -> ConversionResult {
  let fields = #"{"column": "D", "metadata": "d", "type": "datetime"\#(members)}"#
  return Conversion(rule: try sap(fields: fields).fields[0]).result(.text(text))
}

private func reason(_ text: String, _ members: String = "") throws -> String {
  if case .badType(let reason) = try result(text, members) { return reason }
  return "\(try result(text, members))"
}

struct DateTextTests {
  @Test(arguments: [
    ("2024-06-01T12:00:00Z", "2024-06-01T12:00:00.000Z"),
    ("2024-06-01T12:00:00.1Z", "2024-06-01T12:00:00.100Z"),
    ("2024-06-01T12:00:00.12Z", "2024-06-01T12:00:00.120Z"),
    ("2024-06-01T12:00:00.1234Z", "2024-06-01T12:00:00.123400Z"),
    ("2024-06-01 12:00:00.123456789", "2024-06-01T12:00:00.123456Z"),
    ("2024-06-01 12:00:00,5+02", "2024-06-01T10:00:00.500Z"),
    ("2024-06-01T12:00:00+0200", "2024-06-01T10:00:00.000Z"),
    ("2024-06-01T12:00:00 -0330", "2024-06-01T15:30:00.000Z"),
    ("2024-06-01 12:00+02:00", "2024-06-01T10:00:00.000Z"),
    ("2024-06-01", "2024-06-01T00:00:00.000Z"), ("20240131", "2024-01-31T00:00:00.000Z"),
    ("20240131T101500Z", "2024-01-31T10:15:00.000Z"),
    ("2024/01/31 10:00:00", "2024-01-31T10:00:00.000Z"),
    ("2024-06-01\u{A0}12:00", "2024-06-01T12:00:00.000Z"),
  ])
  func `times of ISO 8601 are read whole`(text: String, wanted: String) throws {
    #expect(try result(text) == .value(.text(wanted)))
  }

  @Test(arguments: [
    "2024-02-30", "2024-06-01T25:00:00Z", "2024-06-01T12:00:00.Z", "2024-06-01T12:00:00+15:00",
    "2024-06-01T12", "2024-06-01T12:00:00+2", "2024-06-01T12:00:00Z ago", "2024-6-1", "31.12.24",
    "2024-06-01T12:60:00Z", "06/07/2024",
  ])
  func `what is no time of any sure form is rejected`(text: String) throws {
    #expect(try reason(text).hasPrefix("\"\(text)\" is no date and time"))
  }

  @Test(arguments: [
    ("epoch", "1700000000", "2023-11-14T22:13:20.000Z"),
    ("epoch", "1700000000.25", "2023-11-14T22:13:20.250Z"),
    ("epoch", "-1.5", "1969-12-31T23:59:58.500Z"), ("epoch", "1.7E9", "2023-11-14T22:13:20.000Z"),
    ("epoch_ms", "1700000000000", "2023-11-14T22:13:20.000Z"),
    ("epoch_ms", "1700000000000.5", "2023-11-14T22:13:20.000500Z"),
    ("dotnet", "/Date(1700000000000)/", "2023-11-14T22:13:20.000Z"),
    ("dotnet", "/Date(1700000000000+0100)/", "2023-11-14T22:13:20.000Z"),
    ("dotnet", "/Date(-1000-0500)/", "1969-12-31T23:59:59.000Z"),
  ])
  func `counts since 1970 are read where they are declared`(
    form: String, text: String, wanted: String
  ) throws {
    #expect(try result(text, #", "format": "\#(form)""#) == .value(.text(wanted)))
    let fields = #"{"column": "D", "metadata": "d", "type": "datetime", "format": "\#(form)"}"#
    guard let number = try? JSONValue(parsing: text) else { return }
    #expect(
      Conversion(rule: try sap(fields: fields).fields[0]).result(.json(number))
        == .value(.text(wanted)))
  }

  @Test(arguments: [
    ("1700000000000", "milliseconds since 1970: set \"format\": \"epoch_ms\""),
    ("1700000000", "seconds since 1970: set \"format\": \"epoch\""),
    ("/Date(1700000000000)/", "a time of .NET: set \"format\": \"dotnet\""),
    ("/Date(1700000000000+0100)/", "a time of .NET: set \"format\": \"dotnet\""),
  ])
  func `an undeclared count leads to its declaration`(text: String, words: String) throws {
    #expect(try reason(text).hasSuffix("it looks like \(words)"))
    #expect(try reason(text, #", "format": "yyyy-MM-dd""#).hasSuffix("it looks like \(words)"))
  }

  @Test(arguments: [
    ("epoch", "1700000000000"), ("epoch_ms", "x"), ("dotnet", "1700000000000"),
    ("dotnet", "/Date(17e9x)/"), ("dotnet", "/Date()/"), ("epoch", "01700000000"),
    ("dotnet", "/Date(1700000000000+1)/"), ("epoch_ms", "2023-11-14"),
  ])
  func `what is no such count, or none of our years, is rejected`(form: String, text: String) throws
  {
    #expect(try reason(text, #", "format": "\#(form)""#).contains(" of the form \(form)"))
  }

  @Test func `a day is that of the clock that showed it`() throws {
    let fields = #"{"column": "D", "metadata": "d", "type": "date", "format": "dotnet"}"#
    let conversion = Conversion(rule: try sap(fields: fields).fields[0])
    // 2023-12-31 23:00 UTC.
    #expect(
      conversion.result(.text("/Date(1704063600000+0100)/")) == .value(.text("2024-01-01")))
    #expect(conversion.result(.text("/Date(1704063600000)/")) == .value(.text("2023-12-31")))
  }

  @Test(arguments: ["\u{202F}", "\u{A0}", "\u{2009}", " ", "\u{200E} "])
  func `blanks that nobody sees are blanks`(blank: String) throws {
    let members = #", "format": "M/d/yy, h:mm a", "time_zone": "America/New_York""#
    #expect(
      try result("6/13/23, 3:27\(blank)PM", members) == .value(.text("2023-06-13T19:27:00.000Z")))
    #expect(
      try result(" 6/13/23, 3:27\(blank)PM\(blank)", #", "format": "M/d/yy, h:mm\#(blank)a""#)
        == .value(.text("2023-06-13T15:27:00.000Z")))
  }

  @Test(arguments: [
    ("Europe/Berlin", "2026-03-29 02:30"), ("America/New_York", "2026-03-08 02:00"),
    ("Australia/Lord_Howe", "2026-10-04 02:15"), ("Pacific/Apia", "2011-12-30 12:00"),
    ("Africa/Cairo", "2026-04-24 00:30"),
  ])
  func `a time that the clocks skip is rejected, in fields and as the time of change`(
    zone: String, text: String
  ) throws {
    let members = #""format": "yyyy-MM-dd HH:mm", "time_zone": "\#(zone)""#
    let skipped = "\"\(text)\" is no time in \(zone): the clocks are put forward over it"
    #expect(try reason(text, ", \(members)").hasPrefix(skipped))
    let mapping = try sap(more: #""changed_at": {"column": "AT", \#(members)}"#)
    let cells = mapping.columnsNeeded.map { $0 == "AT" ? Cell.text(text) : .text("7") }
    guard case .rejected("AT", let reason, _) = mapping.read(cells) else {
      Issue.record("\(text) is a time in \(zone)")
      return
    }
    #expect(reason.hasPrefix(skipped))
  }

  @Test func `of a time that comes twice it is the first`() throws {
    let members = #", "format": "yyyy-MM-dd HH:mm", "time_zone": "Europe/Berlin""#
    #expect(
      try result("2026-10-25 02:30", members) == .value(.text("2026-10-25T00:30:00.000Z")))
  }

  @Test func `the time of change may be a count too`() throws {
    let mapping = try sap(more: #""changed_at": {"column": "AT", "format": "epoch_ms"}"#)
    func changedAt(_ cell: Cell) -> Timestamp? {
      let cells = mapping.columnsNeeded.map { $0 == "AT" ? cell : .text("7") }
      if case .record(let record) = mapping.read(cells) { return record.changedAt }
      return nil
    }
    let wanted = Timestamp(microseconds: 1_700_000_000_000_000)
    #expect(changedAt(.text("1700000000000")) == wanted)
    #expect(changedAt(.json(json("1700000000000"))) == wanted)
    #expect(changedAt(.text("2023-11-14T22:13:20Z")) == nil)
  }

  @Test func `two texts of one instant are equal`() throws {
    let fields = #"{"column": "D", "metadata": "d", "type": "datetime"}"#
    let rule = try sap(fields: fields).fields[0]
    let same = [
      "2025-12-31T22:00:00Z", "2026-01-01T00:00:00+02:00", "2025-12-31T22:00:00.000Z",
      "2025-12-31 22:00:00.000000+00",
    ].map { rule.canonical(.text($0)) }
    #expect(Set(same) == [.text("2025-12-31T22:00:00.000Z")])
    // A text without an offset, and a day, are no instants; other types know none.
    for text in ["2025-12-31T22:00:00", "2025-12-31", "soon", ""] {
      #expect(rule.canonical(.text(text)) == .text(text))
    }
    let text = try sap().fields[0]
    #expect(text.canonical(.text("2026-01-01T00:00:00+02:00")).json != same[0].json)
  }

  @Test func `a remote that spells the instant in another way is in sync`() throws {
    let world = World(
      try sap(fields: #"{"column": "GRP", "metadata": "at", "type": "datetime"}"#))
    let record = world.record("1", ["GRP": "2025-12-31T22:00:00Z"])
    let reset = world.reset("r", "1", metadata: #"{"at": "2026-01-01T00:00:00+02:00"}"#)
    let item = world.assess(world.group("1", records: [record], resets: [reset]))[0]
    #expect(item.fields.map(\.outcome) == [.agree])
    #expect(item.update == nil)
  }
}
