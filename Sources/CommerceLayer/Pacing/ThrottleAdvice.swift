internal import HTTP

/// What a person can do about a 429 that outlasted all patience, by what is known of it.
struct ThrottleAdvice {
  let kind: RateClass
  /// What the last answer says of the average limit.
  let said: Announced?
  /// What the last answer asks for, in seconds.
  let askedSeconds: Double?
  /// Our requests in the window; nil where none are counted.
  let own: Int?
  /// Requests of others that the server counted.
  let foreign: Int?
  let patienceSeconds: Double

  var text: String {
    if let askedSeconds, askedSeconds > patienceSeconds {
      return "the server asks to wait \(Self.whole(askedSeconds)) s; run again after that"
    }
    if kind == .token {
      return "the token endpoint counts all token requests of this address, 30 a minute; stop "
        + "what else asks for tokens from here, or run again later"
    }
    guard let said else {
      return "the answers don't tell the limits, so something before the API may refuse them, or "
        + "others use it from this address; run again later"
    }
    if said.remaining > 0 {
      return "\(said.remaining) of \(said.limit) requests were still free, so a burst limit or "
        + "something before the API refuses; stop what else uses the API from this address, or "
        + "run again later"
    }
    return byUse(said)
  }

  /// Whole seconds; servers have been known to name numbers that no integer holds.
  private static func whole(_ seconds: Double) -> Int { Int(min(seconds, 1e9).rounded(.up)) }

  private func byUse(_ said: Announced) -> String {
    let window = "\(said.limit) requests in \(Self.whole(said.seconds)) s"
    if let foreign, foreign > 0 {
      return "of the \(window) about \(foreign) were not ours: stop what else uses the API from "
        + "this address, or lower rate_share to leave it room"
    }
    if let own, own < said.limit {
      return "the server counts \(window), \(own) of them ours: others use the API from this "
        + "address, or it counts otherwise; stop them, or lower rate_share"
    }
    return "the \(window) are used up; lower rate_share"
  }
}
