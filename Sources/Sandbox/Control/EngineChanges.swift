import Formats
import HTTP

/// Changes that don't come through the API: seeds, tests, and somebody else.
extension Engine {
  /// Adds a reset; nil when its metadata is no JSON.
  func add(_ reset: SandboxReset, mode: SandboxMode) -> String? {
    let store = store(mode)
    var metadata: [UInt8]?
    if let text = reset.metadata {
      guard let value = try? JSONValue(parsing: text) else { return nil }
      metadata = value.isNull ? nil : value.writtenBytes()
    }
    let created = reset.createdAt?.microseconds ?? now
    let customer =
      store.customer(email: reset.customerEmail)
      ?? store.addCustomer(email: reset.customerEmail, hasPassword: true, at: created)
    let number = store.addReset(
      ResetRow(
        customer: Int32(customer), origin: store.originNumber(reset.referenceOrigin),
        reference: reset.reference, metadata: metadata, createdAt: created,
        updatedAt: reset.updatedAt?.microseconds ?? created,
        resetAt: reset.resetAt?.microseconds ?? ResetRow.neverReset))
    let record = RecordRef(type: .resets, number: number)
    if let id = reset.id { store.chooseID(id, for: record) }
    if let token = reset.token { store.chooseResetToken(token, for: number) }
    store.addEvent("customer_password_resets.create", record, now: created)
    return store.id(of: record)
  }

  /// Adds a customer with its trail.
  func add(_ customer: SandboxSeed.Customer, mode: SandboxMode) {
    let store = store(mode)
    var details: RowDetails?
    if customer.reference != nil || customer.referenceOrigin != nil || customer.metadata != nil {
      details = RowDetails(
        reference: customer.reference, referenceOrigin: customer.referenceOrigin,
        metadata: customer.metadata.map { Array($0.utf8) })
    }
    let number = store.addCustomer(
      email: customer.email, hasPassword: customer.hasPassword, details: details, at: now)
    let record = RecordRef(type: .customers, number: number)
    if let id = customer.id { store.chooseID(id, for: record) }
    store.addEvent("customers.create", record, now: now)
  }

  /// The reset with that id, or nil.
  func reset(_ id: String, mode: SandboxMode) -> SandboxReset? {
    let store = store(mode)
    return store.record(.resets, id: id).map { shown($0.number, store) }
  }

  /// All live resets in insertion order.
  func allResets(mode: SandboxMode) -> [SandboxReset] {
    let store = store(mode)
    return store.all(.resets).map { shown($0.number, store) }
  }

  private func shown(_ number: Int, _ store: Store) -> SandboxReset {
    let row = store.resets[number]
    var reset = SandboxReset(
      customerEmail: store.customers[Int(row.customer)].email, reference: row.reference,
      referenceOrigin: store.origin(row.origin),
      metadata: row.metadata.map { String(decoding: $0, as: UTF8.self) })
    reset.id = store.id(of: RecordRef(type: .resets, number: number))
    reset.token = store.resetToken(number)
    reset.createdAt = Timestamp(microseconds: row.createdAt)
    reset.updatedAt = Timestamp(microseconds: row.updatedAt)
    if row.resetAt != ResetRow.neverReset { reset.resetAt = Timestamp(microseconds: row.resetAt) }
    return reset
  }

  /// Applies a change by somebody else; the number of rows it touched.
  @discardableResult
  func apply(
    _ change: SandboxChange, _ request: HTTPServerRequest?, rows: [RecordRef]
  ) -> Int {
    let mode =
      request.flatMap { Self.bearer($0) }
      .flatMap { tokens.grant($0, now: now)?.credential.mode } ?? options.mode
    return apply(change, mode: mode, request: request, rows: rows)
  }

  /// Applies a change to the data of one mode; the number of rows it touched.
  @discardableResult
  func apply(
    _ change: SandboxChange, mode: SandboxMode, request: HTTPServerRequest?, rows: [RecordRef]
  ) -> Int {
    let store = store(mode)
    if change.kind == .create, change.customerEmail != nil || rows.isEmpty {
      return create(change, email: change.customerEmail ?? "new@example.com", mode: mode)
    }
    let targets = self.targets(change.target, request, rows, store)
    for number in targets where store.resets[number].isAlive {
      switch change.kind {
      case .delete: store.deleteReset(number, now: now)
      case .create:
        let customer = Int(store.resets[number].customer)
        _ = create(change, email: store.customers[customer].email, mode: mode)
      case .edit:
        var external = ExternalChange()
        external.reference = change.reference
        external.referenceOrigin = change.referenceOrigin
        if let text = change.metadata {
          external.metadata = .some(try? JSONValue(parsing: text))
        }
        store.updateReset(
          number, external,
          rules: MetadataRules(
            merges: change.mergesMetadata, normalizes: options.normalizesMetadata),
          author: .somebodyElse, now: now)
      }
    }
    return targets.count
  }

  private func create(_ change: SandboxChange, email: String, mode: SandboxMode) -> Int {
    let reset = SandboxReset(
      customerEmail: email, reference: change.reference ?? nil,
      referenceOrigin: change.referenceOrigin ?? nil, metadata: change.metadata)
    return add(reset, mode: mode) == nil ? 0 : 1
  }

  private func targets(
    _ target: SandboxChange.Target, _ request: HTTPServerRequest?, _ rows: [RecordRef],
    _ store: Store
  ) -> [Int] {
    let resets = rows.filter { $0.type == .resets }.map(\.number)
    switch target {
    case .id(let id): return store.record(.resets, id: id).map { [$0.number] } ?? []
    case .path:
      return (request?.pathSegments ?? []).compactMap { store.record(.resets, id: $0)?.number }
    case .first: return resets.first.map { [$0] } ?? []
    case .last: return resets.last.map { [$0] } ?? []
    case .answered: return resets
    case .next:
      guard let last = resets.last else { return [] }
      let rank = store.resetsByNumber.rank(.init(primary: Int64(last) + 1, sequence: .min))
      return store.resetsByNumber.sequences(in: rank..<(rank + 1))
    case .random:
      let count = store.resetsByNumber.count
      guard count > 0 else { return [] }
      let rank = Int(randomNumber() % UInt64(count))
      return store.resetsByNumber.sequences(in: rank..<(rank + 1))
    }
  }
}
