public import Formats
public import Reconciliation

/// What became of an export.
public enum ReceiptState: String, Sendable, Hashable, CaseIterable {
  /// Its records are in the mirror.
  case accepted
  /// Not trusted; the last accepted export stands.
  case refused
  /// Had been accepted before; counts for nothing.
  case replayed
}

/// What is known of an export before its rows are read.
public struct ExportHead: Sendable {
  /// The name of the file.
  public var file: String
  /// Its whole path.
  public var path: String
  /// The SHA-256 of its bytes, as hex.
  public var sha256: String
  /// Its size in bytes.
  public var size: Int64
  /// Full or delta.
  public var mode: ExportMode
  /// When the source made it; nil when unknown.
  public var generatedAt: Timestamp?
  /// All columns of the file, in its order.
  public var columns: [String]
  /// The columns whose cells are kept, parallel to the cells of each `ImportRow`.
  public var keptColumns: [String]
  /// Its files, where it came in several; empty for one.
  public var parts: [ExportPart] = []
  /// Whether a number of its own says that it comes behind all that was taken before, whatever its
  /// time: nothing is later then.
  public var isNumbered = false
  /// What lay beside it and proves it, as one text; a refused one is judged again with another.
  public var beside: String?
  /// The receipt of an accepted export that is read again by other rules; nil for a new one.
  ///
  /// What later exports said stands then, and absence counts for nothing: but of a full export,
  /// which has all that stood when it was taken, what is left of that is set aside.
  public var rereads: Int64?

  /// Takes all parts as they are.
  public init(
    file: String, path: String, sha256: String, size: Int64, mode: ExportMode,
    generatedAt: Timestamp? = nil, columns: [String], keptColumns: [String], rereads: Int64? = nil
  ) {
    self.file = file
    self.path = path
    self.sha256 = sha256
    self.size = size
    self.mode = mode
    self.generatedAt = generatedAt
    self.columns = columns
    self.keptColumns = keptColumns
    self.rereads = rereads
  }
}

/// One row of an export that can be used.
public struct ImportRow: Sendable {
  /// The key in normal form.
  public var key: Key
  /// The reference as the row has it.
  public var rawReference: String
  /// The origin as the row has it.
  public var rawOrigin: String
  /// The raw cells, parallel to `ExportHead.keptColumns`.
  public var cells: CellText
  /// When the source changed it.
  public var changedAt: Timestamp?
  /// Whether it carries the deleted marker.
  public var isDeleted: Bool
  /// Its line in the file, from 1; see `ExportPlaces` where there are several files.
  public var line: Int

  /// Takes all parts as they are.
  public init(
    key: Key, rawReference: String, rawOrigin: String, cells: CellText,
    changedAt: Timestamp? = nil, isDeleted: Bool = false, line: Int
  ) {
    self.key = key
    self.rawReference = rawReference
    self.rawOrigin = rawOrigin
    self.cells = cells
    self.changedAt = changedAt
    self.isDeleted = isDeleted
    self.line = line
  }
}

extension ImportRow {
  /// A row as the mapping read it.
  public init(_ record: RowRecord, cells: CellText, line: Int) {
    self.init(
      key: record.key, rawReference: record.rawReference, rawOrigin: record.rawOrigin,
      cells: cells, changedAt: record.changedAt, isDeleted: record.deletedMarker, line: line)
  }
}

/// A row that can't be used, or was set aside.
public struct Rejection: Sendable, Hashable {
  /// Its line in the file, from 1; `ImportReceipt.place(of:)` tells where that is in several files.
  public let line: Int
  /// The column, if one is to blame.
  public let column: String?
  /// Why.
  public let reason: String
  /// The key of the row, if its cells tell one.
  public let key: Key?
  /// Whether the row is sound, but `where` set it aside.
  public let isSetAside: Bool

  /// Takes all parts as they are.
  public init(
    line: Int, column: String?, reason: String, key: Key? = nil, isSetAside: Bool = false
  ) {
    self.key = key
    self.isSetAside = isSetAside
    self.line = line
    self.column = column
    self.reason = reason
  }
}

/// A row that says of its record what something later has overtaken: it changed nothing.
public struct StaleRow: Sendable, Hashable {
  /// Its line in the file, from 1; `ImportReceipt.place(of:)` tells where that is in several files.
  public let line: Int
  /// Its key.
  public let key: Key
  /// When it says that the record was changed.
  public let changedAt: Timestamp?
}

