/// A strictly checked JSON text (RFC 8259) over one byte buffer; decoded only where asked for.
///
/// Memory: the bytes themselves and 16 bytes per value and key.
public struct JSONDocument: Sendable {
  final class Storage: Sendable {
    let bytes: [UInt8]
    let tape: [JSONTapeEntry]

    init(bytes: [UInt8], tape: [JSONTapeEntry]) {
      self.bytes = bytes
      self.tape = tape
    }

    // A span needs an owner on the stack, so each of these takes hold of the bytes first.

    func string(_ entry: JSONTapeEntry) -> String {
      let bytes = bytes
      guard entry.isFlagged else { return Formats.text(of: bytes.span, entry.inner) }
      return JSONEscapes.string(JSONEscapes.decode(bytes.span, entry.inner))
    }

    func number(_ entry: JSONTapeEntry) -> JSONNumber {
      let bytes = bytes
      return JSONNumber(checked: Formats.text(of: bytes.span, entry.range))
    }

    func text(_ entry: JSONTapeEntry) -> JSONText {
      let bytes = bytes
      return JSONText(body: bytes.span, entry.inner, escaped: entry.isFlagged)
    }
  }

  let storage: Storage

  /// Checks a whole text; refuses a byte order mark, trailing commas, duplicate keys and whatever
  /// else RFC 8259 does not allow.
  public init(_ bytes: [UInt8], limits: JSONLimits = .standard) throws(JSONError) {
    try self.init(bytes, limits: limits, syntax: .strict)
  }

  /// Checks a text in which names may occur several times in one object.
  public init(repeatingNames bytes: [UInt8], limits: JSONLimits = .standard) throws(JSONError) {
    let syntax = JSONSyntax(comments: false, trailingCommas: false, repeatedNames: true)
    try self.init(bytes, limits: limits, syntax: syntax)
  }

  init(_ bytes: [UInt8], limits: JSONLimits, syntax: JSONSyntax) throws(JSONError) {
    var scanner = JSONScanner(syntax: syntax, limits: limits)
    do throws(JSONFault) {
      try scanner.scan(bytes.span)
    } catch {
      throw JSONError(error, in: bytes)
    }
    storage = Storage(bytes: bytes, tape: scanner.tape)
  }

  /// The value of the whole text.
  public var root: JSONNode { JSONNode(storage: storage, index: 0) }

  /// The bytes as given.
  public var bytes: [UInt8] { storage.bytes }

  /// Finds lines and columns of node offsets; build it once and keep it where many are asked for.
  public func lineIndex() -> LineIndex { LineIndex(storage.bytes) }
}

/// A place in a `JSONDocument`: cheap to copy, keeps the document alive.
public struct JSONNode: Sendable {
  let storage: JSONDocument.Storage
  let index: Int

  var entry: JSONTapeEntry { storage.tape[index] }

  /// The kind of the value.
  public var kind: JSONKind { entry.kind }

  /// Whether this is `null`.
  public var isNull: Bool { kind == .null }

  /// The byte offset of the value in its text, counted from 0.
  public var offset: Int { Int(entry.start) }

  /// The exact bytes of the value in its text.
  public var rawBytes: ArraySlice<UInt8> { storage.bytes[entry.range] }

  /// How many elements or members there are; 0 for other kinds.
  public var count: Int { entry.count }

  /// The decoded string, nil for other kinds; lone surrogates appear as U+FFFD.
  public var string: String? {
    let entry = entry
    return entry.kind == .string ? storage.string(entry) : nil
  }

  /// The boolean, nil for other kinds.
  public var bool: Bool? { entry.kind == .bool ? entry.isFlagged : nil }

  /// The number as written, nil for other kinds.
  public var number: JSONNumber? {
    let entry = entry
    return entry.kind == .number ? storage.number(entry) : nil
  }

  /// The number as an exact `Int`, nil for other kinds and other numbers.
  public var int: Int? { number?.int }

  /// The value as a tree of its own, without the document.
  public var value: JSONValue {
    var index = index
    return Self.tree(storage, &index)
  }

  /// The elements of an array; empty for other kinds.
  public var elements: Elements { Elements(container: self) }

  /// The members of an object; empty for other kinds.
  public var members: Members { Members(container: self) }

  /// The member with exactly this key, nil where there is none or this is no object.
  public subscript(key: String) -> JSONNode? {
    guard entry.kind == .object else { return nil }
    var key = key
    return key.withUTF8 { unsafe member($0) }.map { JSONNode(storage: storage, index: $0) }
  }

  private func member(_ key: UnsafeBufferPointer<UInt8>) -> Int? {
    let owner = storage.bytes
    let bytes = owner.span
    var place = index + 1
    for _ in 0..<entry.count {
      let candidate = storage.tape[place]
      if unsafe Self.matches(candidate, bytes, key) { return place + 1 }
      place = Int(storage.tape[place + 1].next)
    }
    return nil
  }

  static func matches(
    _ entry: JSONTapeEntry, _ bytes: Span<UInt8>, _ key: UnsafeBufferPointer<UInt8>
  ) -> Bool {
    if entry.isFlagged {
      let decoded = JSONEscapes.decode(bytes, entry.inner)
      return unsafe !decoded.hasLone && decoded.bytes.elementsEqual(key)
    }
    guard entry.inner.count == key.count else { return false }
    let start = Int(entry.start) + 1
    for i in 0..<key.count where unsafe bytes[start + i] != key[i] { return false }
    return true
  }

  /// Builds the tree at a tape index and moves the index past it; depth is bounded by `depthMax`.
  private static func tree(_ storage: JSONDocument.Storage, _ index: inout Int) -> JSONValue {
    let entry = storage.tape[index]
    index += 1
    switch entry.kind {
    case .null: return .null
    case .bool: return .bool(entry.isFlagged)
    case .number: return .number(storage.number(entry))
    case .string: return .string(storage.text(entry))
    case .array:
      var elements: [JSONValue] = []
      elements.reserveCapacity(entry.count)
      for _ in 0..<entry.count { elements.append(tree(storage, &index)) }
      return .array(elements)
    case .object:
      var members: [JSONObject.Member] = []
      members.reserveCapacity(entry.count)
      for _ in 0..<entry.count {
        let key = storage.text(storage.tape[index])
        index += 1
        members.append((key, tree(storage, &index)))
      }
      return .object(JSONObject(unique: members))
    }
  }
}

extension JSONNode {
  /// The elements of an array, in order.
  public struct Elements: Sequence, IteratorProtocol, Sendable {
    private let storage: JSONDocument.Storage
    private var left: Int
    private var place: Int

    init(container: JSONNode) {
      storage = container.storage
      left = container.kind == .array ? container.count : 0
      place = container.index + 1
    }

    /// The next element.
    public mutating func next() -> JSONNode? {
      guard left > 0 else { return nil }
      left -= 1
      defer { place = Int(storage.tape[place].next) }
      return JSONNode(storage: storage, index: place)
    }
  }

  /// The members of an object, in order.
  public struct Members: Sequence, IteratorProtocol, Sendable {
    private let storage: JSONDocument.Storage
    private var left: Int
    private var place: Int

    init(container: JSONNode) {
      storage = container.storage
      left = container.kind == .object ? container.count : 0
      place = container.index + 1
    }

    /// The next member: its decoded key and its value.
    public mutating func next() -> (key: String, value: JSONNode)? {
      guard left > 0 else { return nil }
      left -= 1
      let key = JSONNode(storage: storage, index: place)
      let value = JSONNode(storage: storage, index: place + 1)
      place = Int(value.entry.next)
      return (key.string ?? "", value)
    }
  }
}
