/// The members of a JSON object in their order; equal to another whatever the order.
public struct JSONObject: Sendable, Hashable, Sequence, ExpressibleByDictionaryLiteral {
  /// One key with its value.
  public typealias Member = (key: JSONText, value: JSONValue)

  /// Above this many members a comparison builds an index first.
  private static let linearMax = 16

  /// The members in order, keys as written.
  public private(set) var members: [Member]

  /// An object of these members; of two with one key the later value stands at the earlier place.
  public init(_ members: [(String, JSONValue)] = []) {
    self.members = []
    self.members.reserveCapacity(members.count)
    guard members.count > Self.linearMax else {
      for (key, value) in members {
        if let place = self.members.firstIndex(where: { $0.key.value == key }) {
          self.members[place].value = value
        } else {
          self.members.append((JSONText(key), value))
        }
      }
      return
    }
    var places: [String: Int] = [:]
    for (key, value) in members {
      if let place = places[key] {
        self.members[place].value = value
      } else {
        places[key] = self.members.count
        self.members.append((JSONText(key), value))
      }
    }
  }

  /// An object of these members.
  public init(dictionaryLiteral elements: (String, JSONValue)...) { self.init(elements) }

  init(unique members: [Member]) { self.members = members }

  /// How many members there are.
  public var count: Int { members.count }

  /// Whether there are no members.
  public var isEmpty: Bool { members.isEmpty }

  /// The keys in order.
  public var keys: [String] { members.map(\.key.value) }

  /// Walks the members in order.
  public func makeIterator() -> IndexingIterator<[Member]> { members.makeIterator() }

  /// The value of a key.
  ///
  /// Setting keeps the place and the key's spelling, a new key goes last, nil removes.
  public subscript(key: String) -> JSONValue? {
    get { index(of: key).map { members[$0].value } }
    set {
      switch (index(of: key), newValue) {
      case (let place?, let value?): members[place].value = value
      case (let place?, nil): members.remove(at: place)
      case (nil, let value?): members.append((JSONText(key), value))
      case (nil, nil): break
      }
    }
  }

  /// The exact key first; else one that is canonically equivalent.
  private func index(of key: String) -> Int? {
    guard let place = members.firstIndex(where: { $0.key.value == key }) else { return nil }
    if members[place].key.value.utf8.elementsEqual(key.utf8) { return place }
    return members.firstIndex { $0.key.value.utf8.elementsEqual(key.utf8) } ?? place
  }

  /// Equal when both have the same keys with equal values, in whatever order.
  public static func == (a: JSONObject, b: JSONObject) -> Bool {
    guard a.count == b.count else { return false }
    if zip(a.members, b.members).allSatisfy({ $0.key == $1.key && $0.value == $1.value }) {
      return true
    }
    if a.count <= linearMax { return a.pairs(with: b) }
    return a.grouped() == b.grouped()
  }

  /// Takes each of our members out of `other`'s once.
  private func pairs(with other: JSONObject) -> Bool {
    var left = other.members
    for member in members {
      guard
        let place = left.firstIndex(where: { $0.key == member.key && $0.value == member.value })
      else { return false }
      left.swapAt(place, left.count - 1)
      left.removeLast()
    }
    return true
  }

  /// Values by key; several where keys are equivalent, told apart by count.
  private func grouped() -> [JSONText: [JSONValue: Int]] {
    var groups: [JSONText: [JSONValue: Int]] = [:]
    for (key, value) in members { groups[key, default: [:]][value, default: 0] += 1 }
    return groups
  }

  /// Hashes the members, whatever their order.
  public func hash(into hasher: inout Hasher) {
    var mixed = 0
    for (key, value) in members {
      var own = Hasher()
      own.combine(key)
      own.combine(value)
      mixed ^= own.finalize()
    }
    hasher.combine(mixed)
    hasher.combine(count)
  }

  /// The object as compact JSON, spellings kept.
  public func written() -> String { JSONValue.object(self).written() }
}
