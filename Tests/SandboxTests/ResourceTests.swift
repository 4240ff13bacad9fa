import Formats
import HTTP
import Sandbox
import TestKit
import Testing

/// Sections 2 and 3 of the contract: headers, shapes, the life of a reset.
struct ResourceTests {
  @Test(arguments: [nil, "application/json", "*/*", "application/vnd.api+json; version=1"])
  func `another Accept is not acceptable`(accept: String?) async throws {
    let play = try Play()
    let token = try await play.token("admin")
    // The transport sends its own Accept unless one is given; empty means none.
    let answer = try await play.send(
      .get, play.address.baseURL + Play.resets,
      [("Authorization", "Bearer \(token)")] + (accept.map { [("Accept", $0)] } ?? []))
    #expect(answer.status == 406)
    #expect(answer.codes == ["NOT_ACCEPTABLE"])
  }

  @Test func `wildcards can be acceptable`() async throws {
    let play = try Play { $0.acceptsWildcard = true }
    let token = try await play.token("admin")
    let answer = try await play.send(
      .get, play.address.baseURL + Play.resets,
      [("Authorization", "Bearer \(token)"), ("Accept", "*/*")])
    #expect(answer.status == 200)
  }

  @Test(arguments: [nil, "application/json", "application/vnd.api+json; charset=utf-8"])
  func `another content type of a write is unsupported`(type: String?) async throws {
    let play = try Play(resets: Play.rows(1))
    let token = try await play.token("admin")
    let answer = try await play.send(
      .patch, "\(play.address.baseURL)\(Play.resets)/\(play.id(0))",
      [("Authorization", "Bearer \(token)"), ("Accept", Play.mediaType)]
        + (type.map { [("Content-Type", $0)] } ?? []),
      body: Play.document("{}", id: play.id(0)))
    #expect(answer.status == 415)
    #expect(answer.codes == ["UNSUPPORTED_MEDIA_TYPE"])
  }

