import Effects
import Formats
import HTTP
import Sandbox
import TestKit
import Testing

/// A sandbox on loopback with a hand-moved clock, and a client that speaks to it over real HTTP.
final class Play: Sendable {
  static let mediaType = "application/vnd.api+json"
  static let resets = "/customer_password_resets"

  let sandbox: Sandbox
  let time: ManualTime
  let address: SandboxAddress
  private let transport = CurlTransport(settings: TransportSettings(userAgent: "sandbox-tests"))
  private let tokens = Lock<[String: String]>([:])

  init(
    resets: [SandboxReset] = [], faults: [SandboxFault] = [], generated: Int = 0,
    options: (inout SandboxOptions) -> Void = { _ in }
  ) throws {
    var chosen = SandboxOptions()
    chosen.limits = .unlimited
    options(&chosen)
    var seed = SandboxSeed(options: chosen)
    seed.resets[.test] = resets
    seed.faults = faults
    seed.generatedResets = generated
    time = ManualTime()
    sandbox = Sandbox(seed: seed, time: time, random: SeededRandom(seed: 7))
    address = try sandbox.start()
  }

  deinit {
    sandbox.stop(.immediately)
  }

  /// A sandbox with so many resets of one customer each: `c0@example.com`, `ref-0`, origin `crm`.
  static func rows(_ count: Int) -> [SandboxReset] {
    (0..<count).map {
      SandboxReset(
        customerEmail: "c\($0)@example.com", reference: "ref-\($0)", referenceOrigin: "crm",
        metadata: "{\"number\":\($0)}")
    }
  }

  struct Answer {
    let status: Int
    let fields: HTTPFields
    let text: String
    var json: JSONValue { (try? JSONValue(parsing: text)) ?? .null }
    subscript(pointer: String) -> JSONValue? {
      JSONPointer(pointer).flatMap { json[$0] }
    }
    /// The codes of the errors.
    var codes: [String] { (json["errors"]?.arrayValue ?? []).compactMap { $0["code"]?.text } }
    /// The values of an attribute over a page.
    func column(_ name: String) -> [String?] {
      (json["data"]?.arrayValue ?? []).map { $0["attributes"]?[name]?.text }
    }
    var ids: [String] { (json["data"]?.arrayValue ?? []).compactMap { $0["id"]?.text } }
    var recordCount: Int? { self["/meta/record_count"]?.int }
  }

  func send(
    _ method: HTTPMethod, _ url: String, _ fields: [(String, String)], body: String = ""
  ) async throws(HTTPTransportError) -> Answer {
    let response = try await transport.send(
      HTTPRequest(method, url, fields: HTTPFields(fields), body: Array(body.utf8)))
    return Answer(
      status: response.status, fields: response.fields,
      text: String(decoding: response.body, as: UTF8.self))
  }

  /// A token request; `extra` goes into the JSON body.
  func requestToken(_ members: JSONObject) async throws -> Answer {
    try await send(
      .post, address.tokenURL, [("Content-Type", "application/json")], body: members.written())
  }

  /// The access token of a role and mode, asked for once.
  func token(_ role: String, _ mode: String = "test") async throws -> String {
    let name = "\(role)-\(mode)"
    if let known = tokens.withLock({ $0[name] }) { return known }
    var members: JSONObject = [
      "grant_type": "client_credentials", "client_id": .string("\(name)-client"),
    ]
    if role == "sales_channel" {
      members["scope"] = "market:id:xYZkjABcde"
    } else {
      members["client_secret"] = .string("\(name)-secret")
    }
    let answer = try await requestToken(members)
    let token = try #require(answer["/access_token"]?.text)
    tokens.withLock { $0[name] = token }
    return token
  }

  func forgetTokens() {
    tokens.withLock { $0 = [:] }
  }

  /// One API call with good headers.
  func call(
    _ method: HTTPMethod, _ path: String, query: [(String, String)] = [], body: String = "",
    role: String = "admin", mode: String = "test"
  ) async throws -> Answer {
    var url = address.baseURL + path
    if !query.isEmpty {
      url +=
        "?"
        + query.map { PercentCoding.encoded($0) + "=" + PercentCoding.encoded($1) }
        .joined(separator: "&")
    }
    let token = try await token(role, mode)
    var fields = [("Accept", Self.mediaType), ("Authorization", "Bearer \(token)")]
    if !body.isEmpty { fields.append(("Content-Type", Self.mediaType)) }
    return try await send(method, url, fields, body: body)
  }

  func list(_ query: [(String, String)] = []) async throws -> Answer {
    try await call(.get, Self.resets, query: query)
  }

  /// Lists with one `filter[q]`.
  func filtered(_ key: String, _ value: String) async throws -> Answer {
    try await list([("filter[q][\(key)]", value), ("page[size]", "25"), ("sort", "id")])
  }

  func retrieve(_ id: String, _ query: [(String, String)] = []) async throws -> Answer {
    try await call(.get, "\(Self.resets)/\(id)", query: query)
  }

  func patch(
    _ id: String, _ attributes: String, role: String = "admin", mode: String = "test"
  ) async throws -> Answer {
    try await call(
      .patch, "\(Self.resets)/\(id)", body: Self.document(attributes, id: id), role: role,
      mode: mode)
  }

  func create(_ attributes: String) async throws -> Answer {
    try await call(.post, Self.resets, body: Self.document(attributes))
  }

  static func document(
    _ attributes: String, id: String? = nil, type: String = "customer_password_resets"
  ) -> String {
    let id = id.map { "\"id\":\"\($0)\"," } ?? ""
    return "{\"data\":{\(id)\"type\":\"\(type)\",\"attributes\":\(attributes)}}"
  }

  /// The id of the row that was added so-many-th.
  func id(_ index: Int) -> String {
    sandbox.resets()[index].id ?? ""
  }
}
