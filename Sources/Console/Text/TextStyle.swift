/// How text goes to a terminal or a file: its width, and whether colours may be used.
public struct TextStyle: Sendable, Equatable {
  /// Columns of the terminal; long lines are wrapped or shortened to it.
  public var width: Int
  /// Whether escape sequences for colour and weight are written.
  public var hasColour: Bool

  /// The narrowest width that is laid out for; a narrower terminal wraps by itself.
  public static let widthMin = 40

  /// A style; 80 columns without colour unless given.
  public init(width: Int = 80, hasColour: Bool = false) {
    self.width = max(Self.widthMin, width)
    self.hasColour = hasColour
  }

  /// What a piece of text is, for its colour.
  enum Tone {
    case bold
    case muted
    case critical
    case high
    case medium
    case low
    case good
    case added
    case removed

    var code: String {
      switch self {
      case .bold: "1"
      case .muted: "2"
      case .critical: "1;31"
      case .high: "31"
      case .medium: "33"
      case .low: "36"
      case .good: "32"
      case .added: "32;4"
      case .removed: "31;9"
      }
    }
  }

  /// The text in a tone, if colours may be used.
  func toned(_ text: String, _ tone: Tone) -> String {
    hasColour && !text.isEmpty ? "\u{1B}[\(tone.code)m\(text)\u{1B}[0m" : text
  }
}

/// Widths of text in terminal columns.
enum TerminalWidth {
  /// How many columns a text takes; escape sequences of colours take none.
  static func of(_ text: String) -> Int {
    var width = 0
    var isEscape = false
    for character in text {
      if isEscape {
        if character == "m" { isEscape = false }
      } else if character == "\u{1B}" {
        isEscape = true
      } else {
        width += of(character)
      }
    }
    return width
  }

  /// How many columns a character takes: 0, 1 or 2.
  static func of(_ character: Character) -> Int {
    guard let first = character.unicodeScalars.first else { return 0 }
    if first.value < 0x300 { return first.value < 0x20 ? 0 : 1 }
    switch first.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format, .control: return 0
    default: break
    }
    if first.properties.isEmojiPresentation { return 2 }
    switch first.value {
    case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF,
      0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x20000...0x3FFFD:
      return 2
    default: return 1
    }
  }

  /// The text cut to a width, with `…` where something was cut.
  static func cut(_ text: String, to width: Int) -> String {
    guard width > 0, of(text) > width else { return width > 0 ? text : "" }
    var out = ""
    var used = 0
    for character in text {
      let own = of(character)
      if used + own > width - 1 { break }
      out.append(character)
      used += own
    }
    return out + "…"
  }

  /// The text filled up with spaces to a width; numbers are filled at the left.
  static func filled(_ text: String, to width: Int, right: Bool = false) -> String {
    let fill = String(repeating: " ", count: max(0, width - of(text)))
    return right ? fill + text : text + fill
  }

  /// The text in lines of at most a width, broken at spaces; a longer word stands alone, whole.
  static func wrapped(_ text: String, to width: Int) -> [String] {
    var lines: [String] = []
    var line = ""
    var used = 0
    for word in text.split(separator: " ", omittingEmptySubsequences: false) {
      let own = of(String(word))
      if used > 0 && used + 1 + own > width {
        lines.append(line)
        (line, used) = (String(word), own)
      } else {
        line += used > 0 ? " \(word)" : String(word)
        used += (used > 0 ? 1 : 0) + own
      }
    }
    lines.append(line)
    return lines
  }
}
