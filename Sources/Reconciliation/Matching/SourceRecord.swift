public import Formats

/// Where a record comes from: the row that delivered its values.
public struct Provenance: Sendable, Hashable {
  /// The name of the file.
  public let file: String
  /// The line of the row in it, from 1.
  public let line: Int
  /// The SHA-256 of the file, as hex.
  public let sha256: String
  /// The receipt of the file in the mirror.
  public let receipt: Int64

  /// Takes all parts as they are.
  public init(file: String, line: Int, sha256: String, receipt: Int64) {
    self.file = file
    self.line = line
    self.sha256 = sha256
    self.receipt = receipt
  }
}

/// One record as the mirror holds it; several with one key are its variants.
public struct SourceRecord: Sendable {
  /// The mapping.
  public let mapping: String
  /// The key in normal form.
  public let key: Key
  /// The reference as the export has it, several columns joined.
  public let rawReference: String
  /// The origin as the export has it; the mapping's first without an origin column.
  public let rawOrigin: String
  /// The columns that were kept, shared by all records of an import.
  public let columns: [String]
  /// The raw cells, parallel to `columns`.
  public var cells: [Cell]
  /// When the source says that it changed the record.
  public let changedAt: Timestamp?
  /// Whether the row carried the deleted marker.
  public let deletedMarker: Bool
  /// How many accepted full exports in a row lacked the record.
  public let missingExports: Int
  /// When the mirror first saw it.
  public let firstSeen: Timestamp
  /// The row that delivered it.
  public let provenance: Provenance
  /// Its row in the mirror.
  public let mirrorID: Int64

  /// How many full exports in a row must lack a record before it counts as deleted.
  public static let missingExportsMax = 2

  /// What stands in the place of `missingExports` for a record that the rules leave aside: its row
  /// is
  /// there, but `where` doesn't take it, or nothing that these rules take is this record.
  public static let setAsideMark = 3

  /// Takes all parts as they are.
  public init(
    mapping: String, key: Key, rawReference: String, rawOrigin: String, columns: [String],
    cells: [Cell], changedAt: Timestamp?, deletedMarker: Bool, missingExports: Int,
    firstSeen: Timestamp, provenance: Provenance, mirrorID: Int64
  ) {
    self.mapping = mapping
    self.key = key
    self.rawReference = rawReference
    self.rawOrigin = rawOrigin
    self.columns = columns
    self.cells = cells
    self.changedAt = changedAt
    self.deletedMarker = deletedMarker
    self.missingExports = missingExports
    self.firstSeen = firstSeen
    self.provenance = provenance
    self.mirrorID = mirrorID
  }

  /// Deleted by its marker, missing from two accepted full exports in a row, or set aside.
  public var isDeleted: Bool {
    deletedMarker || missingExports >= SourceRecord.missingExportsMax
  }

  /// Whether the rules leave it aside: it is not deleted, and nothing is written for it.
  public var isSetAside: Bool { missingExports >= SourceRecord.setAsideMark }

  /// The cell of a column; absent when the file had no such column.
  public func cell(_ column: String) -> Cell {
    guard let place = columns.firstIndex(ofExactly: column), place < cells.count else {
      return .absent
    }
    return cells[place]
  }

  /// The cell of a column that is expected at a place, found by name when it isn't there.
  func cell(_ column: String, expectedAt place: Int) -> Cell {
    if place < columns.count, place < cells.count, columns[place].isExactly(column) {
      return cells[place]
    }
    return cell(column)
  }
}
