/// The pattern that a proposed mapping looks for, made of the path of one export.
public enum ExportPattern {
  /// The path as a pattern: a time in the name becomes `*`, so that the next export is found too,
  /// and what a pattern would read as a sign stands for itself.
  public static func proposed(for path: String) -> String {
    let cut = path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex
    let name = String(path[cut...])
    guard FileNameTime(in: name) != nil, let time = timeRange(name) else { return escaped(path) }
    return escaped(path[..<cut]) + escaped(name[..<time.lowerBound]) + "*"
      + escaped(name[time.upperBound...])
  }

  /// From the first four digits in a row up to the last digit before the suffix.
  private static func timeRange(_ name: String) -> Range<String.Index>? {
    let clock = /[0-9]{4,}(?:[-_.T ]?[0-9]+)*Z?/
    return name.ranges(of: clock).first { FileNameTime(in: String(name[$0])) != nil }
  }

  /// The text as a pattern that stands for itself.
  public static func escaped(_ text: some StringProtocol) -> String {
    text.reduce(into: "") { result, character in
      if "*?[\\".contains(character) { result.append("\\") }
      result.append(character)
    }
  }
}
