import Foundation

/// JSON with comments and trailing commas, as configuration and mappings are written.
enum CommentedJSON {
  /// The document of a text.
  static func parse(_ text: String) throws -> Any {
    try JSONSerialization.jsonObject(with: Data(plain(text).utf8))
  }

  /// The text without its comments and trailing commas.
  private static func plain(_ text: String) -> String {
    let token = #/"(?:[^"\\]|\\.)*"|\/\/[^\n]*|\/\*(?s:.*?)\*\/|[^"\/]+|\//#
    let kept = text.matches(of: token).map(\.output)
      .filter { !$0.hasPrefix("//") && !$0.hasPrefix("/*") }
    return kept.joined().replacing(#/,(\s*[\]}])/#) { $0.output.1 }
  }
}
