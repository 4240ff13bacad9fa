public import Formats
internal import HTTP
public import Reconciliation

/// Which conflicts the queue shows: read from an address, so that an address is a saved view.
public struct DeskFilter: Sendable, Equatable {
  /// The state, the open ones at first; nil for every one.
  public var state: ConflictState? = .open
  /// The severity.
  public var severity: Severity?
  /// The kind.
  public var kind: ConflictKind?
  /// The mapping.
  public var mapping: String?
  /// The managed field.
  public var field: String?
  /// How long it has waited.
  public var age: AgeBucket?
  /// Who looks after it; `-` for nobody.
  public var assignee: String?
  /// A text in reference, reset, field or values.
  public var text: String?
  /// What became of it since a time.
  public var change: Change?
  /// The page, from 1.
  public var page = 1

  /// What became of conflicts since a time, such as that of the last report.
  public struct Change: Sendable, Equatable {
    /// Opened since, open then and now, or open then and no longer.
    public enum Kind: String, Sendable, CaseIterable {
      /// Opened since.
      case new
      /// Open then and now.
      case unchanged
      /// Open then, and no longer.
      case gone
    }

    /// Which of them.
    public var kind: Kind
    /// Since when.
    public var since: Timestamp
  }

  /// Conflicts on one page.
  public static let pageSize = 50
  /// The last page that can be asked for.
  public static let pageMax = 100_000
  /// The most characters of a text in a filter.
  static let textCharactersMax = 200

  /// The open ones.
  public init() {}

  /// Reads a query; what it can't read is left out.
  init(_ query: [HTTPQueryItem]) {
    for item in query where !item.value.isEmpty {
      let text = String(item.value.prefix(Self.textCharactersMax))
      switch item.name {
      case "state": state = item.value == "any" ? nil : ConflictState(rawValue: item.value) ?? state
      case "severity": severity = Severity(rawValue: item.value)
      case "kind": kind = ConflictKind(rawValue: item.value)
      case "source": mapping = text
      case "field": field = text
      case "age": age = AgeBucket.allCases.first { $0.name == item.value }
      case "assignee": assignee = text
      case "q": self.text = text
      case "page": page = min(Self.pageMax, max(1, Int(item.value) ?? 1))
      case "change": change = Self.change(item.value) ?? change
      default: break
      }
    }
  }

  /// Reads `new:2026-11-23T07:00:00Z`.
  private static func change(_ text: String) -> Change? {
    let parts = text.split(separator: ":", maxSplits: 1)
    guard parts.count == 2, let kind = Change.Kind(rawValue: String(parts[0])),
      let since = Timestamp(rfc3339: String(parts[1]))
    else { return nil }
    return Change(kind: kind, since: since)
  }

  /// The names and values that make this filter; without the page unless it is not the first.
  var items: [(name: String, value: String)] {
    var items: [(String, String)] = []
    if state != .open { items.append(("state", state?.rawValue ?? "any")) }
    if let severity { items.append(("severity", severity.rawValue)) }
    if let kind { items.append(("kind", kind.rawValue)) }
    if let mapping { items.append(("source", mapping)) }
    if let field { items.append(("field", field)) }
    if let age { items.append(("age", age.name)) }
    if let assignee { items.append(("assignee", assignee)) }
    if let text { items.append(("q", text)) }
    if let change {
      items.append(("change", "\(change.kind.rawValue):\(change.since.rfc3339Microseconds)"))
    }
    if page > 1 { items.append(("page", String(page))) }
    return items
  }

  /// The filter as a query, with further items after it; empty without any.
  func query(_ more: [(String, String)] = []) -> String {
    let all = items + more
    guard !all.isEmpty else { return "" }
    return "?" + all.map { "\($0)=\(PercentCoding.encoded($1))" }.joined(separator: "&")
  }

  /// This filter on another page.
  func on(page: Int) -> DeskFilter {
    var other = self
    other.page = page
    return other
  }

  /// Conflicts before this page.
  public var offset: Int { (page - 1) * Self.pageSize }
}
