import CommerceLayer
import Formats
import HTTP
import Sandbox
import Testing

@Suite struct ResetDecoderTests {
  private func retrieve(_ body: String) async throws -> ResetResource? {
    try await ScriptedBench([.success(json(200, body))]).client().retrieve("XAyRWNUzyN")
  }

  @Test func `a resource is read whole, metadata byte for byte`() async throws {
    let reset = try #require(await retrieve("{\"data\":\(resource("XAyRWNUzyN"))}"))
    #expect(reset.id == "XAyRWNUzyN")
    #expect(reset.customerEmail == "john@example.com")
    #expect(reset.resetPasswordAt == nil)
    #expect(reset.updatedAt.text == "2026-01-01T12:00:00.000Z")
    #expect(reset.reference == "crm-1")
    #expect(reset.metadata == Array("{\"b\":1.0,\"a\":12345678901234567890}".utf8))
    #expect(reset.links["customer"]?.related == "r")
    #expect(reset.mode == "test")
  }

  private func links(_ own: String, _ name: String) -> String {
    "\"\(name)\":{\"links\":{\"self\":\"\(own)/relationships/\(name)\","
      + "\"related\":\"\(own)/\(name)\"}}"
  }

  @Test func `links below the reset are the usual ones, however they are escaped`() async throws {
    let own = "https://x/XAyRWNUzyN"
    let all = ["customer", "events", "event_stores"].map { links(own, $0) }
    let odd = "\"relationships\":{\"customer\":{\"links\":{\"self\":\"s\",\"related\":\"r\"}}}"
    let body = resource("XAyRWNUzyN").replacing(
      odd, with: "\"relationships\":{\(all.joined(separator: ","))}")
    let reset = try #require(await retrieve("{\"data\":\(body)}"))
    #expect(reset.hasUsualLinks)
    #expect(reset.links["events"]?.related == own + "/events")
    #expect(reset.links["event_stores"]?.relationship == own + "/relationships/event_stores")

    let escaped = try #require(
      await retrieve("{\"data\":\(body.replacing("/", with: "\\/"))}"))
    #expect(escaped.links == reset.links)
    let fewer = body.replacing(all[2], with: "\"x\":{}")
    let partly = try #require(await retrieve("{\"data\":\(fewer)}"))
    #expect(!partly.hasUsualLinks)
    #expect(partly.links.keys.sorted() == ["customer", "events"])
  }

  @Test func `links and mode come from a server that honours the named fields`() async throws {
    let bench = Bench(rows: 2)
    let id = try #require(bench.sandbox.resets().first?.id)
    let client = try bench.client()
    for reset in [try await client.retrieve(id), try await client.retrieve(ids: [id]).first] {
      let reset = try #require(reset)
      #expect(reset.hasUsualLinks && reset.selfLink?.hasSuffix("/" + id) == true)
      #expect(reset.mode == "test")
    }
    let changed = try await client.update(id, PatchAttributes(metadata: ["a": 1]))
    #expect(changed.hasUsualLinks)
  }

  @Test func `secrets in an answer reach nothing`() async throws {
    let secrets = ",\"reset_password_token\":\"t0psecret\",\"customer_password\":\"t0psecret\""
    let reset = try #require(
      await retrieve("{\"data\":\(resource("XAyRWNUzyN", extra: secrets))}"))
    var dumped = ""
    dump(reset, to: &dumped)
    #expect(!dumped.contains("t0psecret"))
  }

  @Test(arguments: ["null", "{}"])
  func `null and empty metadata are the same`(_ metadata: String) async throws {
    let body = resource("XAyRWNUzyN").replacing(
      "{\"b\":1.0,\"a\":12345678901234567890}", with: metadata)
    let reset = try #require(await retrieve("{\"data\":\(body)}"))
    #expect(reset.metadata == Array("{}".utf8))
  }

  @Test(arguments: [
    ("{\"mode\":\"test\"}", ""), ("{\"created_with_version\":1}", ",\"meta\":{\"mode\":\"test\"}"),
    ("{}", ""), ("null", ",\"meta\":null"),
  ])
  func `meta may stand at the resource, at the document, or nowhere`(
    _ inner: String, _ outer: String
  ) async throws {
    #expect(
      try await retrieve("{\"data\":\(resource("XAyRWNUzyN", meta: inner))\(outer)}") != nil)
  }

  @Test(arguments: [
    "{\"data\":\(resource("XAyRWNUzyN", meta: "{\"mode\":\"live\"}"))}",
    "{\"data\":\(resource("XAyRWNUzyN", meta: "{}")),\"meta\":{\"mode\":\"live\"}}",
  ])
  func `data of the other mode stops everything`(_ body: String) async {
    #expect(await failure { try await retrieve(body) }?.kind == .wrongMode)
  }

  @Test func `data of another organization stops everything`() async {
    let body = resource("XAyRWNUzyN", meta: "{\"organization_id\":\"other\"}")
    #expect(await failure { try await retrieve("{\"data\":\(body)}") }?.kind == .wrongOrganization)
  }

  @Test(arguments: [
    "", "null", "[]", "{}", "{\"data\":null}", "{\"data\":[]}", "<html></html>",
    "{\"data\":{\"id\":\"XAyRWNUzyN\",\"type\":\"customers\",\"attributes\":{}}}",
    "{\"data\":{\"type\":\"customer_password_resets\",\"attributes\":{}}}",
    "{\"data\":{\"id\":\"XAyRWNUzyN\",\"type\":\"customer_password_resets\"}}",
    "{\"data\":{\"id\":\"XAyRWNUzyN\",\"type\":\"customer_password_resets\",\"attributes\":{}}}",
    "{\"data\":" + resource("XAyRWNUzyN", updated: "yesterday") + "}",
    "{\"data\":" + resource("XAyRWNUzyN", extra: ",\"a\":1") + "",
    "{\"data\":" + resource("other") + "}",
  ])
  func `what the documentation doesn't know is refused, after trying again`(
    _ body: String
  ) async throws {
    let error = await failure { try await retrieve(body) }
    #expect(error?.kind == .incompatible)
    #expect(error?.description.contains("john@example.com") == false)
  }
}
