import Formats

/// What a write sets; outer nil leaves the attribute alone, inner nil clears it.
struct ExternalChange {
  var reference: String??
  var referenceOrigin: String??
  var metadata: JSONValue??

  var isEmpty: Bool { reference == nil && referenceOrigin == nil && metadata == nil }
}

/// How metadata is written (CommerceLayer#The-resource).
struct MetadataRules {
  var merges = false
  var normalizes = false
  var touchesOnNoChange = false

  /// The stored text after a write, or the old one when the value stays the same.
  func result(of new: JSONValue?, on old: [UInt8]?) -> [UInt8]? {
    let oldValue = old.flatMap { try? JSONValue(parsing: $0) }
    guard var object = new?.objectValue else {
      // Only somebody beside the API's own checks stores anything but an object.
      return new.flatMap { $0.isNull ? nil : $0.writtenBytes() }
    }
    if merges, let base = oldValue?.objectValue {
      var merged = base
      for (key, value) in object { merged[key.value] = value }
      object = merged
    }
    if let oldObject = oldValue?.objectValue, oldObject == object { return old }
    if object.isEmpty && old == nil { return nil }
    return (normalizes ? JSONB.normalized(.object(object)) : .object(object)).writtenBytes()
  }
}

extension Store {
  /// Adds a customer; the e-mail must be new.
  @discardableResult
  func addCustomer(
    email: String, hasPassword: Bool, details: RowDetails? = nil, at time: Int64
  ) -> Int {
    let number = customers.count
    customers.append(
      CustomerRow(email: email, hasPassword: hasPassword, at: time, details: details))
    customerByEmail[email] = Int32(number)
    liveCustomers.insert(.init(primary: Int64(number), sequence: Int32(number)))
    return number
  }

  /// The live customer with that e-mail.
  func customer(email: String) -> Int? {
    guard let number = customerByEmail[email].map(Int.init), customers[number].isAlive else {
      return nil
    }
    return number
  }

  /// Adds a reset without a trail: for seeds and generated data.
  @discardableResult
  func addReset(_ row: ResetRow) -> Int {
    resets.append(row)
    chain(resets.count - 1)
    indexReset(resets.count - 1)
    return resets.count - 1
  }

  /// Creates a reset as the API does, with event and audit entry.
  func createReset(
    customer: Int, external: ExternalChange, rules: MetadataRules, author: Author,
    showsToken: Bool, now: Int64
  ) -> RecordRef {
    let metadata = rules.result(of: external.metadata ?? nil, on: nil)
    let number = addReset(
      ResetRow(
        customer: Int32(customer), origin: originNumber(external.referenceOrigin ?? nil),
        reference: external.reference ?? nil, metadata: metadata, createdAt: now, updatedAt: now,
        resetAt: ResetRow.neverReset))
    let record = RecordRef(type: .resets, number: number)
    addEvent("customer_password_resets.create", record, now: now)
    var payload = ChangePayload()
    payload.add("customer_email", from: .null, to: .text(customers[customer].email))
    if showsToken, let token = resetToken(number) {
      payload.add("reset_password_token", from: .null, to: .text(token))
    }
    for name in ["reference", "reference_origin", "metadata", "created_at", "updated_at"] {
      guard let attribute = ResourceType.resets.schema.attribute(name) else { continue }
      let value = value(attribute.field, of: record, emptyMetadataIsNull: true)
      if !value.isNull { payload.add(name, from: .null, to: value) }
    }
    addEventStore("create", record, payload: payload.bytes, author: author, now: now)
    return record
  }