/// What an import would do; the judge decides on it before it is committed.
public struct ImportTally: Sendable, Hashable {
  /// Rows read, rejected ones included.
  public var rows = 0
  /// Rows that became records, or were there already.
  public var accepted = 0
  /// Rows that can't be used; at most `rejectionsKeptMax` are kept.
  public var rejected = 0
  /// Records that are new.
  public var added = 0
  /// Records whose cells changed, or that came back.
  public var changed = 0
  /// Records that the last accepted export had and this full one lacks.
  public var removed = 0
  /// Records as they were.
  public var unchanged = 0
  /// Rows that `where` set aside; none of the rows counted above.
  public var setAside = SetAside()
  /// Rows that repeat another row of the file.
  public var collapsed = 0
  /// Rows that changed nothing: what stands, or another row of the file, was changed later.
  public var stale = 0
  /// Records that the file names.
  public var keys = 0
  /// Records present before the import.
  public var presentBefore = 0
  /// Of those, how many this file has too, in whatever spelling of their key.
  public var inCommon = 0
  /// Records compared with their former cells, for `changedByColumn`.
  public var compared = 0
  /// Per column, on how many of the compared records it changed.
  public var changedByColumn: [String: Int] = [:]
  /// Rows of the last accepted full exports, newest first, at most five.
  public var formerRows: [Int] = []
  /// When the last accepted export was made with which this one must keep its order, as
  /// `ImportReceipt.madeAt`: a full one for a full one, any for changes.
  public var lastMadeAt: Timestamp?

  /// The tally of an import that has not begun.
  public init() {}
}

/// What the reader of an export knows of it once all its rows are read.
public struct ReadFacts: Sendable {
  /// All columns of the file; nil where they were known before its rows.
  public var columns: [String]?
  /// How the rows were read: known chunks are good for a file that is read so; nil for none.
  public var reading: String?
  /// What `where` set aside.
  public var setAside = SetAside()
  /// The decimal marks that its number columns prove, by field.
  public var marks: [String: ProvedMark] = [:]
  /// Whether its last line has an end; nil for formats without lines.
  public var endsWithNewline: Bool?
  /// The numbers of its delivery, where its source counts them.
  public var sequence: ClosedRange<Int64>?

  /// Facts of a reader that knows nothing beyond its rows.
  public init() {}
}

/// What the judge says of an import.
public enum ImportVerdict: Sendable {
  /// Keep it; `verdicts` is what the guards measured, for the receipt.
  case accept(verdicts: JSONValue)
  /// Keep it although guards refuse it: from now on it is what later exports are measured by.
  case acceptAnyway(verdicts: JSONValue)
  /// Leave everything as it was, for this reason.
  case refuse(reason: String, verdicts: JSONValue)
}

/// The receipt of an export: which file it was and what became of it.
public struct ImportReceipt: Sendable, Hashable {
  /// Its row in the mirror.
  public let id: Int64
  /// The mapping.
  public let mapping: String
  /// The name of the file.
  public let file: String
  /// Its whole path.
  public let path: String
  /// SHA-256 of its bytes, as hex.
  public let sha256: String
  /// The size of the file in bytes; of several, their sum.
  public let size: Int64
  /// Full or delta.
  public let mode: ExportMode
  /// What became of it.
  public let state: ReceiptState
  /// Why it was refused.
  public let reason: String?
  /// Rows below the header, blank ones aside.
  public let rows: Int
  /// Rows that became records, or were there already.
  public let accepted: Int
  /// Rows that can't be used; at most `rejectionsKeptMax` are kept.
  public let rejected: Int
  /// Records that were not there before.
  public let added: Int
  /// Records that have other cells, or are back.
  public let changed: Int
  /// Records that the last full export had and this one lacks.
  public let removed: Int
  /// Records as they were.
  public let unchanged: Int
  /// Rows that `where` set aside.
  public let setAside: SetAside
  /// Rows that changed nothing, because what stands was changed later.
  public let stale: Int
  /// All columns of the file.
  public let columns: [String]
  /// When the source made it.
  public let generatedAt: Timestamp?
  /// When it was read.
  public let importedAt: Timestamp
  /// What the guards measured.
  public let verdicts: JSONValue
  /// `Mapping.recordsDigest` of the rules by which it was read.
  public let recordsDigest: String
  /// Its files, where it came in several; empty for one.
  public let parts: [ExportPart]
  /// Whether its last line had an end; nil for formats without lines, and where nobody looked.
  public let endsWithNewline: Bool?
  /// The numbers of its delivery, where its source counts them.
  public let sequence: ClosedRange<Int64>?
  /// What lay beside it when it was judged, as one text.
  public let beside: String?
}
