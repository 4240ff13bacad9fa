import HTTP

/// An answer that need not come from the API itself: 429 and 5xx in all body kinds.
struct FaultAnswer {
  let status: Int
  let body: SandboxErrorBody
  let retryAfter: String?

  func response(statusAsNumber: Bool) -> HTTPServerResponse {
    var fields = HTTPFields()
    var writer = ByteWriter()
    let code = status == 429 ? "THROTTLED" : "INTERNAL_SERVER_ERROR"
    let title = ResponsePhrase.text(status)
    let error = APIError(status, code, title, title)
    switch body {
    case .object:
      fields.append("Content-Type", "application/json")
      writer.raw("{\"errors\":{\"title\":")
      writer.string(title)
      writer.raw(",\"code\":")
      writer.string(code)
      writer.raw(",\"status\":")
      writer.integer(status)
      writer.raw("}}")
    case .array:
      fields.append("Content-Type", APIExchange.mediaType)
      writer.errors([error], statusAsNumber: false)
    case .html:
      fields.append("Content-Type", "text/html; charset=UTF-8")
      writer.raw(
        text: "<html>\r\n<head><title>\(status) \(title)</title></head>\r\n"
          + "<body><center><h1>\(status) \(title)</h1></center></body>\r\n</html>\r\n")
    case .empty: break
    case .json:
      fields.append("Content-Type", "application/json")
      writer.raw("{\"message\":")
      writer.string(title)
      writer.raw("}")
    }
    if let retryAfter { fields.append("Retry-After", retryAfter) }
    return HTTPServerResponse(status: status, fields: fields, body: writer.bytes)
  }
}

private enum ResponsePhrase {
  static func text(_ status: Int) -> String {
    switch status {
    case 429: "Too Many Requests"
    case 500: "Internal Server Error"
    case 502: "Bad Gateway"
    case 503: "Service Unavailable"
    case 504: "Gateway Timeout"
    default: "Status \(status)"
    }
  }
}

/// The faults that are due at one request, sorted by when they act.
struct Played {
  /// Instead of an answer, without applying the request.
  enum Early {
    case answer(FaultAnswer)
    case delivery(HTTPDelivery)

    func response(statusAsNumber: Bool) -> HTTPServerResponse {
      switch self {
      case .answer(let answer): return answer.response(statusAsNumber: statusAsNumber)
      case .delivery(let delivery):
        var response = HTTPServerResponse(status: 500)
        response.delivery = delivery
        return response
      }
    }
  }

  private(set) var early: Early?
  private(set) var changes: [SandboxChange] = []
  private(set) var revokesToken = false
  private(set) var leaksToken = false
  private(set) var shownMode: String?
  private(set) var shownOrganizationID: String?
  private(set) var pagePosition: Int?
  private var late: [SandboxFault.Action] = []

  /// Takes one due action; `position` is its rule's.
  mutating func take(_ action: SandboxFault.Action, _ position: Int) {
    switch action {
    case .respond(let status, let body, let retryAfter):
      early = .answer(FaultAnswer(status: status, body: body, retryAfter: retryAfter))
    case .resetBefore: early = .delivery(.reset)
    case .closeBefore: early = .delivery(.closeWithoutAnswer)
    case .hang: early = .delivery(.hang)
    case .revokeToken: revokesToken = true
    case .leakToken: leaksToken = true
    case .change(let change): changes.append(change)
    case .repeatPage, .cyclePages: pagePosition = position
    case .meta(let mode, let organizationID):
      shownMode = mode ?? shownMode
      shownOrganizationID = organizationID ?? shownOrganizationID
    default: late.append(action)
    }
  }

  /// Plays what happens to an answer on its way.
  func finish(_ response: HTTPServerResponse) -> HTTPServerResponse {
    var response = response
    for action in late {
      switch action {
      case .resetAfter: response.delivery = .reset
      case .closeAfter: response.delivery = .closeWithoutAnswer
      case .hangAfter: response.delivery = .hang
      case .delay(let seconds): response.delaySeconds = seconds
      case .trickle(let bytes, let seconds):
        response.delivery = .trickle(bytes: bytes, everySeconds: seconds)
      case .truncate(let bytes, let reset):
        response.delivery = .truncated(afterBytes: bytes, reset: reset)
      case .invalidJSON: response.body = Array(response.body.prefix(response.body.count * 2 / 3))
      case .body(let text, let mediaType):
        response.body = Array(text.utf8)
        response.fields["Content-Type"] = mediaType
      case .mediaType(let mediaType): response.fields["Content-Type"] = mediaType
      default: break
      }
    }
    return response
  }
}
