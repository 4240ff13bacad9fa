import HTTP

/// One member of `sort`.
struct SortKey {
  let relationship: Relationship?
  let attribute: Attribute
  let isDescending: Bool
}

/// A tree of relationship names from `include=customer,customer.events`.
final class IncludeTree {
  let relationship: Relationship
  private(set) var children: [IncludeTree] = []

  init(_ relationship: Relationship) {
    self.relationship = relationship
  }

  /// Adds dot paths to a list of trees, merging common beginnings.
  static func parse(_ value: String, type: ResourceType) throws(APIError) -> [IncludeTree] {
    var roots: [IncludeTree] = []
    for path in value.split(separator: ",", omittingEmptySubsequences: false) {
      let names = path.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
      try add(names[...], to: &roots, type: type)
    }
    return roots
  }

  private static func add(
    _ names: ArraySlice<String>, to trees: inout [IncludeTree], type: ResourceType?
  ) throws(APIError) {
    guard let name = names.first else { return }
    guard let type else { return }
    guard let relationship = type.schema.relationship(name), relationship.isIncludable else {
      throw APIError.invalidInclude(name, type)
    }
    if let known = trees.first(where: { $0.relationship.name == name }) {
      try add(names.dropFirst(), to: &known.children, type: relationship.target)
      return
    }
    let tree = IncludeTree(relationship)
    try add(names.dropFirst(), to: &tree.children, type: relationship.target)
    trees.append(tree)
  }
}

/// Which attributes and relationships of one type are shown.
///
/// An object, so that what is made of it (the shape of a row) lasts as long as it does.
final class FieldSelection {
  let names: Set<String>
  var shape: RowShape?

  init(names: Set<String>) { self.names = names }
}

/// The parsed query of a request: filters, order, page, fields, includes.
struct ResourceQuery {
  /// The page that a list request asks for.
  struct Page: Equatable {
    var number = 1
    var size = 10
    var after: String?
  }

  static let pageSizeMax = 25

  var conditions: [Condition] = []
  var sort: [SortKey] = []
  var page = Page()
  var fields: [ResourceType: FieldSelection] = [:]
  var include: [IncludeTree] = []
  /// The parameters that links repeat, percent-encoded, without the page.
  var echo = ""

  /// Parses the query of a request on a type.
  ///
  /// Single resources take no filters, order or pages; related lists take what lists take.
  init(
    _ items: [HTTPQueryItem], type: ResourceType, store: Store, options: SandboxOptions
  ) throws(APIError) {
    let filters = FilterParser(
      type: type, store: store, ignoresUnknown: options.ignoresUnknownFilters,
      ignoresCase: options.ignoresCaseInMatchers)
    for item in items {
      let head = item.name.prefix { $0 != "[" }
      switch head {
      case "filter":
        if let condition = try filters.condition(name: item.name, value: item.value) {
          conditions.append(condition)
        }
      case "sort": sort += try Self.sortKeys(item, type)
      case "page": try setPage(item, type)
      case "fields": try setFields(item, primary: type, store)
      case "include": include = try IncludeTree.parse(item.value, type: type)
      default:
        let isReserved = head.utf8.allSatisfy { (0x61...0x7A).contains($0) }
        if isReserved && options.refusesUnknownParameters {
          throw APIError.parameterNotAllowed(item.name)
        }
      }
      if head != "page" { addEcho(item) }
    }
  }

  private mutating func addEcho(_ item: HTTPQueryItem) {
    if !echo.isEmpty { echo += "&" }
    echo += PercentCoding.encoded(item.name) + "=" + PercentCoding.encoded(item.value)
  }

  private static func sortKeys(
    _ item: HTTPQueryItem, _ type: ResourceType
  ) throws(APIError) -> [SortKey] {
    guard item.name == "sort" else { throw APIError.parameterNotAllowed(item.name) }
    var keys: [SortKey] = []
    for part in item.value.split(separator: ",", omittingEmptySubsequences: false) {
      let isDescending = part.hasPrefix("-")
      let name = String(isDescending ? part.dropFirst() : part)
      keys.append(try sortKey(name, type, isDescending))
    }
    return keys
  }

  private static func sortKey(
    _ name: String, _ type: ResourceType, _ isDescending: Bool
  ) throws(APIError) -> SortKey {
    if type == .eventStores, name == "id", let id = type.schema.attribute("id") {
      return SortKey(relationship: nil, attribute: id, isDescending: isDescending)
    }
    if let attribute = type.schema.attribute(name), attribute.use.contains(.sort) {
      return SortKey(relationship: nil, attribute: attribute, isDescending: isDescending)
    }
    // The syntax for relations is not documented; dots are what the server library uses.
    let parts = name.split(separator: ".", maxSplits: 1).map(String.init)
    if type == .resets, parts.first == "customer",
      let relationship = type.schema.relationship("customer"),
      let attribute = ResourceType.customers.schema
        .attribute(parts.count == 2 ? parts[1] : "id"), attribute.use.contains(.sort)
    {
      return SortKey(
        relationship: relationship, attribute: attribute, isDescending: isDescending)
    }
    throw APIError.invalidSort(name, type)
  }

  private mutating func setPage(
    _ item: HTTPQueryItem, _ type: ResourceType
  ) throws(APIError) {
    switch item.name {
    case "page[number]" where type != .eventStores:
      guard let number = Self.positive(item.value) else {
        throw APIError.invalidPage(item.value, "number")
      }
      page.number = number
    case "page[size]":
      guard let size = Self.positive(item.value), size <= Self.pageSizeMax else {
        throw APIError.invalidPage(item.value, "size")
      }
      page.size = size
    case "page[after]" where type == .eventStores:
      page.after = item.value
    case "page":
      throw APIError(
        400, "INVALID_PAGE_OBJECT", "Invalid Page Object", "Invalid Page Object.")
    default:
      throw APIError.parameterNotAllowed(item.name)
    }
  }

  private static func positive(_ text: String) -> Int? {
    guard !text.isEmpty, text.utf8.count < 10, let number = Int(text), number > 0,
      text.utf8.allSatisfy({ (0x30...0x39).contains($0) })
    else { return nil }
    return number
  }

  private mutating func setFields(
    _ item: HTTPQueryItem, primary: ResourceType, _ store: Store
  ) throws(APIError) {
    guard let path = BracketPath(item.name), path.keys.count <= 1 else {
      throw APIError.parameterNotAllowed(item.name)
    }
    let name = path.keys.first ?? primary.name
    guard let type = ResourceType.named(name) else {
      throw APIError(
        400, "INVALID_RESOURCE", "Invalid resource", "\(name) is not a valid resource.")
    }
    let found = try store.parsed.selection(type, item.value) {
      () throws(APIError) in try Self.names(item.value, type)
    }
    guard let before = fields[type] else {
      fields[type] = found
      return
    }
    fields[type] = FieldSelection(names: found.names.union(before.names))
  }

  private static func names(
    _ list: String, _ type: ResourceType
  ) throws(APIError) -> Set<String> {
    var names = Set<String>()
    for part in list.split(separator: ",") {
      let name = String(part)
      let isKnown =
        name == "id" || name == "type" || type.schema.relationship(name) != nil
        || type.schema.attribute(name)?.use.contains(.read) == true
      guard isKnown else { throw APIError.invalidField(name, type) }
      names.insert(name)
    }
    return names
  }
}
