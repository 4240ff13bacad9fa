import Formats

/// The pattern of a last line that counts the rows of its file, such as `TRAILER;20261120;000120`.
struct TrailerPattern {
  /// A regular expression with the group `rows`.
  let text: String

  /// The pattern of a line; nil where none of its numbers is the count of rows, or more than one.
  ///
  /// All other numbers may be others in the next file.
  init?(line: String, rows: Int) {
    var pattern = "^"
    var counts = 0
    var rest = line[...]
    while let first = rest.first {
      let isNumber = Self.isDigit(first)
      let run = rest.prefix { Self.isDigit($0) == isNumber }
      rest = rest.dropFirst(run.count)
      guard isNumber else {
        pattern += Self.escaped(run)
        continue
      }
      let isCount = Int(run) == rows
      counts += isCount ? 1 : 0
      pattern += isCount ? #"0*(?<rows>\d+)"# : #"\d+"#
    }
    guard counts == 1, rows > 0 else { return nil }
    text = pattern + "$"
  }

  private static func isDigit(_ character: Character) -> Bool { ("0"..."9").contains(character) }

  private static func escaped(_ text: Substring) -> String {
    text.reduce(into: "") { result, character in
      if #"\^$.|?*+()[]{}"#.contains(character) { result.append("\\") }
      result.append(character)
    }
  }
}
