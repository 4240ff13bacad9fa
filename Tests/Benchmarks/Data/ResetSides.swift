import Mirror
import Reconciliation

/// The resets of the same customers, as they would have been pulled.
struct ResetSides: Sendable {
  /// How far both sides agree before they were ever reconciled.
  enum Likeness: String, Sendable {
    /// Everywhere: the first reconcile only links.
    case same
    /// As in a first reconcile: 1 % of the keys stand on one side only, on each side; 10 % of the
    /// resets lack a managed value, 0.1 % hold another.
    case mixed
    /// Every reset holds another group than its record: a conflict each.
    case different
  }

  let size: Int
  let seed: UInt64
  var likeness = Likeness.mixed

  /// The reset at a place in the order of creation, which is not that of the keys.
  func reset(at place: Int) -> Reset {
    let shuffle = Shuffle(count: size, seed: seed &+ 1)
    return reset(number: shuffle.number(at: place), place: place)
  }

  /// All resets in the order of creation.
  var all: some Sequence<Reset> {
    let shuffle = Shuffle(count: size, seed: seed &+ 1)
    return (0..<size).lazy.map { reset(number: shuffle.number(at: $0), place: $0) }
  }

  private func reset(number: Int, place: Int) -> Reset {
    // The first 1 % of the keys have no reset, and as many resets no record.
    let number = likeness == .mixed ? number + size / 100 : number
    let customer = Customer(number, seed: seed)
    var group: String? = customer.group
    var limit: String? = customer.limitText
    switch likeness {
    case .same: break
    case .mixed:
      if number % 10 == 3 { limit = nil }
      if number % 1_000 == 7 { group = "former" }
    case .different: group = "former"
    }
    let second = place % 86_400
    let day = 1 + place / 86_400 % 28
    let time =
      "2026-10-\(Customer.padded(day, 2))T\(Customer.padded(second / 3_600, 2))"
      + ":\(Customer.padded(second / 60 % 60, 2)):\(Customer.padded(second % 60, 2)).000Z"
    return Reset(
      id: Self.id(number), reference: customer.reference, email: customer.email, time: time,
      metadata: Self.metadata(customer, group: group, limit: limit))
  }

  private static func metadata(_ customer: Customer, group: String?, limit: String?) -> String {
    var members = ["\"loyalty_points\":\(customer.limit % 977)"]
    if let group { members.append("\"group\":\"\(group)\"") }
    members.append("\"blocked\":\(customer.isBlocked)")
    members.append("\"display_name\":\"\(customer.name)\"")
    if !customer.note.isEmpty {
      members.append("\"note\":\"\(customer.note.replacing("\"", with: "\\\""))\"")
    }
    let limitMember = limit.map { "\"limit\":\($0)," } ?? ""
    members.append(
      "\"erp\":{\(limitMember)\"city\":\"\(customer.city)\",\"country\":\"\(customer.country)\","
        + "\"since\":\"\(customer.since)\"}")
    return "{\(members.joined(separator: ","))}"
  }

  /// Ten letters without pattern, a different word for every number.
  static func id(_ number: Int) -> String {
    let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)
    var rest = UInt64(number) &* 0x9E37_79B9_7F4A_7C15 & ((1 << 52) - 1)
    var word: [UInt8] = []
    for _ in 0..<10 {
      word.append(letters[Int(rest % 52)])
      rest /= 52
    }
    return String(decoding: word, as: UTF8.self)
  }

  /// One reset.
  struct Reset: Sendable, Hashable {
    let id: String
    let reference: String
    let email: String
    var time: String
    var metadata: String

    /// As the mirror takes it.
    func row(_ book: RuleBook) -> ResetRow {
      ResetRow(
        id: id, key: book.assign(reference: reference, origin: Site.origin), reference: reference,
        referenceOrigin: Site.origin, customerEmail: email, createdAt: time, updatedAt: time,
        metadata: metadata,
        selfLink: "https://bench.commercelayer.io/api/customer_password_resets/\(id)",
        mode: Site.mode)
    }
  }
}
