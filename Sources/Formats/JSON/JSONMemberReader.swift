/// Finds members of one object by key; each search begins where the last one ended.
///
/// So members that are asked for in the order in which they stand cost one comparison each.
public struct JSONMemberReader: Sendable {
  private let storage: JSONDocument.Storage
  private let count: Int
  private let first: Int
  private var position = 0
  private var place: Int

  init(_ node: JSONNode) {
    storage = node.storage
    count = node.kind == .object ? node.count : 0
    first = node.index + 1
    place = first
  }

  /// The member with exactly this key, nil where there is none.
  public mutating func member(_ key: StaticString) -> JSONNode? {
    let owner = storage.bytes
    let bytes = owner.span
    let key = unsafe UnsafeBufferPointer(start: key.utf8Start, count: key.utf8CodeUnitCount)
    for _ in 0..<count {
      let value = place + 1
      let isFound = unsafe JSONNode.matches(storage.tape[place], bytes, key)
      position += 1
      if position == count {
        (position, place) = (0, first)
      } else {
        place = Int(storage.tape[value].next)
      }
      if isFound { return JSONNode(storage: storage, index: value) }
    }
    return nil
  }
}

extension JSONNode {
  /// Looks for members in the order in which they are expected; finds nothing in other kinds.
  public var memberReader: JSONMemberReader { JSONMemberReader(self) }

  /// Whether this is a string that reads as another one of the same document, followed by a text
  /// of ASCII; compares bytes, so strings with escapes are never the same.
  public func isText(_ beginning: JSONNode, followedBy end: StaticString) -> Bool {
    let (own, other) = (entry, beginning.entry)
    guard storage === beginning.storage, own.kind == .string, other.kind == .string,
      own.inner.count == other.inner.count + end.utf8CodeUnitCount
    else { return false }
    let owner = storage.bytes
    let bytes = owner.span
    let cut = own.inner.lowerBound + other.inner.count
    guard isSame(bytes, own.inner.lowerBound, bytes, other.inner.lowerBound, other.inner.count)
    else { return false }
    for i in 0..<end.utf8CodeUnitCount where unsafe bytes[cut + i] != end.utf8Start[i] {
      return false
    }
    return true
  }
}
