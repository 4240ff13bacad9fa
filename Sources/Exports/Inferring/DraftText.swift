import Formats

/// The pieces that a proposed mapping is written of.
enum DraftText {
  /// How wide a line of comment may be, in characters.
  private static let width = 98

  /// A comment over as many lines as it takes, indented by blanks.
  static func comment(_ text: String, indent: Int = 2) -> [String] {
    let start = String(repeating: " ", count: indent) + "//"
    var lines: [String] = []
    var line = start
    for word in plain(text).split(separator: " ") {
      if line.count + 1 + word.count > width, line != start {
        lines.append(line)
        line = start
      }
      line += " \(word)"
    }
    return lines + [line]
  }

  /// A JSON string.
  static func quoted(_ text: String) -> String { JSONValue.string(text).written() }

  /// A JSON list of strings.
  static func list(_ texts: [String]) -> String {
    "[\(texts.map(quoted).joined(separator: ", "))]"
  }

  /// Text for a comment, which ends with its line.
  static func plain(_ text: String) -> String {
    String(
      text.unicodeScalars.map {
        $0.value < 0x20 || $0.value == 0x2028 || $0.value == 0x2029 ? " " : Character($0)
      })
  }

  /// Names for a comment, at most so many.
  static func names(_ names: [String], most: Int = 20) -> String {
    let more = names.count > most ? " and \(names.count - most) more" : ""
    return names.prefix(most).joined(separator: ", ") + more
  }
}
