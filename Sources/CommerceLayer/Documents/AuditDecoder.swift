internal import Formats
internal import HTTP

/// Reads the documents around a reset: its audit trail, its events, its customer.
struct AuditDecoder {
  /// Attributes whose values must not be seen.
  private static let secretFields: Set<String> = [
    "reset_password_token", "_reset_password_token", "customer_password", "password",
  ]

  /// The changes of one page, and the cursor of the next page.
  static func changes(
    _ answer: HTTPResponse
  ) throws(MalformedDocument) -> (changes: [RemoteChange], entries: Int, next: String?) {
    let root = try ResetDecoder.root(of: answer.body)
    let data = try list(root)
    let next = root["links"]?["next"]?.string
    return (data.flatMap(changes(of:)), data.count, next.flatMap(cursor(in:)))
  }

  private static func changes(of entry: JSONNode) -> [RemoteChange] {
    guard let attributes = entry["attributes"], let payload = attributes["payload"] else {
      return []
    }
    let who = self.who(attributes["who"])
    let at = attributes["created_at"]?.string.flatMap(RemoteInstant.init)
    return payload.members.compactMap { field, change in
      guard !secretFields.contains(field) else { return nil }
      let (from, to) = values(change)
      return RemoteChange(
        field: field, from: from, to: to, who: who, at: at,
        event: attributes["event"]?.string ?? "update", entryID: entry["id"]?.string ?? "")
    }
  }

  /// Samples show `{"from", "to"}`, the published schema shows a pair.
  private static func values(_ change: JSONNode) -> (from: JSONValue, to: JSONValue) {
    switch change.kind {
    case .object where change["from"] != nil || change["to"] != nil:
      return (change["from"]?.value ?? .null, change["to"]?.value ?? .null)
    case .array where change.count == 2:
      let pair = change.elements.map(\.value)
      return (pair[0], pair[1])
    default: return (.null, change.value)
    }
  }

  private static func who(_ node: JSONNode?) -> String {
    guard let node, node.kind == .object else { return "unknown" }
    let application = node["application"].flatMap { name($0, kind: "kind") }
    let owner = node["owner"].flatMap { name($0, kind: "type") }
    let worker = node["worker"].flatMap { $0.string ?? name($0, kind: "type") }
    if let owner { return application.map { "\(owner) via \($0)" } ?? owner }
    return application ?? worker ?? "unknown"
  }

  private static func name(_ node: JSONNode, kind: String) -> String? {
    let parts = [node[kind]?.string, node["id"]?.string].compactMap { $0 }
    return parts.isEmpty ? nil : parts.joined(separator: " ")
  }

  /// The value of `page[after]` in a link; the link itself is never followed.
  static func cursor(in link: String) -> String? {
    guard let query = link.split(separator: "?", maxSplits: 1).dropFirst().first else { return nil }
    for pair in query.split(separator: "&") {
      let parts = pair.split(separator: "=", maxSplits: 1)
      guard parts.count == 2, PercentCoding.decoded(parts[0].utf8) == "page[after]" else {
        continue
      }
      return PercentCoding.decoded(parts[1].utf8)
    }
    return nil
  }

  static func events(_ answer: HTTPResponse) throws(MalformedDocument) -> [RemoteEvent] {
    try list(try ResetDecoder.root(of: answer.body)).compactMap { node in
      guard let id = node["id"]?.string, let name = node["attributes"]?["name"]?.string else {
        return nil
      }
      let at = node["attributes"]?["created_at"]?.string.flatMap(RemoteInstant.init)
      return RemoteEvent(id: id, name: name, at: at)
    }
  }

  static func customer(_ answer: HTTPResponse) throws(MalformedDocument) -> RemoteCustomer? {
    let root = try ResetDecoder.root(of: answer.body)
    guard let data = root["data"], data.kind == .object, let id = data["id"]?.string else {
      return nil
    }
    let attributes = data["attributes"]
    return RemoteCustomer(
      id: id, email: attributes?["email"]?.string, status: attributes?["status"]?.string,
      hasPassword: attributes?["has_password"]?.bool,
      reference: attributes?["reference"]?.string,
      referenceOrigin: attributes?["reference_origin"]?.string)
  }

  private static func list(_ root: JSONNode) throws(MalformedDocument) -> [JSONNode] {
    guard let data = root["data"], data.kind == .array else {
      throw MalformedDocument("the list has no data")
    }
    return Array(data.elements)
  }
}
