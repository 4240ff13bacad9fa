internal import Formats
internal import Reconciliation
internal import SQLite

/// Makes the values of the core out of rows; the lists of columns stand beside their readers.
final class RowReader {
  private let database: Connection
  private var names = StoredNames()
  private var receipts: [Int64: [ExportPart]] = [:]

  /// Whether hashed e-mails are given as such, to be compared; for people they are gone.
  private let keepsHashes: Bool

  init(_ database: Connection, keepsHashes: Bool = false) {
    self.database = database
    self.keepsHashes = keepsHashes
  }

  // MARK: Records

  static let recordColumns = """
    id, mapping, origin, key, missing, deleted, columns, changed_us, receipt, line, first_seen,
    raw_reference, raw_origin, cells, situation
    """

  func record(_ row: Statement) throws -> SourceRecord {
    let key = Key(origin: try origin(row.int64(2)), reference: row.text(3))
    let receipt = row.int64(8)
    let export = try export(receipt, row.int(9))
    return SourceRecord(
      mapping: try mapping(row.int64(1)), key: key,
      rawReference: row.optionalText(11) ?? key.reference,
      rawOrigin: row.optionalText(12) ?? key.origin, columns: try columns(row.int64(6)),
      cells: try CellText(bytes: row.utf8(13)[...]).cells(),
      changedAt: row.optionalInt64(7).map { Timestamp($0) }, deletedMarker: row.bool(5),
      missingExports: row.int(4), firstSeen: Timestamp(row.int64(10)),
      provenance: Provenance(
        file: export.file, line: ExportPlaces.line(of: row.int(9)), sha256: export.sha256,
        receipt: receipt),
      mirrorID: row.int64(0))
  }

  static func recordSituation(_ row: Statement) throws -> Situation? {
    try Stored.word(row.optionalText(14), in: "records", row.int64(0))
  }

  // MARK: Resets

  static let resetColumns = """
    r.id, r.mapping, r.origin, r.key, r.reset_id, r.assignment, r.reference, r.reference_origin,
    coalesce(r.customer_email, '\(EmailHasher.prefix)' || r.email_hash), r.reset_password_at, r.created_at, r.updated_at, r.metadata, r.first_seen,
    r.deleted_at, r.situation, r.counted, r.field_times
    """

  /// With what only people look at; walks over all resets do without it.
  static let wholeResetColumns = resetColumns + ", r.self_link, r.links, r.mode"

  func reset(_ row: Statement) throws -> RemoteReset {
    try reset(row, links: ResetLinks(own: nil, relations: [:]), mode: nil)
  }

  func wholeReset(_ row: Statement) throws -> RemoteReset {
    let links = ResetLinks(own: row.optionalText(18), compact: row.optionalText(19))
    return try reset(row, links: links, mode: row.optionalText(20))
  }

  private func reset(
    _ row: Statement, links: ResetLinks, mode: String?
  ) throws -> RemoteReset {
    let metadata = try JSONValue(parsing: row.utf8(12))
    var reset = RemoteReset(
      id: row.text(4), reference: row.optionalText(6), referenceOrigin: row.optionalText(7),
      key: try assignment(row), customerEmail: email(row.optionalText(8)),
      resetPasswordAt: row.optionalText(9), createdAt: row.optionalText(10),
      updatedAt: row.optionalText(11),
      metadata: metadata.objectValue ?? JSONObject(),
      firstSeen: Timestamp(row.int64(13)), isDeleted: !row.isNull(14), mirrorID: row.int64(0),
      links: links,
      mode: mode)
    if metadata.objectValue == nil { reset.oddMetadata = metadata }
    if let times = try Stored.fieldTimes(row.optionalText(17), ofReset: row.int64(0)) {
      reset.fieldTimes = times
    }
    return reset
  }

  private func email(_ text: String?) -> String? {
    guard let text, !keepsHashes, EmailHasher.isToken(text) else { return text }
    return nil
  }

  static func resetSituation(_ row: Statement) throws -> Situation? {
    try Stored.word(row.optionalText(15), in: "resets", row.int64(0))
  }

  private func assignment(_ row: Statement) throws -> KeyAssignment {
    switch row.text(5) {
    case "known":
      .known(
        mapping: try mapping(row.int64(1)),
        Key(origin: try origin(row.int64(2)), reference: row.text(3)))
    case "unknown_origin": .unknownOrigin(row.optionalText(7))
    case "unreferenced": .unreferenced
    default: throw Stored.unknown(in: "resets", row.int64(0))
    }
  }

