/// Text with everything invisible made visible: what stands in a value can be seen, and what would
/// steer a page or a terminal (direction marks, escapes, zero widths) becomes a harmless sign.
public struct VisibleText: Sendable, Equatable {
  /// A piece of text, or a sign that stands for something invisible.
  public enum Piece: Sendable, Equatable {
    /// Text that can be shown as it is.
    case plain(String)
    /// A sign for an invisible character, and what it is called.
    case sign(String, name: String)
    /// The sign for the end of a line, after which a new line begins.
    case lineBreak
  }

  /// The pieces in order.
  public private(set) var pieces: [Piece] = []

  /// The text as pieces.
  ///
  /// A single space between words stays; spaces at the ends and in a row become `·`, unless the
  /// text is laid out in lines (`keepsSpaces`), where indentation speaks for itself.
  public init(_ text: String, keepsSpaces: Bool = false) {
    if Self.isPlain(text) {
      if !text.isEmpty { pieces = [.plain(text)] }
      return
    }
    var plain = ""
    let characters = Array(text)
    for (place, character) in characters.enumerated() {
      if character == " " {
        let bare = keepsSpaces || Self.standsAlone(characters, place)
        if bare {
          plain.append(" ")
        } else {
          flush(&plain)
          pieces.append(.sign("·", name: "space"))
        }
      } else {
        add(character, &plain)
      }
    }
    flush(&plain)
  }

  /// The pieces as one text for terminals and attributes; a line break is `⏎` without a new line.
  public var text: String {
    pieces.map { piece in
      switch piece {
      case .plain(let text): text
      case .sign(let sign, _): sign
      case .lineBreak: "⏎"
      }
    }.joined()
  }

  /// A text made visible, for terminals and attributes.
  public static func of(_ text: String) -> String {
    isPlain(text) ? text : VisibleText(text, keepsSpaces: true).text
  }

  /// Printable ASCII with no space at an end or beside another needs no work.
  private static func isPlain(_ text: String) -> Bool {
    var last: UInt8 = 0x20
    for byte in text.utf8 {
      if byte < 0x20 || byte > 0x7E || (byte == 0x20 && last == 0x20) { return false }
      last = byte
    }
    return last != 0x20 || text.isEmpty
  }

  private static func standsAlone(_ characters: [Character], _ place: Int) -> Bool {
    place > 0 && place + 1 < characters.count && !characters[place - 1].isWhitespace
      && !characters[place + 1].isWhitespace
  }

  private mutating func flush(_ plain: inout String) {
    guard !plain.isEmpty else { return }
    pieces.append(.plain(plain))
    plain = ""
  }

  private mutating func add(_ character: Character, _ plain: inout String) {
    if character == "\n" || character == "\r\n" {
      flush(&plain)
      if character == "\r\n" { pieces.append(.sign("␍", name: "carriage return")) }
      pieces.append(.lineBreak)
      return
    }
    // Joiners and selectors inside an emoji belong to its picture.
    let scalars = character.unicodeScalars
    let isPicture = scalars.count > 1 && scalars.first?.properties.isEmojiPresentation == true
    for scalar in scalars {
      if let sign = Self.sign(for: scalar), !(isPicture && Self.joinsPictures(scalar)) {
        flush(&plain)
        pieces.append(sign)
      } else {
        plain.unicodeScalars.append(scalar)
      }
    }
  }

  private static func joinsPictures(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value == 0x200D || scalar.value == 0xFE0F
  }

  private static func sign(for scalar: Unicode.Scalar) -> Piece? {
    switch scalar.value {
    case 0x09: return .sign("⇥", name: "tab")
    case 0x0D: return .sign("␍", name: "carriage return")
    case 0x21...0x7E: return nil
    default: break
    }
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .spaceSeparator, .privateUse,
      .unassigned, .surrogate:
      return .sign(code(scalar), name: scalar.properties.name ?? "unnamed character")
    default:
      return scalar.properties.isDefaultIgnorableCodePoint
        ? .sign(code(scalar), name: scalar.properties.name ?? "unnamed character") : nil
    }
  }

  private static func code(_ scalar: Unicode.Scalar) -> String {
    let hex = String(scalar.value, radix: 16, uppercase: true)
    return "U+" + String(repeating: "0", count: max(0, 4 - hex.count)) + hex
  }
}