  /// Writes the external attributes of a reset; true when something really changed.
  ///
  /// `updated_at` then moves forward by at least a microsecond, whatever the clock says.
  @discardableResult
  func updateReset(
    _ number: Int, _ change: ExternalChange, rules: MetadataRules, author: Author, now: Int64
  ) -> Bool {
    let record = RecordRef(type: .resets, number: number)
    var payload = ChangePayload()
    if let reference = change.reference, reference != resets[number].reference {
      payload.add("reference", from: .init(resets[number].reference), to: .init(reference))
      resets[number].reference = reference
    }
    if let origin = change.referenceOrigin, originNumber(origin) != resets[number].origin {
      payload.add(
        "reference_origin", from: .init(self.origin(resets[number].origin)), to: .init(origin))
      resets[number].origin = originNumber(origin)
    }
    if let metadata = change.metadata {
      let old = resets[number].metadata
      let new = rules.result(of: metadata, on: old)
      if new != old {
        payload.add("metadata", from: .init(json: old), to: .init(json: new))
        resets[number].metadata = new
      }
    }
    guard !payload.isEmpty || rules.touchesOnNoChange else { return false }
    finishUpdate(record, &payload, author: author, now: now)
    return true
  }

  /// Marks the password as reset.
  func completeReset(_ number: Int, clearsToken: Bool, author: Author, now: Int64) {
    let record = RecordRef(type: .resets, number: number)
    resets[number].resetAt = now
    customers[Int(resets[number].customer)].hasPassword = true
    if clearsToken { chooseResetToken(nil, for: number) }
    var payload = ChangePayload()
    payload.add("reset_password_at", from: .null, to: .time(now))
    finishUpdate(record, &payload, author: author, now: now)
    addEvent("customer_password_resets.reset_password", record, now: now)
  }

  private func finishUpdate(
    _ record: RecordRef, _ payload: inout ChangePayload, author: Author, now: Int64
  ) {
    let before = resets[record.number].updatedAt
    let after = max(now, before + 1)
    payload.add("updated_at", from: .time(before), to: .time(after))
    moveUpdate(record.number, to: after)
    addEventStore("update", record, payload: payload.bytes, author: author, now: now)
  }

  func deleteReset(_ number: Int, now: Int64) {
    unindexReset(number)
    resets[number].isAlive = false
    resets[number].metadata = nil
    resets[number].reference = nil
    addEvent(
      "customer_password_resets.destroy", RecordRef(type: .resets, number: number), now: now)
  }

  func deleteCustomer(_ number: Int, deletesResets: Bool, now: Int64) {
    if deletesResets {
      for reset in resets(ofCustomer: number) { deleteReset(reset, now: now) }
    }
    customers[number].isAlive = false
    customerByEmail[customers[number].email] = nil
    liveCustomers.remove(.init(primary: Int64(number), sequence: Int32(number)))
    addEvent("customers.destroy", RecordRef(type: .customers, number: number), now: now)
  }
}

/// Collects `{attr:{from,to}}` for an audit entry.
struct ChangePayload {
  private var writer = ByteWriter(capacityBytes: 256)
  private(set) var isEmpty = true

  init() {
    writer.raw("{")
  }

  var bytes: [UInt8] { writer.bytes + [0x7D] }

  mutating func add(_ name: String, from: FieldValue, to: FieldValue) {
    writer.separate(&isEmpty)
    writer.key(name)
    writer.raw("{\"from\":")
    writer.value(from)
    writer.raw(",\"to\":")
    writer.value(to)
    writer.raw("}")
  }
}

extension FieldValue {
  init(_ text: String?) {
    if let text { self = .text(text) } else { self = .null }
  }

  init(json: [UInt8]?) {
    if let json { self = .json(json) } else { self = .null }
  }
}

extension ByteWriter {
  /// Appends a value; identifiers must be turned into text before.
  mutating func value(_ value: FieldValue) {
    switch value {
    case .null: raw("null")
    case .text(let text): string(text)
    case .time(let microseconds): time(microseconds)
    case .integer(let number), .identifier(let number): integer(number)
    case .bool(let flag): raw(text: flag ? "true" : "false")
    case .json(let bytes): raw(bytes)
    }
  }
}
