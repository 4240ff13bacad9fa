extension [String] {
  /// How many names a message lists.
  private static var namesMax: Int { 40 }

  /// The names for a message, and how many more there are.
  var listed: String {
    let shown = prefix(Self.namesMax).joined(separator: ", ")
    return count > Self.namesMax ? "\(shown) and \(count - Self.namesMax) more" : shown
  }

  /// Each in quotation marks.
  var quoted: [String] { map { "“\($0)”" } }
}
