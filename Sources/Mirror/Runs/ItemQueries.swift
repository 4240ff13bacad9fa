public import Reconciliation
internal import SQLite

/// One item, record or reset as a list shows it.
public struct ItemLine: Sendable, Hashable {
  /// The mapping; empty for none.
  public var mapping: String
  /// The reference of its key, or as the reset has it.
  public var reference: String?
  /// The origin of its key, or as the reset has it.
  public var origin: String?
  /// The reset; nil for a key without one.
  public var resetID: String?
  /// The e-mail of the reset's customer, where it is kept.
  public var email: String?
  /// The situation; nil before the first reconcile.
  public var situation: Situation?
  /// The file that delivered the record; nil for lines about resets.
  public var file: String?
  /// The line in it, from 1.
  public var line: Int?
}

/// Which items are listed.
public enum ItemList: Sendable, Hashable {
  /// The items in one of these situations; of one mapping ("" for none), or of all.
  case situations([Situation], mapping: String?)
  /// All resets that are not deleted.
  case resets
  /// The records of a mapping that its last exports had, as `recordCounts` counts them.
  case records(mapping: String)
}

/// A page of items and where the next one begins.
public struct ItemPage: Sendable {
  /// The items, at most as many as were asked for.
  public var lines: [ItemLine]
  /// What to ask with for those behind them; nil at the end.
  public var next: String?

  /// Makes a page.
  public init(lines: [ItemLine], next: String?) {
    self.lines = lines
    self.next = next
  }
}

extension Mirror {
  /// Rows looked at for one page of items in sync, which no index lists.
  private static let looksMax = 20_000

  /// A page of a list, in an order that stays while nothing changes.
  ///
  /// `after` is the `next` of the page before; what can't be read of it begins the list.
  public func items(_ list: ItemList, after: String? = nil, limit: Int) throws -> ItemPage {
    try read {
      let place = after.flatMap(ItemPlace.init) ?? ItemPlace()
      var lister = ItemLister(database: database, limit: limit, looksMax: Self.looksMax)
      switch list {
      case .situations(let situations, let mapping):
        try lister.list(try parts(of: situations, mapping), from: place)
      case .resets: try lister.list([.allResets], from: place)
      case .records(let mapping):
        guard let id = try knownMappingID(mapping) else { break }
        try lister.list([.allRecords(id)], from: place)
      }
      return ItemPage(lines: lister.lines, next: lister.next?.text)
    }
  }

  /// The tables to be read one after the other: those of each mapping that has such items.
  private func parts(of situations: [Situation], _ mapping: String?) throws -> [ItemPart] {
    var parts: [ItemPart] = []
    for situation in situations {
      let mappings = try database.all(
        """
        SELECT c.mapping FROM situation_counts c JOIN mappings m ON m.id = c.mapping
        WHERE c.situation = ?1 AND c.items > 0 AND (?2 IS NULL OR m.name = ?2)
        ORDER BY c.mapping
        """, situation.rawValue, mapping
      ) { $0.int64(0) }
      for id in mappings {
        parts += [.links(situation, id), .resets(situation, id), .records(situation, id)]
      }
    }
    return parts
  }
}

/// One of the tables that a list goes through.
private enum ItemPart {
  case links(Situation, Int64)
  case resets(Situation, Int64)
  case records(Situation, Int64)
  case allResets
  case allRecords(Int64)
}

/// A place in a list: how many tables are done, and behind which row of the next one.
private struct ItemPlace {
  var part = 0
  var row: Int64 = 0
  var key = ""

  init() {}

  /// Reads `PART.ROW.KEY`.
  init?(_ text: String) {
    let parts = text.split(separator: ".", maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count == 3, let part = Int(parts[0]), let row = Int64(parts[1]), part >= 0 else {
      return nil
    }
    (self.part, self.row, key) = (part, row, String(parts[2]))
  }

  var text: String { "\(part).\(row).\(key)" }
}

/// Reads the lines of one page.
private struct ItemLister {
  let database: Connection
  let limit: Int
  let looksMax: Int
  var lines: [ItemLine] = []
  var next: ItemPlace?

  private static let names = """
    (SELECT name FROM mappings WHERE id = x.mapping), (SELECT name FROM origins WHERE id = x.origin)
    """

  mutating func list(_ parts: [ItemPart], from place: ItemPlace) throws {
    var place = place
    while place.part < parts.count {
      if try !read(parts[place.part], &place) { return }
      place = Self.after(place.part)
    }
  }

  private static func after(_ part: Int) -> ItemPlace {
    var place = ItemPlace()
    place.part = part + 1
    return place
  }

