public import Reconciliation

/// A usable row of an export.
public struct ImportedRow: Sendable {
  /// Key, raw reference and origin, time of change, deleted marker.
  public let record: RowRecord
  /// The raw cells after null marks, parallel to the mapping's `columnsNeeded`, as they are kept.
  public let cellText: CellText
  /// The line of the row in its file, from 1; see `ExportPlaces` where there are several files.
  public let line: Int

  /// The cells, read anew with every call.
  public var cells: [Cell] { (try? cellText.cells()) ?? [] }
}

/// What takes the rows of an export while it is read, such as an import session of the mirror.
public protocol RecordSink: AnyObject {
  /// Takes a usable row.
  func put(_ row: ImportedRow) throws
  /// Takes a row that can't be used.
  func reject(_ rejection: RowRejection) throws
  /// Takes a row that `where` set aside: the record of its key is not gone.
  func setAside(_ row: SetAsideRow) throws
  /// The rows from here on may become a stretch.
  func openStretch() throws
  /// The rows since a stretch was opened are one.
  func note(_ stretch: RowStretch) throws
  /// Takes the rows of a known stretch, which were not read.
  func pass(_ stretch: RowStretch, number: Int64) throws
}

/// What is known of an export once all of it was read.
public struct ExportFacts: Sendable, Hashable {
  /// Rows below the header, blank ones and footers aside.
  public var rows = 0
  /// Rows that became records.
  public var accepted = 0
  /// Rows that can't be used.
  public var rejected = 0
  /// Rows that `where` set aside, by their values.
  public var setAside = SetAside()
  /// The decimal marks that the number columns have, by field; nothing where none is proved.
  public var marks: [String: ProvedMark] = [:]
  /// The columns of the file, in its order.
  public var columns: [String] = []
  /// Columns that the mapping does not need.
  public var extraColumns: [String] = []
  /// Whether the last line of each of its texts has an end; nil for formats without lines, and for
  /// no text.
  public var endsWithNewline: Bool? {
    let ends = parts.compactMap(\.endsWithNewline)
    return ends.isEmpty ? nil : !ends.contains(false)
  }
  /// The last lines of its text that `skip_footer_rows` and a trailer keep from the rows, without
  /// their ends: at most 10, each of at most 4 KiB; empty lines don't count.
  public var footer: [String] = []
  /// Its files, in their order.
  public var parts: [PartFacts] = []
  /// The numbers of its delivery, where a column of its rows has them: the least and the greatest.
  public var sequence: ClosedRange<Int64>? { watched?.sequence }
  /// Why its rows tell no number of a delivery, where they should.
  public var sequenceFault: String? { watched?.sequenceFault }
  /// What its rows add up to, where its proof asks for that.
  var watched: ProofWatch?
  /// How its rows were read, where stretches of them were noted.
  public var reading: String?
  /// How the file is written.
  public var dialect: ExportDialect

  init(dialect: ExportDialect) { self.dialect = dialect }
}
