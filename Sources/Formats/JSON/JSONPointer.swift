/// A path to a value inside a JSON value, RFC 6901.
public struct JSONPointer: Sendable, Hashable, CustomStringConvertible {
  /// The pointer as written.
  public let text: String
  /// The reference tokens, `~1` and `~0` decoded.
  public let tokens: [String]

  /// A pointer from its text: empty or starting with `/`; nil where `~` is not followed by 0 or 1.
  public init?(_ text: String) {
    guard text.isEmpty || text.utf8.first == 0x2F else { return nil }
    var tokens: [String] = []
    for part in text.utf8.split(separator: 0x2F, omittingEmptySubsequences: false).dropFirst() {
      guard let token = Self.decode(part) else { return nil }
      tokens.append(token)
    }
    self.text = text
    self.tokens = tokens
  }

  /// A pointer from its tokens.
  public init(tokens: [String]) {
    self.tokens = tokens
    text = tokens.map { "/" + Self.encode($0) }.joined()
  }

  /// The pointer as written.
  public var description: String { text }

  private static func decode(_ part: Substring.UTF8View) -> String? {
    var out: [UInt8] = []
    var escape = false
    for byte in part {
      if escape {
        guard byte == 0x30 || byte == 0x31 else { return nil }
        out.append(byte == 0x30 ? 0x7E : 0x2F)
        escape = false
      } else if byte == 0x7E {
        escape = true
      } else {
        out.append(byte)
      }
    }
    return escape ? nil : String(decoding: out, as: UTF8.self)
  }

  private static func encode(_ token: String) -> String {
    var out: [UInt8] = []
    for byte in token.utf8 {
      switch byte {
      case 0x7E: out.append(contentsOf: [0x7E, 0x30])
      case 0x2F: out.append(contentsOf: [0x7E, 0x31])
      default: out.append(byte)
      }
    }
    return String(decoding: out, as: UTF8.self)
  }

  /// An array index: digits without a leading zero.
  static func index(_ token: String) -> Int? {
    guard token == "0" || token.utf8.first != 0x30, token.utf8.allSatisfy(isDigit) else {
      return nil
    }
    return Int(token)
  }
}

/// Why a value can't be written through a pointer.
public enum JSONPointerError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The value at `parent` is neither an object nor missing, so it can't have members.
  case parentIsNoObject(pointer: String, parent: String, kind: JSONKind)
  /// The pointer is empty: the whole value can't be removed.
  case wholeValue

  /// What is wrong and where.
  public var description: String {
    switch self {
    case .parentIsNoObject(let pointer, let parent, let kind):
      "\(pointer): its parent \(parent.isEmpty ? "(the whole value)" : parent) is \(kind.words), "
        + "not an object"
    case .wholeValue: "the empty pointer names the whole value, which can't be removed"
    }
  }
}

extension JSONValue {
  /// The value at a pointer, through objects and arrays; nil where there is none.
  public subscript(pointer: JSONPointer) -> JSONValue? {
    var value = self
    for token in pointer.tokens {
      switch value {
      case .object(let object):
        guard let member = object[token] else { return nil }
        value = member
      case .array(let elements):
        guard let index = JSONPointer.index(token), index < elements.count else { return nil }
        value = elements[index]
      default: return nil
      }
    }
    return value
  }

  /// This value with another one at a pointer; missing parents become objects.
  ///
  /// Throws `parentIsNoObject` where a parent is something else; arrays are not written into.
  public func setting(
    _ pointer: JSONPointer, to value: JSONValue
  ) throws(JSONPointerError) -> JSONValue {
    try changing(pointer, 0, to: value)
  }

  /// This value without the member at a pointer; unchanged where there is none, parents stay.
  ///
  /// Throws `parentIsNoObject` where a parent is something else, `wholeValue` for the empty
  /// pointer.
  public func removing(_ pointer: JSONPointer) throws(JSONPointerError) -> JSONValue {
    guard !pointer.tokens.isEmpty else { throw .wholeValue }
    return try changing(pointer, 0, to: nil)
  }

  private func changing(
    _ pointer: JSONPointer, _ level: Int, to value: JSONValue?
  ) throws(JSONPointerError) -> JSONValue {
    guard level < pointer.tokens.count else { return value ?? self }
    guard case .object(var object) = self else {
      let parent = JSONPointer(tokens: Array(pointer.tokens.prefix(level))).text
      throw .parentIsNoObject(pointer: pointer.text, parent: parent, kind: kind)
    }
    let token = pointer.tokens[level]
    if level == pointer.tokens.count - 1 {
      object[token] = value
    } else if let child = object[token] {
      object[token] = try child.changing(pointer, level + 1, to: value)
    } else if value != nil {
      object[token] = try JSONValue.object(JSONObject()).changing(pointer, level + 1, to: value)
    }
    return .object(object)
  }
}

extension JSONNode {
  /// The value at a pointer, through objects and arrays; nil where there is none.
  public subscript(pointer: JSONPointer) -> JSONNode? {
    var node = self
    for token in pointer.tokens {
      switch node.kind {
      case .object:
        guard let member = node[token] else { return nil }
        node = member
      case .array:
        guard let index = JSONPointer.index(token), index < node.count else { return nil }
        var elements = node.elements
        for _ in 0..<index { _ = elements.next() }
        guard let element = elements.next() else { return nil }
        node = element
      default: return nil
      }
    }
    return node
  }
}
