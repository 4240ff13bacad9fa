import Foundation
import Testing

/// `preview --values`: a person sees cell and value before anything is written.
@Suite struct PreviewTests {
  private static let mapping = """
    {
      "name": "erp", "origins": ["erp"],
      "export": {"path": "../exports/*.csv", "format": "csv", "delimiter": ";", "settle": "0s"},
      "reference": {"column": "ID"}, "where": {"column": "KIND", "in": ["C"]},
      "deleted": {"column": "GONE", "equals": ["X"]},
      "fields": [
        {"column": "LIMIT", "metadata": "/erp/limit", "type": "decimal", "decimal_mark": ","},
        {"column": "NOTE", "metadata": "note", "blank": "clear"},
        {"column": "GROUP", "metadata": "group", "values": {"01": "retail"}},
        {"column": "MAIL", "metadata": "mail"}
      ]
    }
    """

  private func shop() async throws -> Shop {
    let shop = try await Shop(resets: [])
    try shop.write(Self.mapping, to: "Mappings/erp.json")
    let rows = [
      "ID;KIND;GONE;LIMIT;NOTE;GROUP;MAIL", "K1;C;;1.500,50;hello\u{202E}olleh;01;",
      "K2;C;;abc;;01;b@example.com", "K3;C;X;1,5;n;02;c@example.com", "K4;V;;1,5;n;01;d",
      ";C;;1,5;n;01;e", "K6;C;;12;;99;f", "K7;C",
    ]
    try shop.write(rows.joined(separator: "\n") + "\n", to: "exports/a.csv")
    return shop
  }

  @Test func `each row is its key and the values of its cells, or why not`() async throws {
    let (exit, document, errors) = try await shop().json(
      ["preview", "exports/a.csv", "--mapping", "erp", "--values"])
    #expect(exit == 0, "\(errors)")
    let whole = try #require(document as? [String: Any])
    for member in ["dialect", "columns", "rows", "rejected", "total"] {
      #expect(whole[member] != nil)
    }
    let rows = try #require(whole["values"] as? [[String: Any]])
    #expect(rows.map { $0["line"] as? Int } == [2, 3, 4, 6, 7, 8])
    let keys = rows.map { ($0["key"] as? [String: Any])?["reference"] as? String }
    #expect(keys == ["K1", "K2", "K3", nil, "K6", nil], "\(keys)")
    let first = try #require(rows[0]["fields"] as? [[String: Any]])
    #expect(first.map { $0["metadata"] as? String } == ["/erp/limit", "note", "group", "mail"])
    #expect(first[0]["cell"] as? String == "1.500,50" && first[0]["value"] as? Double == 1500.5)
    #expect(first[2]["cell"] as? String == "01" && first[2]["value"] as? String == "retail")
    #expect(first[3]["ignored"] as? String == "an empty cell says nothing here", "\(first[3])")
    #expect(first[3]["value"] == nil)
    let second = try #require(rows[1]["rejected"] as? [String: Any])
    #expect(second["column"] as? String == "LIMIT", "\(second)")
    let bad = try #require((rows[1]["fields"] as? [[String: Any]])?.first)
    #expect((bad["reason"] as? String)?.contains("abc") == true, "\(bad)")
    let cleared = try #require((rows[1]["fields"] as? [[String: Any]])?[1])
    #expect((cleared["value"] as? [String: Any])?["absent"] as? Bool == true, "\(cleared)")
    #expect(rows[2]["deleted"] as? Bool == true)
    let unmapped = try #require((rows[4]["fields"] as? [[String: Any]])?[2])
    #expect((unmapped["reason"] as? String)?.contains("99") == true, "\(unmapped)")
    #expect((whole["set_aside"] as? [String: Any])?["rows"] as? Int == 1)
  }

  @Test func `as text, with what can't be seen in words`() async throws {
    let shop = try await shop()
    let shown = try await shop.program.run(
      ["preview", "exports/a.csv", "--mapping", "erp", "--values"])
    #expect(shown.exit == 0, "\(shown.errors)")
    #expect(shown.output.contains("line 2  erp/K1"), "\(shown.output)")
    #expect(shown.output.contains("→ 1500.50"), "\(shown.output)")
    #expect(shown.output.contains("line 3  erp/K2  rejected: LIMIT: \"abc\""), "\(shown.output)")
    #expect(shown.output.contains("marked as deleted"), "\(shown.output)")
    #expect(shown.output.contains("Set aside by \"where\": 1 row"), "\(shown.output)")
    #expect(!shown.output.unicodeScalars.contains("\u{202E}"))
    #expect(shown.output.contains("U+202E  right-to-left override"), "\(shown.output)")
    let plain = try await shop.program.run(["preview", "exports/a.csv", "--limit", "1"])
    #expect(plain.exit == 0 && plain.output.contains("right-to-left override"))
    let few = try await shop.json(
      ["preview", "exports/a.csv", "--mapping", "erp", "--values", "--limit", "2"])
    #expect(((few.document as? [String: Any])?["values"] as? [Any])?.count == 2)
  }

  @Test func `an encoding that nobody declared is called a guess`() async throws {
    let shop = try await shop()
    let rows = ["Łódź", "Gdańsk", "Poznań", "Řím"].enumerated().map { "K\($0);\($1)" }
    let text = (["ID;ORT"] + rows).joined(separator: "\n") + "\n"
    try #require(text.data(using: .windowsCP1250)).write(
      to: URL(filePath: "\(shop.folder)/exports/towns.csv"))
    let shown = try await shop.program.run(["preview", "exports/towns.csv"])
    #expect(shown.exit == 0, "\(shown.errors)")
    #expect(shown.output.contains("the encoding is a guess"), "\(shown.output)")
    #expect(shown.output.contains("as windows-1250: “Łódź”"), "\(shown.output)")
    let told = try await shop.program.run(
      ["preview", "exports/towns.csv", "--encoding", "windows-1250"])
    #expect(told.exit == 0 && !told.output.contains("guess"), "\(told.output)")
  }

  @Test func `the header of a report is found, and can be told`() async throws {
    let shop = try await shop()
    let rows = (1...8).map { "|00000\(10_040 + $0)|Name \($0)|  1.500,50|" }
    let list = ["01.12.2026   Debitorenliste", "", "------------", "|Debitor|Name 1|Limit|"]
    try shop.write((list + rows).joined(separator: "\n") + "\n", to: "exports/list.txt")
    let found = try await shop.json(["preview", "exports/list.txt"])
    let dialect = (found.document as? [String: Any])?["dialect"] as? [String: Any]
    #expect(dialect?["header_row"] as? Int == 4 && dialect?["delimiter"] as? String == "|")
    let notes = (found.document as? [String: Any])?["notes"] as? [String] ?? []
    #expect(notes.contains { $0.contains("row 4") }, "\(notes)")
    let told = try await shop.json(
      ["preview", "exports/list.txt", "--header-row", "4", "--delimiter", "|"])
    #expect((told.document as? [String: Any])?["total"] as? Int == 8)
  }
}
