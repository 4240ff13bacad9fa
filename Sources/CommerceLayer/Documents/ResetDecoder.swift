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

  private static func reset(
    _ node: JSONNode, _ meta: DocumentMeta
  ) throws(MalformedDocument) -> ResetResource {
    guard node["type"]?.string == ResetResource.type else {
      throw MalformedDocument("a resource is not of type \(ResetResource.type)")
    }
    guard let id = node["id"]?.string, !id.isEmpty else {
      throw MalformedDocument("a resource has no id")
    }
    guard let attributes = node["attributes"], attributes.kind == .object else {
      throw MalformedDocument("resource \(id) has no attributes")
    }
    let own = node["meta"]
    return ResetResource(
      id: id,
      selfLink: node["links"]?["self"]?.string,
      customerEmail: try text(attributes, "customer_email"),
      resetPasswordAt: try optionalInstant(attributes, "reset_password_at"),
      createdAt: try instant(attributes, "created_at"),
      updatedAt: try instant(attributes, "updated_at"),
      reference: try text(attributes, "reference"),
      referenceOrigin: try text(attributes, "reference_origin"),
      metadata: try metadata(attributes),
      otherLinks: otherLinks(node),
      mode: own?["mode"]?.string ?? meta.mode,
      organizationID: own?["organization_id"]?.string ?? meta.organizationID)
  }

  private static func text(
    _ attributes: JSONNode, _ name: String
  ) throws(MalformedDocument) -> String? {
    guard let node = attributes[name], !node.isNull else { return nil }
    guard let text = node.string else {
      throw MalformedDocument("\(name) is not a text")
    }
    return text
  }

  private static func instant(
    _ attributes: JSONNode, _ name: String
  ) throws(MalformedDocument) -> RemoteInstant {
    guard let instant = try optionalInstant(attributes, name) else {
      throw MalformedDocument("\(name) is missing")
    }
    return instant
  }

  private static func optionalInstant(
    _ attributes: JSONNode, _ name: String
  ) throws(MalformedDocument) -> RemoteInstant? {
    guard let text = try text(attributes, name) else { return nil }
    guard let instant = RemoteInstant(text) else {
      throw MalformedDocument("\(name) is not a time of RFC 3339")
    }
    return instant
  }

  private static func metadata(_ attributes: JSONNode) throws(MalformedDocument) -> [UInt8] {
    guard let node = attributes["metadata"], !node.isNull else { return Array("{}".utf8) }
    guard node.kind == .object else { throw MalformedDocument("metadata is not an object") }
    return Array(node.rawBytes)
  }

  /// The usual links are compared byte by byte and never become texts: six per reset.
  private static func otherLinks(_ node: JSONNode) -> [String: ResourceLinks]? {
    let own = node["links"]?["self"]
    let relationships = node["relationships"]
    if let own, own.kind == .string, let relationships, hasUsualLinks(own, relationships) {
      return nil
    }
    var found: [String: ResourceLinks] = [:]
    for name in ResetResource.relations {
      guard let links = relationships?[name]?["links"], links.kind == .object else { continue }
      found[name] = ResourceLinks(
        relationship: links["self"]?.string, related: links["related"]?.string)
    }
    return found
  }

  private static func hasUsualLinks(_ own: JSONNode, _ relationships: JSONNode) -> Bool {
    let prefix = own.rawBytes.dropLast()
    return tails.allSatisfy { tail in
      guard let links = relationships[tail.name]?["links"] else { return false }
      return isText(links["self"], prefix, tail.relationship)
        && isText(links["related"], prefix, tail.related)
    }
  }

  private static func isText(
    _ node: JSONNode?, _ prefix: ArraySlice<UInt8>, _ tail: [UInt8]
  ) -> Bool {
    guard let bytes = node?.rawBytes, bytes.count == prefix.count + tail.count else { return false }
    return bytes.starts(with: prefix) && bytes.dropFirst(prefix.count).elementsEqual(tail)
  }

  /// What the usual links add to the address of the reset, with the closing quote.
  private static let tails = ResetResource.relations.map { name in
    (
      name: name, relationship: Array("/relationships/\(name)\"".utf8),
      related: Array("/\(name)\"".utf8)
    )
  }
}
