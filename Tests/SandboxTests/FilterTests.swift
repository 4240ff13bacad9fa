import Formats
import HTTP
import Sandbox
import TestKit
import Testing

/// Section 6 of the contract: filters, includes, sparse fields.
struct FilterTests {
  /// Five rows: `alpha`, `beta`, `Alpha 2`, null, and an empty reference.
  private static func play(
    options: (inout SandboxOptions) -> Void = { _ in }
  ) throws -> Play {
    func row(_ name: String, _ reference: String?, _ metadata: String?, day: Int) -> SandboxReset {
      var row = SandboxReset(
        customerEmail: "\(name)@example.com", reference: reference,
        referenceOrigin: reference == nil ? nil : "crm", metadata: metadata)
      row.createdAt = Timestamp(microseconds: 1_767_225_600_000_000 + Int64(day) * 86_400_000_000)
      return row
    }
    var used = row("d", nil, nil, day: 3)
    used.resetAt = Timestamp(microseconds: 1_767_225_600_000_000)
    return try Play(
      resets: [
        row("a", "alpha", "{\"foo\":\"bar\",\"n\":1,\"tags\":[\"x\",\"y\"]}", day: 0),
        row("b", "beta", "{\"foo\":\"baz\",\"deep\":{\"k\":1.0,\"l\":2}}", day: 1),
        row("c", "Alpha 2", "{}", day: 2), used, row("e", "", nil, day: 4),
      ], options: options)
  }

  @Test(arguments: [
    ("reference_eq", "alpha", "0"), ("reference_not_eq", "alpha", "124"),
    ("reference_eq_or_null", "alpha", "03"), ("reference_not_eq_or_null", "alpha", "1234"),
    ("reference_in", "alpha,beta", "01"), ("reference_in_or_null", "alpha", "03"),
    ("reference_not_in", "alpha,beta", "24"), ("reference_not_in_or_null", "alpha,beta", "234"),
    ("reference_not_eq_all", "alpha,beta", "24"),
    ("reference_lt", "b", "024"), ("reference_lteq", "alpha", "024"),
    ("reference_gt", "alpha", "1"), ("reference_gteq", "alpha", "01"),
    ("reference_gt_any", "b,z", "1"), ("reference_gt_all", "b,z", ""),
    ("reference_lt_any", "a,c", "0124"), ("reference_lteq_all", "alpha,beta", "024"),
    ("reference_matches", "%pha%", "02"), ("reference_matches", "al_ha", "0"),
    ("reference_does_not_match", "%pha%", "14"),
    ("reference_matches_any", "alp%,be%", "01"), ("reference_matches_all", "al%,%a", "0"),
    ("reference_does_not_match_all", "al%,be%", "24"),
    ("reference_start", "al", "0"), ("reference_not_start", "al", "124"),
    ("reference_start_any", "al,be", "01"), ("reference_not_start_all", "al,be", "24"),
    ("reference_end", "a", "01"), ("reference_not_end", "a", "24"),
    ("reference_end_any", "a,2", "012"), ("reference_cont", "pha", "02"),
    ("reference_not_cont", "pha", "14"), ("reference_cont_any", "lph,bet", "012"),
    ("reference_cont_all", "a,l", "02"), ("reference_not_cont_all", "a,b", "4"),
    ("reference_present", "true", "012"), ("reference_present", "false", "34"),
    ("reference_blank", "true", "34"), ("reference_null", "true", "3"),
    ("reference_null", "false", "0124"), ("reference_not_null", "true", "0124"),
    ("reference_not_null", "0", "3"),
    ("reset_password_at_null", "true", "0124"), ("reset_password_at_present", "1", "3"),
    ("created_at_gteq", "2026-01-03T00:00:00Z", "234"), ("created_at_lt", "2026-01-02", "0"),
    ("created_at_eq", "2026-01-02T01:00:00+01:00", "1"),
    ("created_at_in", "2026-01-01,2026-01-05", "04"),
    ("created_at_not_in", "2026-01-01,2026-01-05", "123"),
    ("metadata_jcont", "{\"foo\":\"bar\"}", "0"), ("metadata_jcont", "{\"n\":1.0}", "0"),
    ("metadata_jcont", "{\"deep\":{\"k\":1}}", "1"), ("metadata_jcont", "{\"tags\":[\"y\"]}", "0"),
    ("metadata_jcont", "{}", "01"), ("metadata_null", "true", "234"),
    ("metadata_present", "true", "01"),
    ("customer_email_eq", "b@example.com", "1"), ("customer_email_start", "c", "2"),
    ("customer_has_password_true", "true", "01234"), ("customer_has_password_false", "1", ""),
    ("reference_or_customer_reference_eq", "beta", "1"),
    ("reference_or_reference_origin_eq", "crm", "0124"),
    ("reference_origin_eq", "crm", "0124"),
    ("reference_origin_or_customer_email_cont", "d@", "3"),
    ("events_name_eq", "customer_password_resets.create", "01234"),
    ("events_name_eq", "other", ""),
  ])
  func `every matcher selects its rows`(key: String, value: String, rows: String) async throws {
    let play = try Self.play()
    let answer = try await play.filtered(key, value)
    #expect(answer.status == 200, "\(answer.text)")
    let all = play.sandbox.resets().compactMap(\.id)
    let expected = rows.compactMap { $0.wholeNumberValue }.map { all[$0] }
    #expect(answer.ids == expected)
    #expect(answer.recordCount == expected.count)
  }

