import Formats

/// What an XML document holds beside its rows: other elements that could be the rows, and what it
/// says of itself.
struct XMLSurroundings {
  /// How many paths are counted.
  private static let pathsMax = 10_000
  /// The longest text that can be a sign, in bytes.
  private static let textBytesMax = 2_000

  /// An open element outside the rows.
  private struct Open {
    var path: [String]
    /// How many of the steps of the path to the rows it is.
    var level: Int
    /// The names from the last element on the way to the rows down to it.
    var names: [String] = []
    var text: [UInt8] = []
    var hasChildren = false
  }

  /// The elements of one path beside the rows.
  private struct Others {
    var count = 0
    var haveChildren = false
  }

  private let rows: [String]
  private var open: [Open] = []
  private var others: [[ExactText]: Others] = [:]
  private var order: [[ExactText]] = []
  /// What the element of each level on the way to the rows says, and how many there are.
  private var levels: [(signs: PageSigns, count: Int)]

  /// `path` leads to the rows.
  init(_ path: [String]) {
    rows = path
    levels = path.map { _ in (PageSigns(), 0) }
  }

  /// An element starts; `isOnWay` where it is the next step on the way to the rows.
  mutating func start(_ name: XMLName, _ attributes: [XMLAttribute], isOnWay: Bool) {
    let parent = open.last
    if !open.isEmpty { open[open.count - 1].hasChildren = true }
    var element = Open(path: (parent?.path ?? []) + [name.local], level: parent?.level ?? 0)
    if isOnWay {
      element.level += 1
      levels[element.level - 1].count += 1
    } else {
      element.names = (parent?.names ?? []) + [name.local]
    }
    open.append(element)
    if attributes["rel"]?.lowercased() == "next", attributes["href"]?.isEmpty == false {
      sign(element) { $0.noteLink([name.local]) }
    }
    for attribute in attributes {
      sign(element) { $0.note(element.names + [attribute.name.local], .text(attribute.value)) }
    }
  }

  /// Text inside the innermost element.
  mutating func text(_ text: [UInt8]) {
    guard let last = open.indices.last, open[last].text.count <= Self.textBytesMax else { return }
    open[last].text += text
  }

  /// The innermost element ends.
  mutating func end() {
    guard let element = open.popLast(), !element.names.isEmpty else { return }
    count(element)
    guard !element.hasChildren, element.text.count <= Self.textBytesMax else { return }
    let text = HeaderRow.trimmed(String(decoding: element.text, as: UTF8.self))
    sign(element) { $0.note(element.names, .text(text)) }
  }

  private mutating func sign(_ element: Open, _ note: (inout PageSigns) -> Void) {
    guard element.level > 0 else { return }
    note(&levels[element.level - 1].signs)
  }

  private mutating func count(_ element: Open) {
    guard element.path.count <= rows.count else { return }
    let path = element.path.map { ExactText($0) }
    if others[path] == nil {
      guard others.count < Self.pathsMax else { return }
      order.append(path)
    }
    others[path, default: Others()].count += 1
    if element.hasChildren { others[path, default: Others()].haveChildren = true }
  }

  /// Other elements that could be the rows: with children of their own and several, or named as
  /// the rows are.
  var rivals: [String] {
    order.compactMap { path in
      guard let found = others[path], let name = path.last?.text else { return nil }
      let isAlike = name.isExactly(rows.last ?? "") && path.count == rows.count
      guard found.haveChildren && found.count > 1 || isAlike else { return nil }
      return Self.words(path.map(\.text), found.count)
    }
  }

  /// A path and a count, for people: `/list/customer (12)`.
  static func words(_ path: [String], _ count: Int) -> String {
    "/\(path.joined(separator: "/")) (\(count))"
  }

  /// Why the rows of the document, so many, are not all there are; nil if nothing says so.
  ///
  /// An element that is there several times is no envelope: what stands in it belongs to a row.
  func reason(rows: Int) -> String? {
    for level in levels.dropLast() {
      guard level.count == 1 else { return nil }
      if let reason = level.signs.reason(rows: rows) { return reason }
    }
    return nil
  }
}
