public import Formats
public import Reconciliation

/// The records or resets that claim one key, with what sets them apart and nothing else.
public struct Rivals: Sendable, Equatable {
  /// What one of them says where they differ.
  public enum Member: Sendable, Hashable {
    /// A value; nil where it has none.
    case value(FieldValue?)
    /// A text that can be nothing but text, such as a reference; nil for none.
    case text(String?)
    /// A time.
    case time(Timestamp?)

    /// How it is put on a screen; a time by itself.
    func shown(_ times: TimeWords) -> ShownValue {
      switch self {
      case .value(let value): ShownValue(value)
      case .text(let text): text.map { ShownValue(bare: $0) } ?? ShownValue(.absent)
      case .time(let time): ShownValue(word: time.map { times.short($0) } ?? "—")
      }
    }
  }

  /// One of them.
  public struct Row: Sendable, Equatable {
    /// Which side it stands on.
    public var side: Side
    /// The file of a record.
    public var file: String?
    /// The line in it, from 1.
    public var line: Int?
    /// The id of a reset.
    public var reset: String?
    /// What it says, parallel to `names`.
    public var members: [Member]

    /// Makes a row.
    public init(
      side: Side, file: String? = nil, line: Int? = nil, reset: String? = nil, members: [Member]
    ) {
      self.side = side
      self.file = file
      self.line = line
      self.reset = reset
      self.members = members
    }
  }

  /// What they differ in: managed fields, or what tells resets apart.
  public var names: [String]
  /// One row for each.
  public var rows: [Row]
  /// In how many members they agree; those are left out.
  public var alikeCount = 0
  /// Of `names`, those that differ only in what masking hides.
  public var hidden: [String] = []

  /// The most members that are shown.
  static let namesMax = 12

  /// Makes a comparison.
  public init(names: [String], rows: [Row]) {
    self.names = names
    self.rows = rows
  }

  /// How many there are, in words: `2 records`, `3 resets`.
  public func words(of side: Side) -> String? {
    let count = rows.count { $0.side == side }
    guard count > 0 else { return nil }
    return Words.count(count, side == .source ? "record" : "reset")
  }

  /// The other row that a row is compared with: the first one, and the first with the second.
  public func other(than place: Int) -> Row? {
    place > 0 ? rows.first : rows.dropFirst().first
  }
}

extension Rivals {
  /// One of them with all that it says, in the order in which it is shown.
  struct Draft {
    /// What it says under a name: as shown, and as it is.
    struct Member {
      let name: String
      let shown: Rivals.Member
      let whole: Rivals.Member
    }

    let row: Row
    let members: [Member]

    subscript(name: String) -> Member? { members.first { $0.name == name } }
  }

  /// Keeps what differs; nil where there are fewer than two.
  init?(_ drafts: [Draft]) {
    guard drafts.count > 1 else { return nil }
    var all: [String] = []
    for name in drafts.flatMap({ $0.members.map(\.name) }) where !all.contains(name) {
      all.append(name)
    }
    func differ(in name: String, by part: (Draft.Member) -> Member) -> Bool {
      Set(drafts.map { $0[name].map(part) }).count > 1
    }
    let differing = all.filter { differ(in: $0) { $0.whole } }
    let names = Array(differing.prefix(Self.namesMax))
    self.init(
      names: names,
      rows: drafts.map { draft in
        var row = draft.row
        row.members = names.map { draft[$0]?.shown ?? .value(.absent) }
        return row
      })
    alikeCount = all.count - differing.count
    hidden = names.filter { name in !differ(in: name) { $0.shown } }
  }
}