  @Test func `create answers 201 with the documented shape`() async throws {
    let play = try Play(resets: Play.rows(1))
    let answer = try await play.create(
      """
      {"customer_email":"c0@example.com","reference":"crm-1","reference_origin":"crm",
       "metadata":{"foo":"bar"}}
      """)
    #expect(answer.status == 201)
    #expect(answer.fields["Content-Type"] == Play.mediaType)
    let id = try #require(answer["/data/id"]?.text)
    #expect(id.count == 10 && id.allSatisfy(\.isLetter))
    let link = "\(play.address.baseURL)\(Play.resets)/\(id)"
    #expect(answer["/data/links/self"]?.text == link)
    #expect(answer.fields["Location"] == link)
    #expect(
      answer["/data/attributes"]?.objectValue?.keys == [
        "customer_email", "reset_password_token", "reset_password_at", "created_at", "updated_at",
        "reference", "reference_origin", "metadata",
      ])
    #expect(answer["/data/attributes/created_at"]?.text == "2026-11-23T10:00:00.000Z")
    #expect(answer["/data/attributes/reset_password_at"] == .null)
    #expect(answer["/data/attributes/reset_password_token"]?.text?.count == 20)
    for name in ["customer", "events", "event_stores"] {
      let base = "/data/relationships/\(name)"
      #expect(answer["\(base)/links/self"]?.text == "\(link)/relationships/\(name)")
      #expect(answer["\(base)/links/related"]?.text == "\(link)/\(name)")
      #expect(answer["\(base)/data"] == nil)
    }
    #expect(answer["/data/meta/organization_id"]?.text == "xRRkjDFafe")
    #expect(answer["/data/meta/trace_id"]?.text?.count == 64)
  }

  @Test func `retrieve and delete answer 200, 204 and then 404`() async throws {
    let play = try Play(resets: Play.rows(2))
    let id = play.id(0)
    #expect(try await play.retrieve(id)["/data/attributes/reference"]?.text == "ref-0")
    let deleted = try await play.call(.delete, "\(Play.resets)/\(id)")
    #expect(deleted.status == 204)
    #expect(deleted.text.isEmpty && deleted.fields["Content-Type"] == nil)
    let gone = try await play.retrieve(id)
    #expect(gone.status == 404)
    #expect(gone.codes == ["RECORD_NOT_FOUND"])
    #expect(
      gone["/errors/0/detail"]?.text
        == "The requested resource was not found. Please double-check the resource id.")
    #expect(try await play.call(.delete, "\(Play.resets)/\(id)").status == 404)
    #expect(try await play.list().recordCount == 1)
  }

  @Test func `the status of an error can be a number`() async throws {
    let play = try Play { $0.errorStatusAsNumber = true }
    #expect(try await play.retrieve("abcdefghij")["/errors/0/status"]?.int == 404)
    play.sandbox.options.errorStatusAsNumber = false
    #expect(try await play.retrieve("abcdefghij")["/errors/0/status"]?.text == "404")
  }

  @Test func `other methods are not allowed`() async throws {
    let play = try Play(resets: Play.rows(1))
    let put = try await play.call(.put, "\(Play.resets)/\(play.id(0))", body: "{}")
    #expect(put.status == 405)
    #expect(put.fields["Allow"] == "GET, HEAD, PATCH, DELETE")
    #expect(try await play.call(.delete, Play.resets).status == 405)
    let trace = try await play.call(.trace, Play.resets)
    #expect(trace.status == 405)
    #expect(trace.fields["Allow"] == "GET, HEAD, POST")
  }

  @Test(arguments: [
    ("not json", 400, "BAD_REQUEST"),
    ("[]", 400, "BAD_REQUEST"),
    ("{}", 400, "PARAM_MISSING"),
    ("{\"data\":{\"attributes\":{}}}", 400, "PARAM_MISSING"),
    ("{\"data\":{\"type\":\"customers\",\"attributes\":{}}}", 400, "TYPE_MISMATCH"),
    ("{\"data\":{\"type\":\"customer_password_resets\"}}", 400, "PARAM_MISSING"),
    (Play.document("{\"foo\":1}"), 400, "PARAM_NOT_ALLOWED"),
    (Play.document("{\"reset_password_at\":null}"), 400, "PARAM_NOT_ALLOWED"),
    (Play.document("{\"customer_password\":\"x\"}"), 400, "PARAM_NOT_ALLOWED"),
    (Play.document("{}", id: "abcdefghij"), 400, "PARAM_NOT_ALLOWED"),
    (Play.document("{}"), 422, "VALIDATION_ERROR"),
    (Play.document("{\"customer_email\":\"nobody@example.com\"}"), 422, "VALIDATION_ERROR"),
    (
      Play.document("{\"customer_email\":\"c0@example.com\",\"metadata\":[]}"), 422,
      "VALIDATION_ERROR"
    ),
  ])
  func `a create that can't be is refused`(
    body: String, status: Int, code: String
  ) async throws {
    let play = try Play(resets: Play.rows(1))
    let answer = try await play.call(.post, Play.resets, body: body)
    #expect(answer.status == status)
    #expect(answer.codes == [code])
    #expect(play.sandbox.resets().count == 1)
  }

  @Test func `a missing e-mail is a validation error with pointer and meta`() async throws {
    let answer = try await Play().create("{\"reference\":\"x\"}")
    #expect(answer.status == 422)
    #expect(answer["/errors/0/title"]?.text == "can't be blank")
    #expect(answer["/errors/0/detail"]?.text == "customer_email - can't be blank")
    #expect(answer["/errors/0/source/pointer"]?.text == "/data/attributes/customer_email")
    #expect(answer["/errors/0/meta/error"]?.text == "blank")
    #expect(answer["/errors/0/status"]?.text == "422")
  }

  @Test func `an update needs the id of its URL`() async throws {
    let play = try Play(resets: Play.rows(2))
    let path = "\(Play.resets)/\(play.id(0))"
    let answer = try await play.call(
      .patch, path, body: Play.document("{}", id: play.id(1)))
    #expect(answer.status == 400)
    #expect(answer.codes == ["KEY_NOT_INCLUDED_IN_URL"])
    #expect(
      answer["/errors/0/detail"]?.text == "The URL does not support the key \(play.id(1))")
    #expect(try await play.call(.patch, path, body: Play.document("{}")).status == 400)
  }

  @Test(arguments: ["customer_email", "created_at", "updated_at", "reset_password_token", "foo"])
  func `read-only and unknown attributes of an update are refused`(name: String) async throws {
    let play = try Play(resets: Play.rows(1))
    let answer = try await play.patch(play.id(0), "{\"\(name)\":\"x\"}")
    #expect(answer.status == 400)
    #expect(answer.codes == ["PARAM_NOT_ALLOWED"])
  }

  @Test func `an empty relationships object is harmless`() async throws {
    let play = try Play(resets: Play.rows(1))
    let id = play.id(0)
    let answer = try await play.call(
      .patch, "\(Play.resets)/\(id)",
      body: """
        {"data":{"type":"customer_password_resets","id":"\(id)",
         "attributes":{"reference":"x"},"relationships":{}}}
        """)
    #expect(answer.status == 200)
  }

  @Test func `duplicate references are allowed and null clears them`() async throws {
    let play = try Play(resets: Play.rows(2))
    #expect(try await play.patch(play.id(1), "{\"reference\":\"ref-0\"}").status == 200)
    let cleared = try await play.patch(
      play.id(1), "{\"reference\":null,\"reference_origin\":null}")
    #expect(cleared["/data/attributes/reference"] == .null)
    #expect(cleared["/data/attributes/reference_origin"] == .null)
  }

  @Test func `the token resets the password once`() async throws {
    let play = try Play(resets: Play.rows(1))
    let created = try await play.create("{\"customer_email\":\"c0@example.com\"}")
    let id = try #require(created["/data/id"]?.text)
    let token = try #require(created["/data/attributes/reset_password_token"]?.text)
    let attributes = "{\"customer_password\":\"s3cret\",\"_reset_password_token\":\"\(token)\"}"
    play.time.advance(seconds: 60)
    let done = try await play.patch(id, attributes, role: "sales_channel")
    #expect(done.status == 200)
    #expect(done["/data/attributes/reset_password_at"]?.text == "2026-11-23T10:01:00.000Z")
    #expect(!done.text.contains("s3cret") && !done.text.contains("_reset_password_token\""))
    let again = try await play.patch(id, attributes)
    #expect(again.status == 422)
    #expect(again.codes == ["VALIDATION_ERROR"])
  }

  @Test func `a wrong or expired token resets nothing`() async throws {
    let play = try Play(resets: Play.rows(1))
    let id = play.id(0)
    let token = try #require(play.sandbox.reset(id)?.token)
    let wrong = try await play.patch(
      id, "{\"customer_password\":\"x\",\"_reset_password_token\":\"no\",\"reference\":\"y\"}")
    #expect(wrong.status == 422)
    #expect(play.sandbox.reset(id)?.reference == "ref-0")
    #expect(try await play.patch(id, "{\"customer_password\":\"x\"}").status == 422)
    play.time.advance(seconds: 6 * 3_600)
    play.forgetTokens()
    let late = try await play.patch(
      id, "{\"customer_password\":\"x\",\"_reset_password_token\":\"\(token)\"}")
    #expect(late.status == 422)
    #expect(late["/errors/0/meta/error"]?.text == "expired")
    #expect(play.sandbox.reset(id)?.resetAt == nil)
  }

  @Test func `a used token can read as null and guests can be refused`() async throws {
    let play = try Play(resets: Play.rows(1)) {
      $0.clearsUsedResetToken = true
      $0.refusesGuests = true
    }
    let id = play.id(0)
    let token = try #require(play.sandbox.reset(id)?.token)
    let done = try await play.patch(
      id, "{\"customer_password\":\"x\",\"_reset_password_token\":\"\(token)\"}")
    #expect(done["/data/attributes/reset_password_token"] == .null)
    var guest = SandboxSeed.Customer(email: "guest@example.com")
    guest.hasPassword = false
    play.sandbox.createCustomer(guest)
    let refused = try await play.create("{\"customer_email\":\"guest@example.com\"}")
    #expect(refused.status == 422)
  }

  @Test(arguments: SandboxMetaPlacement.allCases)
  func `meta stands where the option says`(placement: SandboxMetaPlacement) async throws {
    let play = try Play(resets: Play.rows(1)) { $0.meta = placement }
    let one = try await play.retrieve(play.id(0))
    let many = try await play.list()
    let inResource = placement == .resource || placement == .both
    let inDocument = placement == .document || placement == .both
    #expect((one["/data/meta/mode"]?.text == "test") == inResource)
    #expect((one["/meta/mode"]?.text == "test") == inDocument)
    #expect((many["/data/0/meta/trace_id"] != nil) == inResource)
    #expect((many["/meta/organization_id"] != nil) == inDocument)
    #expect(many.recordCount == 1)
  }

  @Test func `customers can be created, read and updated`() async throws {
    let play = try Play()
    let created = try await play.call(
      .post, "/customers",
      body: Play.document("{\"email\":\"new@example.com\",\"password\":\"pw\"}", type: "customers"))
    #expect(created.status == 201)
    #expect(created["/data/attributes/has_password"]?.boolValue == true)
    #expect(!created.text.contains("\"password\""))
    let id = try #require(created["/data/id"]?.text)
    let patched = try await play.call(
      .patch, "/customers/\(id)",
      body: Play.document(
        "{\"metadata\":{\"vip\":true},\"_add_tags\":\"a\",\"_request_anonymization\":false}",
        id: id, type: "customers"))
    #expect(patched["/data/attributes/metadata/vip"]?.boolValue == true)
    let twice = try await play.call(
      .post, "/customers", body: Play.document("{\"email\":\"new@example.com\"}", type: "customers")
    )
    #expect(twice["/errors/0/meta/error"]?.text == "taken")
    #expect(try await play.call(.get, "/customers").recordCount == 1)
  }

  @Test func `related resources and linkage answer`() async throws {
    let play = try Play(resets: Play.rows(1))
    let path = "\(Play.resets)/\(play.id(0))"
    let customer = try await play.call(.get, path + "/customer")
    #expect(customer["/data/type"]?.text == "customers")
    #expect(customer["/data/attributes/email"]?.text == "c0@example.com")
    let linkage = try await play.call(.get, path + "/relationships/customer")
    #expect(linkage["/data/id"] == customer["/data/id"])
    let events = try await play.call(.get, path + "/events")
    #expect(events.column("name") == ["customer_password_resets.create"])
    let all = try await play.call(
      .get, "/events",
      query: [
        ("filter[q][name_start]", "customer_password_resets")
      ])
    #expect(all.recordCount == 1)
    let event = try #require(all.ids.first)
    #expect(try await play.call(.get, "/events/\(event)").status == 200)
  }

  @Test func `deleting a customer takes its resets along`() async throws {
    let play = try Play(resets: Play.rows(2))
    let customer = try await play.call(.get, "\(Play.resets)/\(play.id(0))/customer")
    let id = try #require(customer["/data/id"]?.text)
    #expect(try await play.call(.delete, "/customers/\(id)").status == 204)
    #expect(try await play.list().column("reference") == ["ref-1"])
  }
}
