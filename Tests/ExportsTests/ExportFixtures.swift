import Exports
import Formats
import Reconciliation
import TestKit

extension ExportFixtures {
  static func preview(
    _ bytes: [UInt8], _ name: String, rules: ReadingRules = ReadingRules()
  ) throws -> ExportPreview {
    try ExportPreview(ExportFile(name: name, bytes: ByteArraySource(bytes)), rules: rules)
  }

  static func preview(_ text: String, _ name: String) throws -> ExportPreview {
    try preview(Array(text.utf8), name)
  }

  /// The refusal of a file; nil where it is taken.
  static func refusal(
    _ bytes: [UInt8], _ name: String, rules: ReadingRules = ReadingRules()
  ) -> ExportRefusal? {
    do {
      _ = try preview(bytes, name, rules: rules)
      return nil
    } catch {
      return error as? ExportRefusal
    }
  }

  static func refusal(_ text: String, _ name: String) -> ExportRefusal? {
    refusal(Array(text.utf8), name)
  }
}

/// Keeps what a reader hands over.
final class RowCollector: RecordSink {
  private(set) var rows: [ImportedRow] = []
  private(set) var rejected: [RowRejection] = []

  func put(_ row: ImportedRow) { rows.append(row) }

  func reject(_ rejection: RowRejection) { rejected.append(rejection) }

  private(set) var setAside: [SetAsideRow] = []

  func setAside(_ row: SetAsideRow) { setAside.append(row) }

  private(set) var noted: [RowStretch] = []
  private(set) var passed: [Int64] = []

  func openStretch() {}

  func note(_ stretch: RowStretch) { noted.append(stretch) }

  func pass(_ stretch: RowStretch, number: Int64) { passed.append(number) }
}