  // MARK: Links

  static let linkColumns = """
    l.reset, l.mapping, l.origin, l.key, l.state, l.made_by, l.base, l.apart_kind, l.apart_facts,
    l.accepted_identity, l.writes, l.situation, l.own_updated, l.others_updated
    """

  /// `resetID` is that of the link's reset, which the caller has at hand.
  func link(_ row: Statement, resetID: String) throws -> Link {
    Link(
      id: row.int64(0), mapping: try mapping(row.int64(1)), resetID: resetID,
      key: Key(origin: try origin(row.int64(2)), reference: row.text(3)),
      base: try Base(decoding: row.text(6)), madeBy: LinkText.maker(row.text(5)),
      state: try LinkText.state(
        row.text(4), kind: row.optionalText(7), facts: row.optionalText(8), row: row.int64(0)),
      acceptedIdentity: row.optionalText(9), writes: try LinkText.writes(row.optionalText(10)),
      ownUpdate: Self.ownUpdate(row))
  }

  static func ownUpdate(_ row: Statement) -> OwnUpdate? {
    row.optionalInt64(12).map {
      OwnUpdate(at: Timestamp($0), before: row.optionalInt64(13).map { Timestamp($0) })
    }
  }

  static func linkSituation(_ row: Statement) throws -> Situation? {
    try Stored.word(row.optionalText(11), in: "links", row.int64(0))
  }

  // MARK: Names

  func mapping(_ id: Int64) throws -> String { try names.mapping(id, in: database) }
  func origin(_ id: Int64) throws -> String { try names.origin(id, in: database) }
  func columns(_ id: Int64) throws -> [String] { try names.columns(id, in: database) }

  /// The file of a row, of an export in several files that of its part.
  private func export(_ id: Int64, _ line: Int) throws -> ExportPart {
    let files = try receipts[id] ?? files(of: id)
    receipts[id] = files
    let part = ExportPlaces.part(of: line)
    return part < files.count ? files[part] : files[0]
  }

  private func files(of id: Int64) throws -> [ExportPart] {
    let found = try database.first("SELECT file, sha256, parts FROM receipts WHERE id = ?", id) {
      let parts = try ExportPart.parts($0.optionalText(2))
      return parts.isEmpty
        ? [ExportPart(file: $0.text(0), path: "", sha256: $0.text(1), size: 0)] : parts
    }
    return found ?? [ExportPart(file: "", path: "", sha256: "", size: 0)]
  }
}

/// How the parts of a link are spelled in its row.
enum LinkText {
  static func maker(_ text: String) -> LinkMaker {
    guard text != "match" else { return .match }
    let name = text.dropFirst("decision:".count)
    return .decision(by: name.isEmpty ? nil : String(name))
  }

  static func text(_ maker: LinkMaker) -> String {
    switch maker {
    case .match: "match"
    case .decision(let by): "decision:\(by ?? "")"
    }
  }

  static func state(
    _ text: String, kind: String?, facts: String?, row: Int64
  ) throws -> LinkState {
    switch text {
    case "active": return .active
    case "apart":
      guard let kind: ConflictKind = try Stored.word(kind, in: "links", row) else {
        throw Stored.unknown(in: "links", row)
      }
      return .apart(kind: kind, facts: facts ?? "")
    case "parted": return .parted
    case "closed": return .closed
    default: throw Stored.unknown(in: "links", row)
    }
  }

  static func writes(_ text: String?) throws -> [FieldWriteMemory] {
    guard let text else { return [] }
    return try JSONValue(parsing: text).arrayValue?.compactMap { entry in
      guard let parts = entry.arrayValue, parts.count == 4, let field = parts[0].text,
        let replaced = parts[1].text, let written = parts[2].text, let at = parts[3].int
      else { return nil }
      return FieldWriteMemory(
        field: field, replaced: replaced, written: written,
        at: Timestamp(microseconds: Int64(at)))
    } ?? []
  }

  static func text(_ writes: [FieldWriteMemory]) -> String? {
    guard !writes.isEmpty else { return nil }
    return JSONValue.array(
      writes.map {
        .array([
          .string($0.field), .string($0.replaced), .string($0.written),
          .int(Int($0.at.microseconds)),
        ])
      }
    ).written()
  }
}
