internal import HTTP
internal import Mirror
internal import Reconciliation

/// Which items a page lists; read from an address, so that an address is a saved view.
struct ItemsFilter: Equatable {
  /// What is listed.
  enum List: Equatable {
    case situation(Situation)
    /// Those in step: in sync, or apart on purpose.
    case inStep
    case resets
    /// The records of the filter's mapping.
    case records
  }

  var list: List
  var mapping: String?

  /// The most characters of a name in an address.
  static let nameCharactersMax = 200

  init(_ list: List, mapping: String? = nil) {
    self.list = list
    self.mapping = mapping
  }

  /// Reads a query; nil where it names no list.
  init?(_ query: [HTTPQueryItem]) {
    func value(_ name: String) -> String? {
      query.first { $0.name == name }.map { String($0.value.prefix(Self.nameCharactersMax)) }
    }
    mapping = value("source")
    switch (value("of"), value("situation")) {
    case ("resets", _): list = .resets
    case ("records", _):
      guard mapping != nil else { return nil }
      list = .records
    case (_, "in_step"): list = .inStep
    case (_, let name?):
      guard let situation = Situation(rawValue: name) else { return nil }
      list = .situation(situation)
    default: return nil
    }
  }

  private var items: [(String, String)] {
    var items: [(String, String)] =
      switch list {
      case .situation(let situation): [("situation", situation.rawValue)]
      case .inStep: [("situation", "in_step")]
      case .resets: [("of", "resets")]
      case .records: [("of", "records")]
      }
    if let mapping { items.append(("source", mapping)) }
    return items
  }

  /// The path below the desk.
  var path: String { path(after: nil, place: 0) }

  /// The path of a later page: what it follows, and how many came before.
  func path(after next: String?, place: Int) -> String {
    var all = items
    if let next { all += [("after", next), ("n", String(place))] }
    return "/items?" + all.map { "\($0)=\(PercentCoding.encoded($1))" }.joined(separator: "&")
  }

  /// The list as the mirror reads it.
  var itemList: ItemList {
    switch list {
    case .situation(let situation): .situations([situation], mapping: mapping)
    case .inStep: .situations(Self.inStep, mapping: mapping)
    case .resets: .resets
    case .records: .records(mapping: mapping ?? "")
    }
  }

  /// The situations in step.
  static let inStep: [Situation] = [.inSync, .driftAccepted]
}

/// Which exports a page lists.
struct ExportsFilter: Equatable {
  var mapping: String?
  var state: ReceiptState?

  init(mapping: String? = nil, state: ReceiptState? = nil) {
    self.mapping = mapping
    self.state = state
  }

  /// Reads a query; what it can't read is left out.
  init(_ query: [HTTPQueryItem]) {
    for item in query where !item.value.isEmpty {
      switch item.name {
      case "source": mapping = String(item.value.prefix(ItemsFilter.nameCharactersMax))
      case "state": state = ReceiptState(rawValue: item.value)
      default: break
      }
    }
  }

  /// The path below the desk.
  var path: String { path(before: nil) }

  /// The path of a later page.
  func path(before id: Int64?) -> String {
    var items: [(String, String)] = []
    if let mapping { items.append(("source", mapping)) }
    if let state { items.append(("state", state.rawValue)) }
    if let id { items.append(("before", String(id))) }
    guard !items.isEmpty else { return "/exports" }
    return "/exports?" + items.map { "\($0)=\(PercentCoding.encoded($1))" }.joined(separator: "&")
  }
}
