internal import Formats
internal import Reconciliation

/// Rows of an export that became no records, as far as they are kept.
struct SkippedRows {
  /// Rejected rows, and rows set aside whose records have no other: at most `rejectionsKeptMax`.
  private(set) var rejections: [Rejection] = []
  /// Rows that were set aside, by the record that has their key: at most `rejectionsKeptMax`.
  private(set) var aside: [Int64: SetAsideRow] = [:]

  mutating func note(_ rejection: Rejection) {
    if rejections.count < Mirror.rejectionsKeptMax { rejections.append(rejection) }
  }

  mutating func note(_ row: SetAsideRow, of record: Int64) {
    if aside.count < Mirror.rejectionsKeptMax { aside[record] = row }
  }
}

/// What is known of rows that later ones outdate.
struct OutdatedRows {
  /// Times of change of records that a row without one has overwritten, by record.
  var timesBefore: [Int64: Timestamp] = [:]
  /// Whether a row took the place of another one of the same file.
  var haveSuperseded = false
  /// Stale rows that were noted for `explain`.
  var noted = 0
}

/// The row that is taken, with hashes in the place of its e-mails: what retention removed stays so.
struct HashedEmails {
  /// The columns whose e-mails retention may have replaced by hashes.
  private let places: [Int]
  private let hasher: EmailHasher?
  /// The row with its e-mails hashed, once it was asked for; nil if it has none.
  private var row: CellText??

  init(_ columns: [String], of mapping: Mapping, by hasher: EmailHasher?) {
    let emails = mapping.emailColumns
    places = hasher == nil ? [] : columns.indices.filter { emails.contains(columns[$0]) }
    self.hasher = hasher
  }

  /// Whether anything of the export would be hashed.
  var isAny: Bool { !places.isEmpty }

  /// The next row comes.
  mutating func forget() { if isAny { row = nil } }

  /// The row with its e-mails hashed; nil where it has none to be hashed.
  mutating func hashed(_ row: CellText) throws -> CellText? {
    guard isAny else { return nil }
    if let known = self.row { return known }
    let found = try hasher?.hashed(row.cells(), at: places).map { CellText($0) }
    self.row = .some(found)
    return found
  }
}
