/// A password reset as stored; about 64 bytes without its texts.
struct ResetRow {
  var customer: Int32
  /// Index into the store's origins, or -1 for null.
  var origin: Int32
  var reference: String?
  /// JSON text of the object, or nil for null.
  var metadata: [UInt8]?
  var createdAt: Int64
  var updatedAt: Int64
  /// `Int64.min` while the password was not reset.
  var resetAt: Int64
  var isAlive = true
  /// The customer's reset before this one, or -1: a chain instead of a table.
  var previousOfCustomer: Int32 = -1

  static let neverReset = Int64.min
}

/// A customer as stored.
struct CustomerRow {
  var email: String
  var hasPassword: Bool
  var isAlive = true
  /// Head of the chain of its resets, or -1.
  var lastReset: Int32 = -1
  var createdAt: Int64
  var updatedAt: Int64
  /// Rarely set attributes live elsewhere, so that a million plain customers stay small.
  var detailed: DetailsBox?

  var details: RowDetails? {
    get { detailed?.details }
    set { detailed = newValue.map(DetailsBox.init) }
  }

  init(email: String, hasPassword: Bool, at time: Int64, details: RowDetails?) {
    self.email = email
    self.hasPassword = hasPassword
    createdAt = time
    updatedAt = time
    self.details = details
  }
}

/// Keeps details out of line.
final class DetailsBox {
  let details: RowDetails

  init(_ details: RowDetails) {
    self.details = details
  }
}

/// An event as stored.
struct EventRow {
  let name: String
  let subject: RecordRef
  let createdAt: Int64
  var updatedAt: Int64
  var details: RowDetails?
}

/// An entry of the audit trail.
struct EventStoreRow {
  let id: String
  let subject: RecordRef
  let event: String
  let payload: [UInt8]
  let who: [UInt8]
  let createdAt: Int64
}

/// Attributes that few rows have.
struct RowDetails {
  var reference: String?
  var referenceOrigin: String?
  var metadata: [UInt8]?
  var shopperReference: String?
  var profileID: String?
  var taxExemptionCode: String?
}

/// Who makes a change, as event stores tell it.
struct Author {
  var applicationID: String
  var kind: String
  var isPublic: Bool
  var ownerID: String?

  /// JSON text of the `who` attribute.
  var json: [UInt8] {
    var writer = ByteWriter(capacityBytes: 160)
    writer.raw("{\"application\":{\"id\":")
    writer.string(applicationID)
    writer.raw(",\"kind\":")
    writer.string(kind)
    writer.raw(",\"public\":")
    writer.raw(text: isPublic ? "true" : "false")
    writer.raw("},\"owner\":")
    if let ownerID {
      writer.raw("{\"id\":")
      writer.string(ownerID)
      writer.raw(",\"type\":\"User\"}")
    } else {
      writer.raw("null")
    }
    writer.raw("}")
    return writer.bytes
  }

  /// The other writer that tests and faults send in.
  static let somebodyElse = Author(
    applicationID: "EdDaSHbOrd", kind: "webapp", isPublic: false, ownerID: "UsErOThErX")
}
