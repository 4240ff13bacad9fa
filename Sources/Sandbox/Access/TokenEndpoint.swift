import Formats
import HTTP

/// `/oauth/token` and `/oauth/revoke` (CommerceLayer#Access).
struct TokenEndpoint {
  let options: SandboxOptions
  let now: Int64
  let random: UInt64

  /// An error of the token endpoint, whose status is a number.
  struct Refusal: Error {
    let status: Int
    let title: String
    let code: String
    let detail: String

    static let invalidClient = Refusal(
      status: 401, title: "invalid_client", code: "UNAUTHORIZED",
      detail: "Client authentication failed due to unknown client, no client authentication "
        + "included, or unsupported authentication method.")
    static func badRequest(_ title: String, _ detail: String) -> Refusal {
      Refusal(status: 400, title: title, code: "BAD_REQUEST", detail: detail)
    }
  }

  /// Answers a request to one of the two paths.
  func answer(
    _ request: HTTPServerRequest, path: String, tokens: inout AccessTokens
  ) -> HTTPServerResponse {
    do throws(Refusal) {
      guard request.method == .post else {
        throw Refusal(
          status: 405, title: "method_not_allowed", code: "METHOD_NOT_ALLOWED",
          detail: "Only POST is supported.")
      }
      let fields = try parameters(request)
      let body = try path == "revoke" ? revoke(fields, &tokens) : token(fields, &tokens)
      return Self.response(200, body)
    } catch {
      return Self.response(error.status, errorBody(error))
    }
  }

  private func token(
    _ fields: [String: String], _ tokens: inout AccessTokens
  ) throws(Refusal) -> [UInt8] {
    guard let grantType = fields["grant_type"] else {
      throw .badRequest("invalid_request", "Missing required parameter: grant_type.")
    }
    guard grantType == "client_credentials" else {
      throw .badRequest(
        "unsupported_grant_type", "The sandbox supports the client_credentials grant only.")
    }
    let credential = try credential(fields)
    let scope = fields["scope"].flatMap { $0.isEmpty ? nil : $0 }
    try check(scope, for: credential)
    let (token, grant) = tokens.issue(
      credential, scope: scope, options: options, random: random, now: now)
    var writer = ByteWriter(capacityBytes: 2_048)
    writer.raw("{\"access_token\":")
    writer.string(token)
    writer.raw(",\"token_type\":\"bearer\",\"expires_in\":")
    writer.integer(Int((grant.expiresAt - now) / 1_000_000))
    writer.raw(",\"scope\":")
    writer.string(scope ?? "market:all")
    writer.raw(",\"created_at\":")
    writer.integer(Int(grant.issuedAt / 1_000_000))
    writer.raw("}")
    return writer.bytes
  }

  private func revoke(
    _ fields: [String: String], _ tokens: inout AccessTokens
  ) throws(Refusal) -> [UInt8] {
    _ = try credential(fields)
    guard let token = fields["token"] else {
      throw .badRequest("invalid_request", "Missing required parameter: token.")
    }
    tokens.revoke(token)
    return Array("{}".utf8)
  }

  private func credential(
    _ fields: [String: String]
  ) throws(Refusal) -> SandboxCredential {
    guard let id = fields["client_id"],
      let credential = options.credentials.first(where: { $0.clientID == id })
    else { throw .invalidClient }
    if credential.role != .salesChannel, fields["client_secret"] != credential.clientSecret {
      throw .invalidClient
    }
    return credential
  }

  /// Scopes are `market|store|stock_location:id|code:value`, separated by blanks.
  private func check(
    _ scope: String?, for credential: SandboxCredential
  ) throws(Refusal) {
    guard let scope else {
      if credential.role != .salesChannel { return }
      throw .badRequest("invalid_scope", "A sales channel needs a market or store scope.")
    }
    for part in scope.split(separator: " ") {
      let pieces = part.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      let isKnown =
        pieces.count >= 2 && !pieces[1].isEmpty
        && ["market", "store", "stock_location"].contains(pieces[0])
      let isOldForm = pieces.count == 2 && (pieces[1] == "all" || Int(pieces[1]) != nil)
      let isNewForm = pieces.count == 3 && ["id", "code"].contains(pieces[1]) && !pieces[2].isEmpty
      guard isKnown, isOldForm || isNewForm else {
        throw .badRequest("invalid_scope", "The requested scope is invalid or unknown.")
      }
    }
  }

  /// The members of a JSON object or of a form.
  private func parameters(_ request: HTTPServerRequest) throws(Refusal) -> [String: String] {
    let type = request.fields["Content-Type"]?.lowercased() ?? ""
    var fields: [String: String] = [:]
    if type.hasPrefix("application/x-www-form-urlencoded") {
      guard let items = HTTPQueryItem.form(request.body) else {
        throw .badRequest("invalid_request", "The form is malformed.")
      }
      for item in items { fields[item.name] = item.value }
      return fields
    }
    guard let object = (try? JSONValue(parsing: request.body))?.objectValue else {
      throw .badRequest("invalid_request", "The body is neither a JSON object nor a form.")
    }
    for member in object { fields[member.key.value] = member.value.text }
    return fields
  }

  private func errorBody(_ error: Refusal) -> [UInt8] {
    var writer = ByteWriter()
    writer.raw(
      text: options.tokenErrorsAsObject ? "{\"errors\":{\"title\":" : "{\"errors\":[{\"title\":")
    writer.string(error.title)
    writer.raw(",\"detail\":")
    writer.string(error.detail)
    writer.raw(",\"code\":")
    writer.string(error.code)
    writer.raw(",\"status\":")
    writer.integer(error.status)
    writer.raw(",\"meta\":{\"error\":")
    writer.string(error.title)
    writer.raw(text: options.tokenErrorsAsObject ? "}}}" : "}}]}")
    return writer.bytes
  }

  private static func response(_ status: Int, _ body: [UInt8]) -> HTTPServerResponse {
    HTTPServerResponse(
      status: status,
      fields: HTTPFields([
        ("Content-Type", "application/json; charset=utf-8"), ("Cache-Control", "no-store"),
      ]), body: body)
  }
}