  /// Reads on in one table; false when the page is full.
  private mutating func read(_ part: ItemPart, _ place: inout ItemPlace) throws -> Bool {
    switch part {
    case .links(.inSync, let mapping): try readInSync(mapping, &place)
    case .links(let situation, let mapping):
      try readRows(
        """
        SELECT x.id, \(Self.names), x.key, r.reset_id, r.customer_email, x.situation, NULL, NULL
        FROM links x JOIN resets r ON r.id = x.reset
        WHERE x.situation = ? AND x.situation <> 'in_sync' AND x.mapping = ? AND x.id > ?
        ORDER BY x.id LIMIT ?
        """, [situation.rawValue, mapping, place.row, limit + 1], place.part)
    case .resets(let situation, let mapping):
      try readRows(
        """
        SELECT x.id, (SELECT name FROM mappings WHERE id = x.counted), x.reference_origin,
          x.reference, x.reset_id, x.customer_email, x.situation, NULL, NULL
        FROM resets x
        WHERE x.situation = ? AND x.counted = ? AND x.id > ? ORDER BY x.id LIMIT ?
        """, [situation.rawValue, mapping, place.row, limit + 1], place.part)
    case .records(let situation, let mapping):
      try readRows(
        """
        SELECT x.id, \(Self.names), x.key, NULL, NULL, x.situation,
          \(ExportPart.place(record: "x", receipt: "p"))
        FROM records x LEFT JOIN receipts p ON p.id = x.receipt
        WHERE x.situation = ? AND x.mapping = ? AND x.id > ?
          AND (x.variant = 0 OR NOT EXISTS(SELECT 1 FROM records y WHERE y.mapping = x.mapping
            AND y.origin = x.origin AND y.key = x.key AND y.variant < x.variant))
        ORDER BY x.id LIMIT ?
        """, [situation.rawValue, mapping, place.row, limit + 1], place.part)
    case .allResets:
      try readRows(
        """
        SELECT x.id, (SELECT name FROM mappings WHERE id = coalesce(l.mapping, x.mapping)),
          x.reference_origin, x.reference, x.reset_id, x.customer_email,
          coalesce(x.situation, l.situation), NULL, NULL
        FROM resets x LEFT JOIN links l ON l.reset = x.id AND l.state <> 'closed'
        WHERE x.deleted_at IS NULL AND x.id > ? ORDER BY x.id LIMIT ?
        """, [place.row, limit + 1], place.part)
    case .allRecords(let mapping): try readRecords(mapping, place)
    }
  }

  private mutating func readRows(
    _ sql: String, _ values: [any Bindable], _ part: Int
  ) throws -> Bool {
    try database.with(sql, values) { row in
      var last: Int64 = 0
      while try row.step() {
        guard lines.count < limit else {
          var here = ItemPlace()
          (here.part, here.row) = (part, last)
          next = here
          return false
        }
        last = row.int64(0)
        lines.append(try Self.line(row))
      }
      return true
    }
  }

  private static func line(_ row: Statement) throws -> ItemLine {
    ItemLine(
      mapping: row.optionalText(1) ?? "", reference: row.optionalText(3),
      origin: row.optionalText(2), resetID: row.optionalText(4), email: row.optionalText(5),
      situation: try Stored.word(row.optionalText(6), in: "items", row.int64(0)),
      file: row.optionalText(7),
      line: row.optionalInt(8))
  }

  /// Links in sync, in the order of their keys; what is looked at for a page is bounded, so that a
  /// page may be short where few are in sync.
  private mutating func readInSync(_ mapping: Int64, _ place: inout ItemPlace) throws -> Bool {
    let part = place.part
    return try database.with(
      """
      SELECT x.origin, \(Self.names), x.key, r.reset_id, r.customer_email, x.situation, NULL, NULL
      FROM links x JOIN resets r ON r.id = x.reset
      WHERE x.mapping = ? AND x.state <> 'closed' AND (x.origin, x.key) > (?, ?)
      ORDER BY x.origin, x.key LIMIT ?
      """, [mapping, place.row, place.key, looksMax]
    ) { row in
      var (looks, last) = (0, place)
      while try row.step() {
        if lines.count == limit {
          next = last
          return false
        }
        (last.part, last.row, last.key) = (part, row.int64(0), row.text(3))
        if row.text(6) == Situation.inSync.rawValue { lines.append(try Self.line(row)) }
        looks += 1
      }
      guard looks == looksMax else { return true }
      next = last
      return false
    }
  }

  private mutating func readRecords(_ mapping: Int64, _ place: ItemPlace) throws -> Bool {
    // The key is followed by the variant, which tells records of one key apart.
    let (key, variant) = place.splitKey
    return try database.with(
      """
      SELECT x.origin, \(Self.names), x.key, NULL, NULL, x.situation,
        \(ExportPart.place(record: "x", receipt: "p")), x.variant
      FROM records x LEFT JOIN receipts p ON p.id = x.receipt
      WHERE x.mapping = ? AND (x.origin, x.key, x.variant) > (?, ?, ?) AND x.missing = 0
      ORDER BY x.origin, x.key, x.variant LIMIT ?
      """, [mapping, place.row, key, variant, limit + 1]
    ) { row in
      var last = place
      while try row.step() {
        guard lines.count < limit else {
          next = last
          return false
        }
        (last.row, last.key) = (row.int64(0), "\(row.int(9)).\(row.text(3))")
        lines.append(try Self.line(row))
      }
      return true
    }
  }
}

extension ItemPlace {
  /// The key and the variant of `VARIANT.KEY`.
  fileprivate var splitKey: (key: String, variant: Int64) {
    guard let dot = key.firstIndex(of: "."), let variant = Int64(key[..<dot]) else {
      return ("", -1)
    }
    return (String(key[key.index(after: dot)...]), variant)
  }
}