  @Test func `ids compare in insertion order`() async throws {
    let play = try Self.play()
    let all = play.sandbox.resets().compactMap(\.id)
    for (key, kept) in [("id_gt", 2..<5), ("id_gteq", 1..<5), ("id_lt", 0..<1), ("id_lteq", 0..<2)]
    {
      #expect(try await play.filtered(key, all[1]).ids == Array(all[kept]))
    }
    #expect(try await play.filtered("id_in", "\(all[3]),\(all[0])").ids == [all[0], all[3]])
    #expect(try await play.filtered("id_not_eq", all[0]).ids == Array(all[1...]))
    #expect(try await play.filtered("id_gt", "nonsense").ids.isEmpty)
    play.sandbox.deleteReset(all[1])
    #expect(try await play.filtered("id_gt", all[1]).ids == Array(all[2...]))
  }

  @Test func `the token filters`() async throws {
    let play = try Self.play()
    let row = play.sandbox.resets()[2]
    let answer = try await play.filtered("reset_password_token_eq", row.token ?? "")
    #expect(answer.ids == [row.id])
  }

  @Test func `several filters must all hold`() async throws {
    let play = try Self.play()
    let answer = try await play.list([
      ("filter[q][reference_cont]", "a"), ("filter[q][created_at_gteq]", "2026-01-02"),
    ])
    #expect(answer.column("reference") == ["beta", "Alpha 2"])
  }

  @Test(arguments: [
    ("ids", "0,2"), ("id", "1"), ("reference", "alpha,beta"), ("reference_origin", "crm"),
    ("created_at_from", "2026-01-03"), ("created_at_to", "2026-01-03"),
    ("updated_at_from", "2026-01-03"), ("reset_password_at_to", "2026-02-01"),
  ])
  func `plain filters select too`(name: String, value: String) async throws {
    let play = try Self.play()
    let all = play.sandbox.resets().compactMap(\.id)
    let expected: [String: [Int]] = [
      "ids": [0, 2], "id": [1], "reference": [0, 1], "reference_origin": [0, 1, 2, 4],
      "created_at_from": [2, 3, 4], "created_at_to": [0, 1, 2], "updated_at_from": [2, 3, 4],
      "reset_password_at_to": [3],
    ]
    let sent =
      name.hasPrefix("id")
      ? value.split(separator: ",").compactMap { Int($0) }.map { all[$0] }.joined(separator: ",")
      : value
    let answer = try await play.list([("filter[\(name)]", sent)])
    #expect(answer.ids == expected[name]?.map { all[$0] })
  }

  @Test func `relations filter by id`() async throws {
    let play = try Self.play()
    let id = play.id(1)
    let customer = try await play.call(.get, "\(Play.resets)/\(id)/customer")
    let key = try #require(customer["/data/id"]?.text)
    #expect(try await play.list([("filter[customer_id]", key)]).ids == [id])
    #expect(try await play.filtered("customer_id_eq", key).ids == [id])
    let events = try await play.call(.get, "\(Play.resets)/\(id)/events")
    let event = try #require(events.ids.first)
    #expect(try await play.list([("filter[events_id]", event)]).ids == [id])
  }

  @Test(arguments: [
    "filter[foo]", "filter[q][foo_eq]", "filter[q][reference_like]", "filter[customer_email]",
    "filter[q][customer_email]", "filter[q][event_stores_id_eq]", "filter[q][customer_password_eq]",
    "filter[q]", "filter[q][reference_or_foo_eq]",
  ])
  func `unknown filters are refused or ignored`(name: String) async throws {
    let strict = try await Self.play().list([(name, "x")])
    #expect(strict.status == 400)
    #expect(strict.codes == ["FILTER_NOT_ALLOWED"])
    let lenient = try await Self.play { $0.ignoresUnknownFilters = true }.list([(name, "x")])
    #expect(lenient.recordCount == 5)
  }

