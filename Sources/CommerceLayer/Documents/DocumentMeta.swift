internal import Formats

/// What an answer says about itself; each member may stand at the resource, at the document, or
/// be absent (CommerceLayer#The-resource).
struct DocumentMeta: Equatable {
  var mode: String?
  var organizationID: String?
  var traceID: String?
  /// How many records match the request's filters, on lists.
  var recordCount: Int?

  init() {}

  init(document root: JSONNode, first resource: JSONNode?) {
    mode = Self.find("mode", resource, root)
    organizationID = Self.find("organization_id", resource, root)
    traceID = Self.find("trace_id", resource, root)
    let count = root["meta"]?["record_count"]
    recordCount = count?.int ?? count?.string.flatMap { Int($0) }
  }

  static func find(_ name: String, _ inner: JSONNode?, _ root: JSONNode) -> String? {
    inner?["meta"]?[name]?.string ?? root["meta"]?[name]?.string
  }
}
