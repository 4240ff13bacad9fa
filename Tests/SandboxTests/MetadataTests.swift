import Formats
import Sandbox
import TestKit
import Testing

/// Section 4 of the contract: metadata, references, `updated_at`.
struct MetadataTests {
  private static func play(
    _ metadata: String?, options: (inout SandboxOptions) -> Void = { _ in }
  ) throws -> Play {
    try Play(
      resets: [SandboxReset(customerEmail: "a@example.com", metadata: metadata)], options: options)
  }

  private static func raw(_ answer: Play.Answer) -> String? {
    answer["/data/attributes/metadata"]?.written()
  }

  @Test func `a patch replaces the whole object`() async throws {
    let play = try Self.play("{\"foo\":1,\"name\":\"n\"}")
    let answer = try await play.patch(play.id(0), "{\"metadata\":{\"bar\":2,\"name\":\"n\"}}")
    #expect(Self.raw(answer) == "{\"bar\":2,\"name\":\"n\"}")
    #expect(Self.raw(try await play.retrieve(play.id(0))) == "{\"bar\":2,\"name\":\"n\"}")
  }

  @Test func `a patch can merge`() async throws {
    let play = try Self.play("{\"foo\":1}") { $0.mergesMetadata = true }
    let answer = try await play.patch(play.id(0), "{\"metadata\":{\"bar\":null}}")
    #expect(Self.raw(answer) == "{\"foo\":1,\"bar\":null}")
  }

  @Test func `a key set to null stays with null`() async throws {
    let play = try Self.play("{\"foo\":1}")
    let answer = try await play.patch(play.id(0), "{\"metadata\":{\"foo\":null}}")
    #expect(Self.raw(answer) == "{\"foo\":null}")
  }

  @Test func `absent metadata reads as an empty object or as null`() async throws {
    for isNull in [false, true] {
      let play = try Self.play("{\"foo\":1}") { $0.emptyMetadataIsNull = isNull }
      for value in ["null", "{}"] {
        let answer = try await play.patch(play.id(0), "{\"metadata\":\(value)}")
        #expect(Self.raw(answer) == (isNull ? "null" : "{}"))
      }
    }
  }

  @Test func `order and number spelling survive unless jsonb is played`() async throws {
    let spelled = "{\"zz\":1.0,\"a\":12345678901234567890,\"b\":1e2,\"c\":-0}"
    let plain = try Self.play(nil)
    #expect(
      Self.raw(try await plain.patch(plain.id(0), "{\"metadata\":\(spelled)}")) == spelled)
    let jsonb = try Self.play(nil) { $0.normalizesMetadata = true }
    #expect(
      Self.raw(try await jsonb.patch(jsonb.id(0), "{\"metadata\":\(spelled)}"))
        == "{\"a\":12345678901234567890,\"b\":100,\"c\":0,\"zz\":1.0}")
  }

  @Test func `a real change moves updated_at, always forward`() async throws {
    let play = try Self.play(nil)
    let id = play.id(0)
    play.time.advance(seconds: 1.5)
    let first = try await play.patch(id, "{\"metadata\":{\"a\":1}}")
    #expect(first["/data/attributes/updated_at"]?.text == "2026-11-23T10:00:01.500Z")
    #expect(first["/data/attributes/created_at"]?.text == "2026-11-23T10:00:00.000Z")
    let before = try #require(play.sandbox.reset(id)?.updatedAt)
    play.time.jump(to: before.adding(seconds: -60))
    _ = try await play.patch(id, "{\"metadata\":{\"a\":2}}")
    let after = try #require(play.sandbox.reset(id)?.updatedAt)
    #expect(after.microseconds == before.microseconds + 1)
  }

  @Test func `a no-op leaves updated_at alone`() async throws {
    let play = try Self.play("{\"a\":1}")
    let before = play.sandbox.reset(play.id(0))?.updatedAt
    play.time.advance(seconds: 5)
    let answer = try await play.patch(play.id(0), "{\"metadata\":{\"a\":1.0}}")
    #expect(answer.status == 200)
    #expect(play.sandbox.reset(play.id(0))?.updatedAt == before)
    let touching = try Self.play("{\"a\":1}") { $0.touchesOnNoChange = true }
    touching.time.advance(seconds: 5)
    _ = try await touching.patch(touching.id(0), "{\"metadata\":{\"a\":1}}")
    #expect(touching.sandbox.reset(touching.id(0))?.updatedAt != before)
  }

  @Test func `storage is finer than what is shown`() async throws {
    let play = try Self.play(nil)
    let id = play.id(0)
    play.time.advance(seconds: 0.000_400)
    _ = try await play.patch(id, "{\"reference\":\"x\"}")
    let shown = try await play.retrieve(id)["/data/attributes/updated_at"]?.text ?? ""
    #expect(shown == "2026-11-23T10:00:00.000Z")
    // With the shown value the same row comes back for ever: the trap of `_gt`.
    #expect(try await play.filtered("updated_at_gt", shown).recordCount == 1)
    #expect(try await play.filtered("updated_at_gteq", shown).recordCount == 1)
    #expect(try await play.filtered("updated_at_lteq", shown).recordCount == 0)
  }

  @Test func `a seed keeps the exact spelling`() async throws {
    let spelled = "{\"z\":1.50,\"a\":{\"n\":null,\"u\":\"\\u00e9\"}}"
    let seed = try SandboxSeed(
      parsing: Array(
        "{\"resets\":[{\"customer_email\":\"a@x.y\",\"metadata\":\(spelled)}]}".utf8))
    #expect(seed.resets[.test]?.first?.metadata == spelled)
    let play = try Self.play(spelled)
    #expect(try await play.list().text.contains("\"metadata\":\(spelled)"))
  }
}
