import Formats
import Reconciliation

/// Which format a file has where nobody has said so.
enum FormatFinder {
  /// How much of a file is looked at, in bytes.
  static let sampleBytes = 65_536

  /// The format by the suffix of a name without its container; nil where it tells none.
  static func format(named name: String) -> ExportFormat? {
    guard let dot = name.lastIndex(of: ".") else { return nil }
    switch name[name.index(after: dot)...].lowercased() {
    case "csv": return .csv
    case "tsv", "tab": return .tsv
    case "json": return .json
    case "ndjson", "jsonl": return .ndjson
    case "xml": return .xml
    case "xlsx", "xlsm": return .xlsx
    default: return nil
    }
  }

  /// The format by the first bytes: a workbook, XML, JSON in one or many lines, else text.
  static func format(startingWith bytes: [UInt8]) -> ExportFormat {
    if ZipArchive.matches(bytes) { return .xlsx }
    let text = TextStart(bytes).text
    switch text.first {
    case UInt8(ascii: "<"): return .xml
    case UInt8(ascii: "["): return .json
    case UInt8(ascii: "{"):
      let line = text.prefix { $0 != 0x0A }
      let next = text.dropFirst(line.count + 1).first { $0 > 0x20 }
      let isWhole = (try? JSONDocument(Array(line))) != nil
      return isWhole && next == UInt8(ascii: "{") ? .ndjson : .json
    default: return .csv
    }
  }
}
