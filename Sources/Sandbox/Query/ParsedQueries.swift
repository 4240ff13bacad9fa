/// Parts of queries that clients send again and again, parsed once.
///
/// Emptied when full, so that a client which never repeats itself costs a bounded memory.
final class ParsedQueries {
  /// A key of `filter[q]`, taken apart.
  struct FilterKey {
    let paths: [Condition.Path]
    let matcher: Matcher
  }

  private struct Name: Hashable {
    let type: ResourceType
    let text: String
  }

  private static let partsMax = 512
  /// Longer texts are not kept.
  private static let textBytesMax = 512
  private var selections: [Name: FieldSelection] = [:]
  private var filterKeys: [Name: FilterKey] = [:]

  /// The selection of a `fields` value.
  func selection(
    _ type: ResourceType, _ text: String, parse: () throws(APIError) -> Set<String>
  ) throws(APIError) -> FieldSelection {
    let name = Name(type: type, text: text)
    if let known = selections[name] { return known }
    let made = FieldSelection(names: try parse())
    if selections.count >= Self.partsMax { selections = [:] }
    if text.utf8.count <= Self.textBytesMax { selections[name] = made }
    return made
  }

  /// The paths and the matcher of a filter key, nil when it is unknown.
  func filterKey(_ type: ResourceType, _ text: String, parse: () -> FilterKey?) -> FilterKey? {
    let name = Name(type: type, text: text)
    if let known = filterKeys[name] { return known }
    guard let made = parse() else { return nil }
    if filterKeys.count >= Self.partsMax { filterKeys = [:] }
    if text.utf8.count <= Self.textBytesMax { filterKeys[name] = made }
    return made
  }
}