  @Test(arguments: [
    ("created_at_gt", "yesterday"), ("created_at_gt", "2026-02-30"), ("metadata_jcont", "[1]"),
    ("metadata_jcont", "{"), ("reference_null", "maybe"),
  ])
  func `values of the wrong kind are refused`(key: String, value: String) async throws {
    let answer = try await Self.play().filtered(key, value)
    #expect(answer.status == 400)
    #expect(answer.codes == ["INVALID_FILTER_VALUE"])
  }

  @Test func `matchers can ignore case`() async throws {
    let play = try Self.play { $0.ignoresCaseInMatchers = true }
    #expect(try await play.filtered("reference_start", "ALPHA").ids.count == 2)
  }

  @Test func `indexed and scanned ranges agree`() async throws {
    let play = try Play(generated: 200)
    let all = play.sandbox.resets()
    for bound in [all[20], all[100], all[199]] {
      let time = Instants.text(bound.updatedAt)
      let indexed = try await play.list([
        ("filter[q][updated_at_gteq]", time), ("sort", "updated_at,id"), ("page[size]", "25"),
      ])
      let scanned = try await play.list([
        ("filter[q][updated_at_gteq]", time), ("sort", "updated_at,id"), ("page[size]", "25"),
        ("filter[q][reference_present]", "true"),
      ])
      #expect(indexed.ids == scanned.ids && indexed.recordCount == scanned.recordCount)
      #expect(indexed.ids.first != nil)
    }
  }

  // MARK: Sparse fields and includes

  @Test func `fields select attributes and relationships`() async throws {
    let play = try Self.play()
    let answer = try await play.retrieve(
      play.id(0), [("fields[customer_password_resets]", "id,reference,metadata")])
    #expect(answer["/data/attributes"]?.objectValue?.keys == ["reference", "metadata"])
    #expect(answer["/data/relationships"] == nil)
    #expect(answer["/data/id"]?.text == play.id(0))
    let token = try await play.retrieve(
      play.id(0), [("fields[customer_password_resets]", "reset_password_token")])
    #expect(token["/data/attributes/reset_password_token"]?.text?.count == 20)
  }

  @Test func `fields work on writes`() async throws {
    let play = try Self.play()
    let id = play.id(0)
    let answer = try await play.call(
      .patch, "\(Play.resets)/\(id)",
      query: [("fields[customer_password_resets]", "metadata")],
      body: Play.document("{\"metadata\":{}}", id: id))
    #expect(answer["/data/attributes"]?.objectValue?.keys == ["metadata"])
  }

  @Test(arguments: [
    ("fields[customer_password_resets]", "foo", "INVALID_FIELD"),
    ("fields[customer_password_resets]", "customer_password", "INVALID_FIELD"),
    ("fields[planets]", "name", "INVALID_RESOURCE"),
    ("include", "foo", "INVALID_INCLUDE"), ("include", "event_stores", "INVALID_INCLUDE"),
    ("include", "customer.event_stores", "INVALID_INCLUDE"),
  ])
  func `unknown fields and includes are refused`(
    name: String, value: String, code: String
  ) async throws {
    let answer = try await Self.play().list([(name, value)])
    #expect(answer.status == 400)
    #expect(answer.codes == [code])
  }

  @Test func `includes come once, with linkage, over dot paths`() async throws {
    let play = try Self.play()
    _ = try await play.create("{\"customer_email\":\"a@example.com\"}")
    let answer = try await play.list([("include", "customer.events,events")])
    let included = try #require(answer["/included"]?.arrayValue)
    let keys = included.map { "\($0["type"]?.text ?? "")/\($0["id"]?.text ?? "")" }
    #expect(Set(keys).count == keys.count)
    #expect(keys.filter { $0.hasPrefix("customers/") }.count == 5)
    #expect(answer["/data/0/relationships/customer/data/type"]?.text == "customers")
    #expect(answer["/data/0/relationships/events/data"]?.arrayValue?.count == 1)
    #expect(answer["/data/0/relationships/event_stores/data"] == nil)
    #expect(included.first?["relationships"]?["events"]?["data"] != nil)
  }

  @Test func `an include must be named in fields`() async throws {
    let play = try Self.play()
    let without = try await play.retrieve(
      play.id(0),
      [("include", "customer"), ("fields[customer_password_resets]", "reference")])
    #expect(without["/included"]?.arrayValue?.isEmpty == true)
    let with = try await play.retrieve(
      play.id(0),
      [
        ("include", "customer"), ("fields[customer_password_resets]", "reference,customer"),
        ("fields[customers]", "email"),
      ])
    #expect(with["/included/0/attributes"]?.objectValue?.keys == ["email"])
  }
}

/// Times as the API shows them.
enum Instants {
  static func text(_ time: Timestamp?) -> String { time?.rfc3339 ?? "" }
}
