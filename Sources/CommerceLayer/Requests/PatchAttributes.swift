public import Formats

/// What a change may touch: nothing but `metadata`, `reference` and `reference_origin`.
///
/// The body of a PATCH is built from this list; a password can't be put into it.
public struct PatchAttributes: Sendable, Equatable {
  /// What happens to a text.
  public enum Change: Sendable, Equatable {
    /// It is left out of the request.
    case leave
    /// It becomes null.
    case clear
    /// It becomes this.
    case set(String)
  }

  /// The exact JSON text of the whole new metadata object; nil leaves it as it is.
  public let metadata: [UInt8]?
  /// The external identifier.
  public let reference: Change
  /// The external system.
  public let referenceOrigin: Change

  /// Takes metadata as JSON text, byte for byte; throws `misconfigured` unless it is an object.
  public init(
    metadataText: [UInt8]? = nil, reference: Change = .leave, referenceOrigin: Change = .leave
  ) throws(APIError) {
    if let metadataText {
      let document = try? JSONDocument(metadataText)
      guard document?.root.kind == .object else {
        throw APIError(.misconfigured, "metadata must be a JSON object")
      }
    }
    metadata = metadataText
    self.reference = reference
    self.referenceOrigin = referenceOrigin
  }

  /// Takes metadata as a tree, which is written without loss.
  public init(
    metadata: JSONObject, reference: Change = .leave, referenceOrigin: Change = .leave
  ) {
    self.metadata = Array(metadata.written().utf8)
    self.reference = reference
    self.referenceOrigin = referenceOrigin
  }

  /// Whether there is nothing to change.
  public var isEmpty: Bool { metadata == nil && reference == .leave && referenceOrigin == .leave }

  /// The JSON:API document for the reset of that id.
  func body(id: String) -> [UInt8] {
    var members: [[UInt8]] = []
    if let metadata { members.append(Array("\"metadata\":".utf8) + metadata) }
    if let text = Self.written(reference) { members.append(Array("\"reference\":\(text)".utf8)) }
    if let text = Self.written(referenceOrigin) {
      members.append(Array("\"reference_origin\":\(text)".utf8))
    }
    let head = "{\"data\":{\"type\":\"\(ResetResource.type)\",\"id\":"
    return Array((head + JSONValue.string(id).written() + ",\"attributes\":{").utf8)
      + members.joined(separator: [UInt8(ascii: ",")]) + Array("}}}".utf8)
  }

  private static func written(_ change: Change) -> String? {
    switch change {
    case .leave: nil
    case .clear: "null"
    case .set(let text): JSONValue.string(text).written()
    }
  }
}
