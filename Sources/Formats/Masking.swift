/// Whether e-mail addresses are shown.
public enum Masking: String, Sendable {
  /// Only the first letter and the domain: `a•••@example.com`.
  case masked
  /// As they are; the configuration asked for it.
  case full

  /// A text with every e-mail address in it masked, wherever it stands.
  public func text(_ text: String) -> String {
    self == .full ? text : EmailMask.applied(to: text)
  }

  /// A text that may be missing, masked.
  public func text(_ text: String?) -> String? { text.map { self.text($0) } }

  /// A value with every e-mail address in its texts and keys masked.
  public func value(_ value: JSONValue) -> JSONValue {
    guard self == .masked else { return value }
    switch value {
    case .null, .bool, .number: return value
    case .string(let string):
      let masked = EmailMask.applied(to: string.value)
      return masked == string.value ? value : .string(masked)
    case .array(let elements): return .array(elements.map { self.value($0) })
    case .object(let object):
      return .object(
        JSONObject(object.members.map { (text($0.key.value), self.value($0.value)) }))
    }
  }
}

/// Replaces every e-mail address in texts and values.
public struct EmailReplacement {
  private let replace: (String) -> String

  /// A replacement that asks `replace` for each address.
  public init(_ replace: @escaping (String) -> String) { self.replace = replace }

  /// Whether an address may stand in a text with this byte: an at sign in one of its spellings.
  public static func isSign(_ byte: UInt8) -> Bool { byte == 0x40 || byte == 0x25 || byte == 0xEF }

  /// A text with each address replaced.
  public func text(_ text: String) -> String { EmailMask.replaced(in: text, by: replace) }

  /// A value with each address in its texts replaced; keys stay.
  public func value(_ value: JSONValue) -> JSONValue {
    switch value {
    case .null, .bool, .number: return value
    case .string(let string):
      let replaced = text(string.value)
      return replaced == string.value ? value : .string(replaced)
    case .array(let elements): return .array(elements.map { self.value($0) })
    case .object(let object):
      return .object(JSONObject(object.members.map { ($0.key.value, self.value($0.value)) }))
    }
  }
}

/// Finds what looks like an e-mail address (RFC 5321 §4.1.2, and its common disguises) and masks
/// it.
enum EmailMask {
  /// An address in a text, by the places of its scalars.
  private struct Found {
    /// Where the local part begins.
    let start: Int
    /// Where the at sign stands.
    let sign: Int
    /// Where the domain begins.
    let domain: Int
  }

  /// The text with every address masked; the same text if there is none.
  static func applied(to text: String) -> String {
    rewritten(text) { scalars, found, out in
      out.append(scalars[found.start])
      out.append(contentsOf: "•••".unicodeScalars)
      return found.sign
    }
  }

  /// The text with each address replaced.
  static func replaced(in text: String, by replace: (String) -> String) -> String {
    rewritten(text) { scalars, found, out in
      let end = domainEnd(scalars, from: found.domain)
      var address = String.UnicodeScalarView()
      address.append(contentsOf: scalars[found.start..<end])
      out.append(contentsOf: replace(String(address)).unicodeScalars)
      return end
    }
  }

  /// The text with what `put` writes in place of each address; it tells where the text goes on.
  private static func rewritten(
    _ text: String,
    put: (_ scalars: [Unicode.Scalar], Found, _ out: inout String.UnicodeScalarView) -> Int
  ) -> String {
    guard text.utf8.contains(where: EmailReplacement.isSign) else { return text }
    let scalars = Array(text.unicodeScalars)
    var out = String.UnicodeScalarView()
    var copied = 0
    var place = 0
    while place < scalars.count {
      guard let length = signLength(scalars, place),
        place + length < scalars.count, isDomain(scalars[place + length]),
        let start = localStart(scalars, before: place, notBefore: copied)
      else {
        place += 1
        continue
      }
      out.append(contentsOf: scalars[copied..<start])
      let found = Found(start: start, sign: place, domain: place + length)
      copied = put(scalars, found, &out)
      place = max(copied, found.domain)
    }
    guard copied > 0 else { return text }
    out.append(contentsOf: scalars[copied...])
    return String(out)
  }

  private static func domainEnd(_ scalars: [Unicode.Scalar], from start: Int) -> Int {
    var end = start
    while end < scalars.count, isWord(scalars[end]) || "[]:.-".unicodeScalars.contains(scalars[end])
    { end += 1 }
    while end > start + 1, ".-:".unicodeScalars.contains(scalars[end - 1]) { end -= 1 }
    return end
  }

  /// How many scalars an at sign takes here: `@`, its full-width and small forms, or `%40`.
  private static func signLength(_ scalars: [Unicode.Scalar], _ place: Int) -> Int? {
    switch scalars[place] {
    case "@", "\u{FF20}", "\u{FE6B}": return 1
    case "%":
      let isCode =
        place + 2 < scalars.count && scalars[place + 1] == "4" && scalars[place + 2] == "0"
      return isCode ? 3 : nil
    default: return nil
    }
  }

  /// Where the local part begins that ends before the at sign; nil if there is none.
  private static func localStart(
    _ scalars: [Unicode.Scalar], before sign: Int, notBefore: Int
  ) -> Int? {
    guard sign > notBefore else { return nil }
    var start = sign
    if scalars[sign - 1] == "\"" {
      start -= 1
      while start > notBefore && scalars[start - 1] != "\"" { start -= 1 }
      return start > notBefore ? start - 1 : nil
    }
    while start > notBefore && isLocal(scalars[start - 1]) { start -= 1 }
    return start < sign ? start : nil
  }

  private static func isLocal(_ scalar: Unicode.Scalar) -> Bool {
    isWord(scalar) || "!#$%&'*+/=?^_`{|}~.-".unicodeScalars.contains(scalar)
  }

  private static func isDomain(_ scalar: Unicode.Scalar) -> Bool {
    isWord(scalar) || scalar == "["
  }

  private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.isAlphabetic || scalar.properties.numericType != nil
      || scalar.properties.generalCategory == .nonspacingMark
  }
}
