public import Formats
internal import Reconciliation
internal import SQLite

/// When a source last delivered exports, of one mode or of any.
public struct LastDelivery: Sendable, Hashable {
  /// The last accepted export.
  public let accepted: ImportReceipt?
  /// The last file since then that brought the bytes of an accepted export again: nothing new, and
  /// yet a sign of life.
  public let repeated: ImportReceipt?

  /// When the source last gave a sign of life; nil for never.
  public var at: Timestamp? {
    [accepted?.importedAt, repeated?.importedAt].compactMap(\.self).max()
  }

  /// When what came last was made; nil where nothing came.
  public var madeAt: Timestamp? { [accepted?.madeAt, repeated?.madeAt].compactMap(\.self).max() }
}

extension ImportReceipt {
  /// By how many seconds the time of an export may lie ahead of its import and still be believed.
  public static let aheadSecondsMax = 86_400.0

  /// When the source made it, as far as that can be believed.
  ///
  /// A time more than a day ahead of the import is that of a mistyped name or a wrong clock; the
  /// import stands in its place, so that what comes after it is not older.
  public var madeAt: Timestamp { Self.believed(generatedAt, importedAt: importedAt) }

  /// The same for the two times of an export.
  public static func believed(_ generatedAt: Timestamp?, importedAt: Timestamp) -> Timestamp {
    guard let generatedAt, generatedAt.seconds(since: importedAt) <= aheadSecondsMax else {
      return importedAt
    }
    return generatedAt
  }
}

extension Mirror {
  /// When a source last delivered, of one mode or of any.
  func delivery(of mapping: String, _ mode: ExportMode?) throws -> LastDelivery {
    func last(_ state: ReceiptState, after id: Int64) throws -> ImportReceipt? {
      try database.first(
        """
        \(Self.receiptColumns) WHERE mapping = ? AND state = ? AND mode = coalesce(?, mode)
          AND id > ? ORDER BY id DESC LIMIT 1
        """, mapping, state.rawValue, mode?.rawValue, id, row: Self.receipt)
    }
    let accepted = try last(.accepted, after: 0)
    guard let accepted, let repeated = try last(.replayed, after: 0),
      // The time of a repeat moves with each; an old file that is dropped again is no news.
      repeated.importedAt > accepted.importedAt, repeated.madeAt > accepted.madeAt
    else { return LastDelivery(accepted: accepted, repeated: nil) }
    return LastDelivery(accepted: accepted, repeated: repeated)
  }
}
