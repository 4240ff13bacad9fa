/// One attribute of an element: the name is a literal of the program, the value is always escaped.
public struct HTMLAttribute: Sendable {
  let name: StaticString
  let value: String?

  /// An attribute with any text as its value.
  public init(_ name: StaticString, _ value: String) {
    self.name = name
    self.value = value
  }

  /// A boolean attribute such as `checked`, written without a value.
  public init(_ name: StaticString) {
    self.name = name
    value = nil
  }

  /// The attribute `class`.
  public static func `class`(_ value: String) -> HTMLAttribute { HTMLAttribute("class", value) }

  /// The attribute `id`.
  public static func id(_ value: String) -> HTMLAttribute { HTMLAttribute("id", value) }

  /// The attribute `title`.
  public static func title(_ value: String) -> HTMLAttribute { HTMLAttribute("title", value) }

  /// The attribute `href`, if the address is one that can't run anything; otherwise `#`.
  public static func href(_ address: String) -> HTMLAttribute {
    HTMLAttribute("href", HTMLAddress.isHarmless(address) ? address : "#")
  }

  /// The attribute `action`, with the same care as `href`.
  public static func action(_ address: String) -> HTMLAttribute {
    HTMLAttribute("action", HTMLAddress.isHarmless(address) ? address : "#")
  }
}

/// Which addresses may stand in a link.
public enum HTMLAddress {
  /// Whether an address is a fragment, a path of this server, or absolute with `http` or `https`.
  ///
  /// Everything with another scheme (`javascript:`, `data:`, …), a host without a scheme
  /// (`//host`), and everything with control characters is refused.
  public static func isHarmless(_ address: String) -> Bool {
    let bytes = Array(address.utf8)
    guard !bytes.contains(where: { $0 < 0x21 || $0 == 0x7F || $0 == 0x5C }) else { return false }
    if address.hasPrefix("https://") || address.hasPrefix("http://") { return true }
    guard let first = bytes.first else { return false }
    switch first {
    case 0x23, 0x3F: return true  // "#", "?"
    case 0x2F: return bytes.count == 1 || bytes[1] != 0x2F  // "/", but not "//"
    default: return false
    }
  }
}

/// Writes HTML that is escaped by construction: text and attribute values come in as strings and go
/// out escaped; markup comes in as literals of the program only.
public struct HTMLWriter: Sendable {
  /// What has been written so far, in UTF-8.
  public private(set) var bytes: [UInt8] = []

  /// A writer with nothing written.
  public init(capacityBytes: Int = 4_096) { bytes.reserveCapacity(capacityBytes) }

  /// What has been written so far, as text.
  public var text: String { String(decoding: bytes, as: UTF8.self) }

  /// Writes markup as it is; the type allows nothing but a literal of the program.
  public mutating func raw(_ literal: StaticString) {
    if literal.hasPointerRepresentation {
      // A literal's bytes live as long as the program.
      unsafe bytes.append(
        contentsOf: UnsafeBufferPointer(start: literal.utf8Start, count: literal.utf8CodeUnitCount))
    } else {
      bytes.append(contentsOf: literal.description.utf8)
    }
  }

  /// Writes text, with everything escaped that a parser could take for markup.
  public mutating func text(_ text: String) { HTMLEscapes.append(text, to: &bytes) }

  /// Writes a whole number.
  public mutating func number(_ number: Int) { bytes.append(contentsOf: String(number).utf8) }

  /// Writes a start tag.
  public mutating func open(_ name: StaticString, _ attributes: HTMLAttribute...) {
    open(name, attributes)
  }

  /// Writes a start tag.
  public mutating func open(_ name: StaticString, _ attributes: [HTMLAttribute]) {
    bytes.append(0x3C)
    raw(name)
    for attribute in attributes {
      bytes.append(0x20)
      raw(attribute.name)
      guard let value = attribute.value else { continue }
      bytes.append(contentsOf: [0x3D, 0x22])
      text(value)
      bytes.append(0x22)
    }
    bytes.append(0x3E)
  }

  /// Writes an end tag.
  public mutating func close(_ name: StaticString) {
    bytes.append(contentsOf: [0x3C, 0x2F])
    raw(name)
    bytes.append(0x3E)
  }

  /// Writes an element that holds text.
  public mutating func element(
    _ name: StaticString, _ attributes: HTMLAttribute..., text content: String
  ) {
    open(name, attributes)
    text(content)
    close(name)
  }

  /// Writes an element around whatever the closure writes.
  public mutating func element<Failure: Error>(
    _ name: StaticString, _ attributes: HTMLAttribute...,
    content: (inout HTMLWriter) throws(Failure) -> Void
  ) throws(Failure) {
    open(name, attributes)
    try content(&self)
    close(name)
  }

  /// Writes a style sheet; `</` in it is broken up, so that the text can't end the element.
  public mutating func style(_ css: String) {
    raw("<style>")
    var last: UInt8 = 0
    for byte in css.utf8 {
      if last == 0x3C && byte == 0x2F { bytes.append(0x5C) }
      bytes.append(byte)
      last = byte
    }
    raw("</style>")
  }

  /// Appends what another writer has written.
  public mutating func append(_ other: HTMLWriter) { bytes.append(contentsOf: other.bytes) }
}
