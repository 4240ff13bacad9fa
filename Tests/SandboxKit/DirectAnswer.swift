public import HTTP

/// What becomes of an answer of the sandbox where no socket carries it.
public enum DirectAnswer: Sendable {
  /// It arrives.
  case arrives(HTTPResponse)
  /// It is lost on the way, which the real transport would report so.
  case lost(HTTPTransportError)
  /// Nothing comes until the one who asked has waited long enough.
  case hangs

  /// Faults of delivery become what the client of a real server would see.
  public init(_ answer: HTTPServerResponse, fields: HTTPFields) {
    let whole = HTTPResponse(status: answer.status, fields: fields, body: answer.body)
    switch answer.delivery {
    case .whole: self = .arrives(whole)
    case .chunked: self = .lost(.malformedAnswer("not HTTP"))
    case .custom(let delivery):
      switch delivery.name {
      case "trickle": self = .arrives(whole)
      case "truncated": self = .lost(.malformedAnswer("cut short"))
      case "hang": self = .hangs
      default: self = .lost(.outcomeUnknown("connection lost"))
      }
    }
  }
}
