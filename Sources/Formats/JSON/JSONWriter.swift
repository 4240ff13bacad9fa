extension JSONValue {
  /// The value as compact JSON; what was parsed is written as it was spelled.
  public func written() -> String { String(decoding: writtenBytes(), as: UTF8.self) }

  /// The value as compact JSON in UTF-8.
  public func writtenBytes() -> [UInt8] {
    var out: [UInt8] = []
    append(to: &out)
    return out
  }

  /// The value as JSON for people: one member per line, indented by this many spaces per level.
  public func written(indent: Int) -> String {
    var out: [UInt8] = []
    append(to: &out, indent: max(0, indent), level: 0)
    return String(decoding: out, as: UTF8.self)
  }

  /// One text for all equal values, for digests: keys sorted by code point, numbers normalised,
  /// strings in NFC, no space.
  public var canonicalText: String {
    var out: [UInt8] = []
    appendCanonical(to: &out)
    return String(decoding: out, as: UTF8.self)
  }

  /// Appends the value as compact JSON in UTF-8.
  public func append(to out: inout [UInt8]) {
    switch self {
    case .null: out.append(contentsOf: "null".utf8)
    case .bool(let value): out.append(contentsOf: (value ? "true" : "false").utf8)
    case .number(let number): out.append(contentsOf: number.spelling.utf8)
    case .string(let text): text.append(to: &out)
    case .array(let elements):
      out.append(0x5B)
      for (place, element) in elements.enumerated() {
        if place > 0 { out.append(0x2C) }
        element.append(to: &out)
      }
      out.append(0x5D)
    case .object(let object):
      out.append(0x7B)
      for (place, member) in object.members.enumerated() {
        if place > 0 { out.append(0x2C) }
        member.key.append(to: &out)
        out.append(0x3A)
        member.value.append(to: &out)
      }
      out.append(0x7D)
    }
  }

  private func append(to out: inout [UInt8], indent: Int, level: Int) {
    switch self {
    case .array(let elements) where !elements.isEmpty:
      out.append(0x5B)
      for (place, element) in elements.enumerated() {
        Self.breakLine(&out, place > 0, indent * (level + 1))
        element.append(to: &out, indent: indent, level: level + 1)
      }
      Self.breakLine(&out, false, indent * level)
      out.append(0x5D)
    case .object(let object) where !object.isEmpty:
      out.append(0x7B)
      for (place, member) in object.members.enumerated() {
        Self.breakLine(&out, place > 0, indent * (level + 1))
        member.key.append(to: &out)
        out.append(contentsOf: ": ".utf8)
        member.value.append(to: &out, indent: indent, level: level + 1)
      }
      Self.breakLine(&out, false, indent * level)
      out.append(0x7D)
    default: append(to: &out)
    }
  }

  private static func breakLine(_ out: inout [UInt8], _ comma: Bool, _ spaces: Int) {
    if comma { out.append(0x2C) }
    out.append(0x0A)
    out.append(contentsOf: repeatElement(0x20, count: spaces))
  }

  private func appendCanonical(to out: inout [UInt8]) {
    switch self {
    case .null, .bool: append(to: &out)
    case .number(let number): out.append(contentsOf: number.canonicalSpelling.utf8)
    case .string(let text): text.appendCanonical(to: &out)
    case .array(let elements):
      out.append(0x5B)
      for (place, element) in elements.enumerated() {
        if place > 0 { out.append(0x2C) }
        element.appendCanonical(to: &out)
      }
      out.append(0x5D)
    case .object(let object): Self.appendCanonical(object, to: &out)
    }
  }

  private static func appendCanonical(_ object: JSONObject, to out: inout [UInt8]) {
    let members = object.members
    // UTF-8 sorts as code points do; `<` on strings is not used, as it orders some equivalent
    // spellings differently.
    let keys = members.map { nfc($0.key.value) }
    let order = members.indices.sorted { a, b in
      if keys[a].utf8.lexicographicallyPrecedes(keys[b].utf8) { return true }
      guard keys[a].utf8.elementsEqual(keys[b].utf8) else { return false }
      // Equivalent keys: the rest of the member settles the order.
      return canonicalMember(members[a]).lexicographicallyPrecedes(canonicalMember(members[b]))
    }
    out.append(0x7B)
    for (place, index) in order.enumerated() {
      if place > 0 { out.append(0x2C) }
      appendCanonical(members[index], to: &out)
    }
    out.append(0x7D)
  }

  private static func appendCanonical(_ member: JSONObject.Member, to out: inout [UInt8]) {
    member.key.appendCanonical(to: &out)
    out.append(0x3A)
    member.value.appendCanonical(to: &out)
  }

  private static func canonicalMember(_ member: JSONObject.Member) -> [UInt8] {
    var out: [UInt8] = []
    appendCanonical(member, to: &out)
    return out
  }
}
