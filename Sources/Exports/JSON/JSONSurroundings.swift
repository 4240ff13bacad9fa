import Formats

/// A list that stands in a JSON document.
struct JSONList: Equatable {
  /// The names of the members that lead to it.
  var path: [String]
  /// How many elements it has, as far as it was read.
  var count = 0
  /// How many of them are objects.
  var objects = 0
  /// Whether each of them is a link to elsewhere: a relation with an address.
  var holdsLinks = false

  /// Lists that stand beside the rows of many exports and are empty when all is well.
  private static let sideNames: Set<String> = ["errors", "warnings", "messages", "links"]
  /// How deep below the document the rows of an export may lie, in members.
  private static let depthMax = 3

  /// Whether it could be the rows: an empty list could have had objects in it.
  var couldBeRows: Bool {
    guard path.count <= Self.depthMax else { return false }
    if count == 0 { return !Self.sideNames.contains((path.last ?? "").lowercased()) }
    return objects > 0 && !holdsLinks
  }

  /// Pointer and length, for people: `/customers (12)`.
  var words: String { "\(JSONPointer(tokens: path).text) (\(count))" }
}

/// What a JSON document holds beside its rows: other lists, and what it says of itself.
struct JSONSurroundings {
  /// How many lists are kept; a document with so many is no export.
  static let listsMax = 1_000
  /// How deep below what stands around the rows something is looked at, in members.
  private static let depthMax = 3

  /// The lists beside the rows, in their order.
  private(set) var lists: [JSONList] = []
  /// What the document says of itself.
  private(set) var signs = PageSigns()
  /// Whether what is passed is checked in full; otherwise somebody else will.
  var isChecked = true

  /// Passes the value of a member.
  ///
  /// `path` leads to it from the document, `names` from what stands around the rows.
  mutating func pass(_ text: inout JSONCursor, at path: [String], names: [String]) throws {
    switch try text.next() {
    case UInt8(ascii: "["): try passList(&text, at: path, names: names)
    case UInt8(ascii: "{") where names.count < Self.depthMax:
      try passMembers(&text, at: path, names: names)
    default:
      let element = try text.element()
      guard isChecked, let value = try element.checked(text.limits)?.root else { return }
      signs.note(names, value)
    }
  }

  /// Passes an object, with a look at its members.
  mutating func passMembers(_ text: inout JSONCursor, at path: [String], names: [String]) throws {
    guard try text.open(until: UInt8(ascii: "}")) else { return }
    var seen: Set<ExactText> = []
    repeat {
      if !isChecked { seen = [] }
      let name = try text.name(&seen)
      try pass(&text, at: path + [name], names: names + [name])
    } while try text.separator(or: UInt8(ascii: "}"))
  }

  /// Passes an array, element by element: it may be as long as the rows are.
  private mutating func passList(
    _ text: inout JSONCursor, at path: [String], names: [String]
  ) throws {
    let place = lists.count
    if place < Self.listsMax { lists.append(JSONList(path: path)) }
    guard try text.open(until: UInt8(ascii: "]")) else { return }
    var list = JSONList(path: path, holdsLinks: true)
    // A list that is cut is noted with what was seen of it.
    defer { if place < Self.listsMax { lists[place] = list } }
    repeat {
      let element = try text.element()
      list.count += 1
      if element.bytes.first == UInt8(ascii: "{") { list.objects += 1 }
      guard isChecked || list.holdsLinks else { continue }
      let link = (isChecked ? try element.checked(text.limits) : try? element.document(text.limits))
        .flatMap { Link($0.root) }
      list.holdsLinks = list.holdsLinks && link != nil
      if link?.leadsOn == true { signs.noteLink(names) }
    } while try text.separator(or: UInt8(ascii: "]"))
  }

  /// An element such as `{"rel": "next", "href": "…"}`.
  private struct Link {
    var leadsOn: Bool

    init?(_ node: JSONNode) {
      guard let relation = (node["rel"] ?? node["relation"])?.string,
        let address = (node["href"] ?? node["url"])?.string
      else { return nil }
      leadsOn = relation.lowercased() == "next" && !address.isEmpty
    }
  }
}

extension PageSigns {
  /// Notes a value of a JSON document; what is long says nothing of pages.
  fileprivate mutating func note(_ names: [String], _ node: JSONNode) {
    switch node.kind {
    case .null, .array: return
    case .object:
      if node.members.contains(where: { !$0.value.isBlank }) { note(names, .something) }
    case .bool: note(names, .flag(node.bool == true))
    case .number: note(names, .text(node.number?.spelling ?? ""))
    case .string: note(names, .text(node.string ?? ""))
    }
  }
}
