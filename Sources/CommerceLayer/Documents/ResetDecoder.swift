internal import Formats
internal import HTTP

/// An answer that is not what the documentation says; the text never holds a value.
struct MalformedDocument: Error, Equatable {
  let reason: String

  init(_ reason: String) { self.reason = reason }
}

/// A page of resets.
struct ResetPage: Equatable {
  var rows: [ResetResource]
  var meta: DocumentMeta

  /// Whether no row follows: fewer than a page holds, and no more than the API counts.
  var isLast: Bool {
    rows.count < APISettings.pageSizeMax && (meta.recordCount ?? 0) <= rows.count
  }
}

/// Reads JSON:API documents of resets, tolerant where the documentation announces changes and
/// strict where a wrong guess would be written somewhere.
struct ResetDecoder {
  static func page(_ answer: HTTPResponse) throws(MalformedDocument) -> ResetPage {
    let root = try Self.root(of: answer.body)
    guard let data = root["data"], data.kind == .array else {
      throw MalformedDocument("the list has no data")
    }
    var rows: [ResetResource] = []
    rows.reserveCapacity(data.count)
    var elements = data.elements
    let meta = DocumentMeta(document: root, first: elements.next())
    for element in data.elements { rows.append(try reset(element, meta)) }
    return ResetPage(rows: rows, meta: meta)
  }

  static func single(
    _ answer: HTTPResponse
  ) throws(MalformedDocument) -> (reset: ResetResource, meta: DocumentMeta) {
    let root = try Self.root(of: answer.body)
    guard let data = root["data"], data.kind == .object else {
      throw MalformedDocument("the answer has no resource")
    }
    let meta = DocumentMeta(document: root, first: data)
    return (try reset(data, meta), meta)
  }

  static func root(of bytes: [UInt8]) throws(MalformedDocument) -> JSONNode {
    let document: JSONDocument
    do {
      document = try JSONDocument(bytes)
    } catch {
      throw MalformedDocument(
        bytes.isEmpty ? "the body is empty" : "the body is not JSON: \(error)")
    }
    guard document.root.kind == .object else {
      throw MalformedDocument("the document is not an object")
    }
    return document.root
  }

  /// Members are asked for in the order in which the API writes them, which is the quick one.
  private static func reset(
    _ node: JSONNode, _ meta: DocumentMeta
  ) throws(MalformedDocument) -> ResetResource {
    var members = node.memberReader
    let (idNode, typeNode) = (members.member("id"), members.member("type"))
    let own = members.member("links").flatMap { $0["self"] }
    let found = members.member("attributes")
    let relationships = members.member("relationships")
    let ownMeta = members.member("meta")
    guard typeNode?.string == ResetResource.type else {
      throw MalformedDocument("a resource is not of type \(ResetResource.type)")
    }
    guard let id = idNode?.string, !id.isEmpty else {
      throw MalformedDocument("a resource has no id")
    }
    guard let found, found.kind == .object else {
      throw MalformedDocument("resource \(id) has no attributes")
    }
    var attributes = found.memberReader
    return ResetResource(
      id: id,
      selfLink: own?.string,
      customerEmail: try text(&attributes, "customer_email"),
      resetPasswordAt: try optionalInstant(&attributes, "reset_password_at"),
      createdAt: try instant(&attributes, "created_at"),
      updatedAt: try instant(&attributes, "updated_at"),
      reference: try text(&attributes, "reference"),
      referenceOrigin: try text(&attributes, "reference_origin"),
      metadata: try metadata(&attributes),
      otherLinks: otherLinks(own, relationships),
      mode: ownMeta?["mode"]?.string ?? meta.mode,
      organizationID: ownMeta?["organization_id"]?.string ?? meta.organizationID)
  }

  private static func text(
    _ attributes: inout JSONMemberReader, _ name: StaticString
  ) throws(MalformedDocument) -> String? {
    guard let node = attributes.member(name), !node.isNull else { return nil }
    guard let text = node.string else {
      throw MalformedDocument("\(name) is not a text")
    }
    return text
  }

  private static func instant(
    _ attributes: inout JSONMemberReader, _ name: StaticString
  ) throws(MalformedDocument) -> RemoteInstant {
    guard let instant = try optionalInstant(&attributes, name) else {
      throw MalformedDocument("\(name) is missing")
    }
    return instant
  }

  private static func optionalInstant(
    _ attributes: inout JSONMemberReader, _ name: StaticString
  ) throws(MalformedDocument) -> RemoteInstant? {
    guard let text = try text(&attributes, name) else { return nil }
    guard let instant = RemoteInstant(text) else {
      throw MalformedDocument("\(name) is not a time of RFC 3339")
    }
    return instant
  }

  private static func metadata(
    _ attributes: inout JSONMemberReader
  ) throws(MalformedDocument) -> [UInt8] {
    guard let node = attributes.member("metadata"), !node.isNull else { return Array("{}".utf8) }
    // Anything else is one reset's own trouble: it is kept as it came, and never written to.
    return Array(node.rawBytes)
  }

  /// The usual links are compared byte by byte and never become texts: six per reset.
  private static func otherLinks(
    _ own: JSONNode?, _ relationships: JSONNode?
  ) -> [String: ResourceLinks]? {
    if let own, let relationships, hasUsualLinks(own, relationships) { return nil }
    var found: [String: ResourceLinks] = [:]
    for name in ResetResource.relations {
      guard let links = relationships?[name]?["links"], links.kind == .object else { continue }
      found[name] = ResourceLinks(
        relationship: links["self"]?.string, related: links["related"]?.string)
    }
    return found
  }

  private static func hasUsualLinks(_ own: JSONNode, _ relationships: JSONNode) -> Bool {
    var members = relationships.memberReader
    return usual.allSatisfy { usual in
      guard var links = members.member(usual.name)?["links"]?.memberReader else { return false }
      return links.member("self")?.isText(own, followedBy: usual.relationship) ?? false
        && links.member("related")?.isText(own, followedBy: usual.related) ?? false
    }
  }

  /// What the usual links add to the address of the reset, by relation.
  private static let usual:
    [(name: StaticString, relationship: StaticString, related: StaticString)] =
      [
        ("customer", "/relationships/customer", "/customer"),
        ("events", "/relationships/events", "/events"),
        ("event_stores", "/relationships/event_stores", "/event_stores"),
      ]
}
