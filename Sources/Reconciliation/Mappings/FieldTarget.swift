public import Formats

/// Where in the metadata a managed field lives.
public enum FieldTarget: Sendable, Hashable {
  /// A top-level key.
  case key(String)
  /// A JSON pointer through objects (RFC 6901).
  case pointer(JSONPointer)

  /// The target of this spelling: a pointer when it starts with `/`, nil for empty or broken ones.
  public init?(_ text: String) {
    guard text.hasPrefix("/") else {
      guard !text.isEmpty else { return nil }
      self = .key(text)
      return
    }
    guard let pointer = JSONPointer(text), pointer.tokens != [""] else { return nil }
    self = .pointer(pointer)
  }

  /// The keys from the top of the metadata to the value.
  public var path: [String] {
    switch self {
    case .key(let key): [key]
    case .pointer(let pointer): pointer.tokens
    }
  }

  /// Whether one target lies inside the other or is the same.
  public func overlaps(_ other: FieldTarget) -> Bool {
    zip(path, other.path).allSatisfy { $0 == $1 }
  }

  /// What the metadata holds here; `.blocked` when a parent is there and no object.
  public func read(_ metadata: JSONObject) -> TargetReading {
    if case .key(let key) = self { return .value(metadata[key].map(FieldValue.present) ?? .absent) }
    var object = metadata
    let path = path
    for (depth, token) in path.dropLast().enumerated() {
      guard let child = object[token] else { return .value(.absent) }
      guard case .object(let next) = child else {
        return .blocked(parent: JSONPointer(tokens: Array(path[...depth])).text)
      }
      object = next
    }
    return .value(object[path[path.count - 1]].map(FieldValue.present) ?? .absent)
  }

  /// The metadata with this value here and everything else untouched.
  ///
  /// Missing parents are made for a present value, and an absent one removes the last key only.
  /// Nil when a parent is no object.
  public func write(_ value: FieldValue, into metadata: JSONObject) -> JSONObject? {
    guard case .value(let held) = read(metadata) else { return nil }
    if held == .absent, value == .absent { return metadata }
    return Self.write(value, at: path[...], into: metadata)
  }

  /// How many parents of the value a write makes in this object; 0 where all of them are there.
  public func parentsMissing(in metadata: JSONObject) -> Int {
    var object = metadata
    for (depth, token) in path.dropLast().enumerated() {
      guard case .object(let next)? = object[token] else { return path.count - 1 - depth }
      object = next
    }
    return 0
  }

  /// The metadata without those of the nearest parents, at most so many, that hold nothing.
  func withoutEmptyParents(_ count: Int, in metadata: JSONObject) -> JSONObject {
    var metadata = metadata
    for depth in 0..<min(count, path.count - 1) {
      let parent = FieldTarget.pointer(JSONPointer(tokens: path.dropLast(depth + 1)))
      guard case .value(let held) = parent.read(metadata), held.json == .object([:]),
        let less = parent.write(.absent, into: metadata)
      else { return metadata }
      metadata = less
    }
    return metadata
  }

  private static func write(
    _ value: FieldValue, at path: ArraySlice<String>, into object: JSONObject
  ) -> JSONObject? {
    guard let token = path.first else { return nil }
    var changed = object
    if path.count == 1 {
      changed[token] = value.json
      return changed
    }
    let child: JSONObject
    switch object[token] {
    case nil: child = JSONObject()
    case .object(let existing)?: child = existing
    default: return nil
    }
    guard let written = write(value, at: path.dropFirst(), into: child) else { return nil }
    changed[token] = .object(written)
    return changed
  }
}

/// What a target finds in metadata.
public enum TargetReading: Sendable, Hashable {
  /// The value there.
  case value(FieldValue)
  /// A parent on the way is no object; its pointer.
  case blocked(parent: String)
}
