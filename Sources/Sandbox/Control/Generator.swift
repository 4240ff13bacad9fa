/// Makes up resets, the same ones for the same count: customers, references of three systems,
/// metadata of a few keys, times spread over a year; without events, to stay small.
struct Generator {
  let store: Store
  /// The newest creation time, in microseconds since 1970.
  let now: Int64

  func make(_ count: Int) {
    store.resets.reserveCapacity(store.resets.count + count)
    store.customers.reserveCapacity(store.customers.count + count)
    store.customerByEmail.reserveCapacity(store.customerByEmail.count + count)
    let origins = ["sap", "salesforce", "hubspot"].map { store.originNumber($0) }
    let first = store.resets.count
    let step = 31_536_000_000_000 / Int64(max(1, count))
    for index in 0..<count {
      let number = first + index
      let random = ResourceIDs.mixed(UInt64(number) &+ 0x5EED)
      let created = now - Int64(count - index) * step
      // One update in four came later than the creation.
      let updated = random & 3 == 0 ? created + Int64(random >> 8 & 0xFFFF_FFFF) % step : created
      let customer = store.addCustomer(
        email: "customer\(number)@example.com", hasPassword: true, at: created)
      store.addReset(
        ResetRow(
          customer: Int32(customer), origin: origins[Int(random >> 40) % 3],
          reference: Self.reference(number), metadata: Self.metadata(number, random),
          createdAt: created, updatedAt: updated, resetAt: ResetRow.neverReset))
    }
  }

  /// `C-0000042`.
  static func reference(_ number: Int) -> String {
    let digits = String(number)
    return "C-" + String(repeating: "0", count: max(0, 7 - digits.utf8.count)) + digits
  }

  private static func metadata(_ number: Int, _ random: UInt64) -> [UInt8] {
    let groups = ["retail", "wholesale", "partner"]
    return Array(
      ("{\"customer_group\":\"\(groups[Int(random >> 20) % 3])\","
        + "\"erp\":{\"credit_limit\":\(random >> 30 & 0xFFF).50},"
        + "\"blocked\":\(random & 15 == 0)}").utf8)
  }
}
