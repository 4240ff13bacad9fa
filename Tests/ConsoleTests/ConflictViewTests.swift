import Console
import Formats
import Reconciliation
import Testing

@Suite struct ConflictViewTests {
  @Test func `JSON has the members of the contract in their order`() {
    #expect(
      SampleReport.group.json.objectValue?.keys == [
        "id", "kind", "severity", "state", "mapping", "reference", "reference_origin", "reset",
        "field", "base", "source", "remote", "remote_changed_by", "first_seen", "last_seen",
        "occurrences", "assignee", "decision", "version",
      ])
    #expect(SampleReport.group.json["base"] == "retail")
    #expect(SampleReport.group.json["first_seen"] == "2026-11-20T08:00:00.000Z")
    var view = SampleReport.group
    view.baseRemote = .absent
    #expect(view.json["base"]?.written() == #"{"source":"retail","remote":null}"#)
  }

  @Test func `each choice says its result with the values in place`() {
    #expect(
      SampleReport.group.choices.map(\.result.text) == [
        "Write `wholesale` to Commerce Layer (now `retail-plus`)",
        "Keep `retail-plus` in Commerce Layer; SAP's `wholesale` is passed over until it changes",
        "Write another value to Commerce Layer",
        "Keep them apart as they are; asked again when either changes",
      ])
    var view = SampleReport.group
    (view.source, view.remote) = (.absent, .text("x"))
    #expect(view.choices[0].result.text == "Remove `customer_group` from Commerce Layer (now `x`)")
    (view.source, view.remote) = (.text(""), .absent)
    #expect(view.choices[0].result.text == "Write `\"\"` to Commerce Layer (now not set)")
  }

  private func typed(_ choice: Choice) -> String {
    switch choice.input {
    case .value: #"value="x""#
    case .reset: "link=ABC"
    case nil: choice.take
    }
  }

  @Test(arguments: ConflictKind.allCases)
  func `every kind offers only what may decide it, and each can be typed`(kind: ConflictKind) throws
  {
    var view = SampleReport.view("c000000000001", kind, hours: 1)
    if kind.hasField { view.field = "group" }
    (view.source, view.remote, view.reset) = (.text("a"), .text("b"), "ABC")
    #expect(!view.choices.isEmpty)
    for choice in view.choices {
      let text = typed(choice)
      #expect(try Resolution(parsing: text).isAllowed(for: kind))
      #expect(choice.command(for: view.id).contains("resolve c000000000001 --take "))
    }
  }

  @Test(arguments: [
    ("retail", "retail"), ("", "\"\""), ("42", "\"42\""), ("true", "\"true\""), ("00123", "00123"),
    ("null", "\"null\""), ("not set", "\"not set\""),
  ])
  func `texts that could be taken for something else keep their quotes`(
    text: String, expected: String
  ) {
    #expect(ShownValue(.text(text)).text == expected)
  }

  @Test func `absent, null and never are told apart`() {
    #expect(ShownValue(nil).text == "—")
    #expect(ShownValue(.absent).text == "not set")
    #expect(ShownValue(.present(.null)).text == "null")
    #expect(!ShownValue(.absent).isData)
  }

  @Test func `long values are folded around what differs`() {
    let long = String(repeating: "lorem ipsum ", count: 1_000)
    let comparison = ValueComparison(source: .text(long + "A"), remote: .text(long + "B"))
    let spans = comparison.spans(of: .source) ?? []
    #expect(spans.last?.text == "A")
    #expect(spans[0].text.count < 1_000)
    #expect(spans[0].text.contains("11,200 characters"))
  }
}
