import Formats
import HTTP

/// Creating, updating and deleting.
extension APIExchange {
  private var rules: MetadataRules {
    MetadataRules(
      merges: options.mergesMetadata, normalizes: options.normalizesMetadata,
      touchesOnNoChange: options.touchesOnNoChange)
  }

  func create(_ type: ResourceType) throws -> APIAnswer {
    let query = try query(type)
    let document = try WriteDocument(request.body, type: type, id: nil)
    let record: RecordRef
    switch type {
    case .resets: record = try createReset(document)
    case .customers: record = try createCustomer(document)
    case .events, .eventStores: throw APIError.methodNotAllowed
    }
    var answer = single(record, query, status: 201)
    answer.location = "\(base)/\(type.name)/\(store.id(of: record))"
    return answer
  }

  private func createReset(_ document: WriteDocument) throws(APIError) -> RecordRef {
    guard let email = document.filled("customer_email") else {
      throw APIError.validation("customer_email", "can't be blank", kind: "blank")
    }
    guard let customer = store.customer(email: email) else {
      throw APIError.validation("customer_email", "is not a known customer", kind: "invalid")
    }
    if options.refusesGuests, !store.customers[customer].hasPassword {
      throw APIError.validation("customer_email", "is not a registered customer", kind: "invalid")
    }
    return store.createReset(
      customer: customer, external: document.external, rules: rules, author: grant.author,
      showsToken: options.eventStoresShowToken, now: now)
  }

  private func createCustomer(_ document: WriteDocument) throws(APIError) -> RecordRef {
    guard let email = document.filled("email") else {
      throw APIError.validation("email", "can't be blank", kind: "blank")
    }
    try checkEmail(email, of: nil)
    var details = RowDetails()
    apply(document, to: &details)
    let number = store.addCustomer(
      email: email, hasPassword: document.filled("password") != nil, details: details, at: now)
    let record = RecordRef(type: .customers, number: number)
    store.addEvent("customers.create", record, now: now)
    var payload = ChangePayload()
    payload.add("email", from: .null, to: .text(email))
    store.addEventStore("create", record, payload: payload.bytes, author: grant.author, now: now)
    return record
  }

  private func checkEmail(_ email: String, of number: Int?) throws(APIError) {
    let parts = email.split(separator: "@", omittingEmptySubsequences: false)
    guard parts.count == 2, parts.allSatisfy({ !$0.isEmpty }) else {
      throw APIError.validation("email", "must be a valid email", kind: "invalid")
    }
    if let other = store.customer(email: email), other != number {
      throw APIError.validation("email", "has already been taken", kind: "taken")
    }
  }

  private func apply(_ document: WriteDocument, to details: inout RowDetails) {
    let external = document.external
    if let reference = external.reference { details.reference = reference }
    if let origin = external.referenceOrigin { details.referenceOrigin = origin }
    if let metadata = external.metadata {
      details.metadata = rules.result(of: metadata, on: details.metadata)
    }
    if let text = document.text("shopper_reference") { details.shopperReference = text }
    if let text = document.text("profile_id") { details.profileID = text }
    if let text = document.text("tax_exemption_code") { details.taxExemptionCode = text }
  }

  // MARK: Update

  func update(_ type: ResourceType, _ id: String) throws -> APIAnswer {
    let query = try query(type)
    let document = try WriteDocument(request.body, type: type, id: id)
    guard let record = store.record(type, id: id) else { throw APIError.recordNotFound }
    switch type {
    case .resets: try updateReset(record.number, document)
    case .customers: try updateCustomer(record.number, document)
    case .events: updateEvent(record.number, document)
    case .eventStores: throw APIError.methodNotAllowed
    }
    return single(record, query)
  }

  /// The password part is checked before anything is written: one PATCH is one transaction.
  private func updateReset(_ number: Int, _ document: WriteDocument) throws(APIError) {
    let password = document.text("customer_password") ?? nil
    let token = document.text("_reset_password_token") ?? nil
    let completes = password != nil || token != nil
    if completes { try checkReset(number, password: password, token: token) }
    store.updateReset(
      number, document.external, rules: rules, author: grant.author, now: now)
    if completes {
      store.completeReset(
        number, clearsToken: options.clearsUsedResetToken, author: grant.author, now: now)
    }
  }

  /// The token must be the one of the reset, not used and not older than its life
  /// (CommerceLayer#The-resource).
  private func checkReset(
    _ number: Int, password: String?, token: String?
  ) throws(APIError) {
    guard let token, token == store.resetToken(number) else {
      throw APIError.validation("_reset_password_token", "is invalid", kind: "invalid")
    }
    guard store.resets[number].resetAt == ResetRow.neverReset else {
      throw APIError.validation("_reset_password_token", "has already been used", kind: "used")
    }
    let age = now - store.resets[number].createdAt
    guard Double(age) < options.resetTokenSeconds * 1_000_000 else {
      throw APIError.validation("_reset_password_token", "has expired", kind: "expired")
    }
    guard let password, !password.isEmpty else {
      throw APIError.validation("customer_password", "can't be blank", kind: "blank")
    }
  }

  private func updateCustomer(_ number: Int, _ document: WriteDocument) throws(APIError) {
    let email = document.text("email")
    if let email {
      guard let email, !email.isEmpty else {
        throw APIError.validation("email", "can't be blank", kind: "blank")
      }
      try checkEmail(email, of: number)
    }
    let before = store.customers[number]
    if let email = email ?? nil, email != before.email {
      store.customerByEmail[before.email] = nil
      store.customerByEmail[email] = Int32(number)
      store.customers[number].email = email
    }
    if document.filled("password") != nil { store.customers[number].hasPassword = true }
    var details = before.details ?? RowDetails()
    apply(document, to: &details)
    store.customers[number].details = details
    store.customers[number].updatedAt = max(now, before.updatedAt + 1)
    recordCustomerChange(number, before: before)
  }

  private func recordCustomerChange(_ number: Int, before: CustomerRow) {
    let record = RecordRef(type: .customers, number: number)
    let after = store.customers[number]
    var payload = ChangePayload()
    if before.email != after.email {
      payload.add("email", from: .text(before.email), to: .text(after.email))
    }
    if before.details?.metadata != after.details?.metadata {
      payload.add(
        "metadata", from: .init(json: before.details?.metadata),
        to: .init(json: after.details?.metadata))
      store.addEvent("customers.metadata_update", record, now: now)
    }
    payload.add("updated_at", from: .time(before.updatedAt), to: .time(after.updatedAt))
    store.addEventStore("update", record, payload: payload.bytes, author: grant.author, now: now)
  }

  /// `_trigger` sends webhooks again, which the sandbox has none of.
  private func updateEvent(_ number: Int, _ document: WriteDocument) {
    guard !document.external.isEmpty else { return }
    var details = store.events[number].details ?? RowDetails()
    apply(document, to: &details)
    store.events[number].details = details
    store.events[number].updatedAt = max(now, store.events[number].updatedAt + 1)
  }

  // MARK: Delete

  func delete(_ type: ResourceType, _ id: String) throws(APIError) -> APIAnswer {
    guard let record = store.record(type, id: id) else { throw APIError.recordNotFound }
    switch type {
    case .resets: store.deleteReset(record.number, now: now)
    case .customers:
      store.deleteCustomer(
        record.number, deletesResets: options.deletesResetsWithCustomer, now: now)
    case .events, .eventStores: throw APIError.methodNotAllowed
    }
    return APIAnswer(status: 204, body: [], mediaType: nil)
  }
}
