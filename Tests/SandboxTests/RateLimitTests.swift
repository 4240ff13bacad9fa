import Formats
import HTTP
import Sandbox
import TestKit
import Testing

/// Section 7 of the contract, with the clock moved by hand.
struct RateLimitTests {
  private static func play(
    _ change: (inout SandboxRateLimits) -> Void = { _ in }
  ) throws -> Play {
    try Play(resets: Play.rows(2)) {
      $0.limits = SandboxRateLimits()
      change(&$0.limits)
    }
  }

  /// How many calls pass before the first 429.
  private static func passing(_ play: Play, mode: String = "test", most: Int) async throws -> Int {
    for count in 0..<most {
      let answer = try await play.call(.get, Play.resets, mode: mode)
      if answer.status == 429 { return count }
    }
    return most
  }

  @Test(arguments: [("test", 25), ("live", 50)])
  func `the burst window closes after its figure and slides`(
    mode: String, burst: Int
  ) async throws {
    let play = try Self.play { $0.countsRefused = false }
    _ = try await play.token("admin", mode)
    #expect(try await Self.passing(play, mode: mode, most: 60) == burst)
    play.time.advance(seconds: 9.9)
    #expect(try await Self.passing(play, mode: mode, most: 1) == 0)
    play.time.advance(seconds: 0.2)
    #expect(try await Self.passing(play, mode: mode, most: 1) == 1)
  }

  @Test(arguments: [("test", 100), ("live", 200)])
  func `the average window sums over a minute`(mode: String, average: Int) async throws {
    let play = try Self.play {
      $0.countsRefused = false
      $0.test.burst = 1_000
      $0.live.burst = 1_000
    }
    #expect(try await Self.passing(play, mode: mode, most: 210) == average)
    play.time.advance(seconds: 60.1)
    #expect(try await Self.passing(play, mode: mode, most: 210) == average)
  }

  @Test func `the average sums over endpoints, the burst does not`() async throws {
    let play = try Self.play {
      $0.test = SandboxRateWindows(average: 5, burst: 3)
    }
    #expect(try await Self.passing(play, most: 3) == 3)
    #expect(try await play.call(.get, "/customers").status == 200)
    #expect(try await play.call(.get, "/events").status == 200)
    #expect(try await play.call(.get, "/events").status == 429)
  }

  @Test func `reads and writes share one budget or have two`() async throws {
    for shares in [true, false] {
      let play = try Self.play {
        $0.test = SandboxRateWindows(average: 3, burst: 3)
        $0.sharesReadsAndWrites = shares
      }
      #expect(try await Self.passing(play, most: 3) == 3)
      let write = try await play.patch(play.id(0), "{\"reference\":\"x\"}")
      #expect(write.status == (shares ? 429 : 200))
    }
  }

  @Test func `every answer carries the average limit`() async throws {
    let play = try Self.play()
    let first = try await play.list()
    #expect(first.fields["X-Ratelimit-Limit"] == "100")
    #expect(first.fields["X-Ratelimit-Interval"] == "60")
    #expect(first.fields["X-Ratelimit-Remaining"] == "99")
    #expect(try await play.retrieve("nothing").fields["X-Ratelimit-Remaining"] == "98")
    let live = try await play.call(.get, Play.resets, mode: "live")
    #expect(live.fields["X-Ratelimit-Limit"] == "200")
  }

  @Test func `a refusal looks as it was recorded`() async throws {
    let play = try Self.play { $0.test = SandboxRateWindows(average: 1, burst: 1) }
    _ = try await play.list()
    let answer = try await play.list()
    #expect(answer.status == 429)
    #expect(answer.fields["Content-Type"] == "application/json")
    #expect(answer.fields["Retry-After"] == "0")
    #expect(answer.fields["X-Ratelimit-Remaining"] == "0")
    #expect(answer["/errors/code"]?.text == "THROTTLED")
    #expect(answer["/errors/status"]?.int == 429)
  }

  @Test func `hammering prolongs the block`() async throws {
    let play = try Self.play { $0.test = SandboxRateWindows(average: 5, burst: 5) }
    #expect(try await Self.passing(play, most: 6) == 5)
    for _ in 0..<7 {
      play.time.advance(seconds: 9)
      _ = try await play.list()
    }
    play.time.advance(seconds: 9)
    #expect(try await Self.passing(play, most: 1) == 0)
    play.time.advance(seconds: 60.1)
    #expect(try await Self.passing(play, most: 1) == 1)
  }

  @Test func `token requests have their own limit`() async throws {
    let play = try Self.play()
    let members: JSONObject = ["grant_type": "client_credentials"]
    for _ in 0..<30 { #expect(try await play.requestToken(members).status == 401) }
    let answer = try await play.requestToken(members)
    #expect(answer.status == 429)
    #expect(answer.fields["X-Ratelimit-Limit"] == "30")
    play.time.advance(seconds: 61)
    #expect(try await play.requestToken(members).status == 401)
  }

  @Test func `limits count by forwarded client address for a back end`() async throws {
    let play = try Self.play { $0.test = SandboxRateWindows(average: 1, burst: 1) }
    let token = try await play.token("admin")
    func status(_ address: String, trusted: Bool = true) async throws -> Int {
      let fields = [
        ("Accept", Play.mediaType), ("Authorization", "Bearer \(token)"),
        ("X-True-Client-IP", address),
      ]
      return try await play.send(
        .get, play.address.baseURL + Play.resets,
        fields + (trusted ? [("X-Backend-Auth", "secret")] : [])
      ).status
    }
    #expect(try await status("10.0.0.1") == 200)
    #expect(try await status("10.0.0.2") == 200)
    #expect(try await status("10.0.0.1") == 429)
    #expect(try await status("10.0.0.3", trusted: false) == 200)
    #expect(try await status("10.0.0.4", trusted: false) == 429)
  }

  @Test func `a slow client never meets a limit`() async throws {
    let play = try Self.play()
    for _ in 0..<250 {
      #expect(try await play.list().status == 200)
      play.time.advance(seconds: 0.6)
    }
  }
}
