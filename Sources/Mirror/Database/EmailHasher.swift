internal import Formats
internal import Reconciliation

/// Makes what stands in the place of an e-mail that retention removed: a keyed hash.
///
/// Two are equal exactly if the e-mails were, so identities can still be checked; without the key,
/// which is kept outside of the mirror, nobody can try addresses until one fits.
struct EmailHasher: Sendable {
  private let key: [UInt8]
  private static let plain = IdentityPair(column: "", attribute: .customerEmail)

  /// How a hash begins where an e-mail stood.
  static let prefix = "email-hash:"

  init(key: [UInt8]) { self.key = key }

  /// Tells keys apart without telling anything of them.
  var id: String { String(Hex.encode(HMACSHA256.code(of: Array("id".utf8), key: key)).prefix(16)) }

  /// The hash of an e-mail, in hex; neither case nor blanks around it matter.
  func hash(_ email: String) -> String {
    let plain = Self.plain.normal(email) ?? ""
    return Hex.encode(HMACSHA256.code(of: Array(plain.lowercased().utf8), key: key))
  }

  /// What stands in the place of an e-mail; of a hash, itself.
  func token(_ email: String) -> String {
    Self.isToken(email) ? email : Self.prefix + hash(email)
  }

  static func isToken(_ text: String) -> Bool { text.hasPrefix(prefix) }

  /// Whether raw cells hold a hash.
  static func isIn(_ cells: CellText) -> Bool {
    let wanted = Array("\"\(prefix)".utf8)
    let bytes = cells.bytes
    guard bytes.count > wanted.count else { return false }
    for place in bytes.startIndex..<(bytes.endIndex - wanted.count)
    where bytes[place] == wanted[0] && bytes[place + 1] == wanted[1] {
      if bytes[place..<(place + wanted.count)].elementsEqual(wanted) { return true }
    }
    return false
  }

  /// The row with the e-mails of these places hashed; nil if there are none.
  func hashed(_ cells: [Cell], at places: [Int]) -> [Cell]? {
    var hashed = cells
    var isChanged = false
    for place in places where place < cells.count {
      guard case .text(let text) = cells[place], text.contains("@") else { continue }
      hashed[place] = .text(token(text))
      isChanged = true
    }
    return isChanged ? hashed : nil
  }
}

extension Mapping {
  /// Columns that hold nothing but the customer's e-mail, for telling whose record it is.
  ///
  /// One that is also a managed field, part of the key or of another rule is needed as it is.
  var emailColumns: Set<String> {
    let pairs = verify + correlate
    var columns = Set(pairs.filter { $0.attribute == .customerEmail }.map(\.column))
    columns.subtract(pairs.filter { $0.attribute != .customerEmail }.map(\.column))
    columns.subtract(reference.columns)
    columns.subtract(fields.map(\.column))
    let rules = [originColumn?.column, rows?.column, changedAt?.column, deleted?.column]
    return columns.subtracting(rules.compactMap(\.self))
  }
}

extension Mirror {
  static let emailKeyFact = "email.key"
  static let emailHashedFact = "email.hashed"
}

extension MirrorDatabase {
  /// The hasher, if there is one and hashes stand in the mirror; nil also if the key is another
  /// than theirs, which makes them say nothing.
  func activeHasher() throws -> EmailHasher? {
    guard let emailHasher, try fact(Mirror.emailKeyFact) == emailHasher.id else { return nil }
    return emailHasher
  }

  /// Whether e-mails of records or resets were replaced by hashes.
  func hasHashes() throws -> Bool { try fact(Mirror.emailHashedFact) != nil }
}

/// Compares hashes with e-mails where a group holds both: those that agree become equal.
struct EmailMatcher {
  let hasher: EmailHasher?

  /// Where a reset and a record of the group have the same e-mail and one of them only as a hash,
  /// it gets the other's spelling; without a key, hashes are blank.
  func match(_ group: inout KeyGroup) {
    group.resets = group.resets.map { matched($0, with: group.records) }
    group.linkedResets = group.linkedResets.map { matched($0, with: group.records) }
    let resets = group.resets + group.linkedResets
    group.records = group.records.map { matched($0, with: resets) }
  }

  func matched(_ reset: RemoteReset, with records: [SourceRecord]) -> RemoteReset {
    guard let token = reset.customerEmail, EmailHasher.isToken(token) else { return reset }
    var reset = reset
    guard let hasher else {
      reset.customerEmail = nil
      return reset
    }
    for case .text(let text) in records.flatMap(\.cells)
    where text.contains("@") && hasher.token(text) == token {
      reset.customerEmail = text
    }
    return reset
  }

  func matched(_ record: SourceRecord, with resets: [RemoteReset]) -> SourceRecord {
    var record = record
    for place in record.cells.indices {
      guard case .text(let token) = record.cells[place], EmailHasher.isToken(token) else {
        continue
      }
      guard let hasher else {
        record.cells[place] = .null
        continue
      }
      for case let email? in resets.map(\.customerEmail) where hasher.token(email) == token {
        record.cells[place] = .text(email)
      }
    }
    return record
  }
}
