/// One condition of a list, checked before it is sent: the API may ignore what it doesn't know,
/// and an ignored filter would make an incremental pull a full one.
public struct ResetFilter: Sendable, Equatable {
  /// Attribute and matcher, such as `updated_at_gteq`.
  public let predicate: String
  /// The value to match with.
  public let value: String

  /// The attributes that the documentation lists as filterable, without the secret one.
  private static let attributes = [
    "id", "reset_password_at", "created_at", "updated_at", "reference", "reference_origin",
    "metadata", "customer_id", "customer_email", "customer_reference", "events_id", "events_name",
  ]

  /// The matchers of the documentation (CommerceLayer#Pages-and-filters).
  private static let matchers: Set<String> = {
    let ordered = ["lt", "lteq", "gt", "gteq"]
    let text = ["matches", "does_not_match", "start", "not_start", "end", "not_end"]
    let groups = (ordered + text).flatMap { [$0, "\($0)_any", "\($0)_all"] }
    let rest = [
      "eq", "eq_or_null", "not_eq", "not_eq_or_null", "in", "in_or_null", "not_in",
      "not_in_or_null", "not_eq_all", "cont", "not_cont", "cont_any", "cont_all", "not_cont_all",
      "present", "blank", "null", "not_null", "true", "false", "jcont",
    ]
    return Set(groups + rest)
  }()

  /// Makes a condition; throws `misconfigured` for a predicate that the documentation lacks.
  public init(_ predicate: String, _ value: String) throws(APIError) {
    guard Self.isKnown(predicate) else {
      throw APIError(.misconfigured, "\(predicate) is no filter of \(ResetResource.type)")
    }
    self.predicate = predicate
    self.value = value
  }

  /// Only for predicates that are written in this file's callers and shown right by a test.
  init(checked predicate: String, _ value: String) {
    self.predicate = predicate
    self.value = value
  }

  static func isKnown(_ predicate: String) -> Bool {
    // Attributes may be joined: `reference_or_customer_reference_eq`.
    var rest = Substring(predicate)
    while true {
      let known = attributes.filter { rest.hasPrefix($0 + "_") }
      if known.contains(where: { matchers.contains(String(rest.dropFirst($0.count + 1))) }) {
        return true
      }
      guard let joined = known.first(where: { rest.hasPrefix($0 + "_or_") }) else { return false }
      rest = rest.dropFirst(joined.count + 4)
    }
  }
}

/// A total order of a list; the API's default order is not documented.
public enum ResetOrder: String, Sendable {
  /// By the internal number behind the id, which is the order of creation.
  case id
  /// The order of creation, backwards.
  case last = "-id"
  /// By the last change, then by id.
  case updated = "updated_at,id"
  /// The newest change first.
  case newest = "-updated_at,-id"
}

/// A request for a page of resets: conditions, order, size.
///
/// Walks ask for the first page, since numbered pages shift when rows move; another number finds
/// a row in the middle.
struct ResetQuery: Equatable {
  /// What is asked of every reset; never `reset_password_token`.
  ///
  /// Relationships are fields too (JSON:API 1.0, section "Sparse Fieldsets"): unnamed, their links
  /// would be missing.
  static let fields =
    "customer_email,reset_password_at,created_at,updated_at,reference,reference_origin,metadata,"
    + ResetResource.relations.joined(separator: ",")
  /// The smallest set that still tells when a row changed.
  static let countFields = "updated_at,created_at"

  var filters: [ResetFilter] = []
  var order = ResetOrder.id
  var size = APISettings.pageSizeMax
  var fields = Self.fields
  /// 1 for the first page.
  var number = 1

  /// The query parameters in a fixed order, not yet encoded.
  var parameters: [(name: String, value: String)] {
    var parameters = [
      (name: "fields[\(ResetResource.type)]", value: fields),
      (name: "page[number]", value: String(number)),
      (name: "page[size]", value: String(size)),
      (name: "sort", value: order.rawValue),
    ]
    parameters += filters.map { (name: "filter[q][\($0.predicate)]", value: $0.value) }
    return parameters
  }

  static func == (left: Self, right: Self) -> Bool {
    left.parameters.elementsEqual(right.parameters) { $0 == $1 }
  }
}
