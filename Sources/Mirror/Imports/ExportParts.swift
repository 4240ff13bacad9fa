internal import Formats
internal import Reconciliation
internal import SQLite

/// One file of an export that came in several.
public struct ExportPart: Sendable, Hashable {
  /// The name of the file.
  public let file: String
  /// Its whole path when it was read.
  public let path: String
  /// The SHA-256 of its bytes, as hex.
  public let sha256: String
  /// Its size in bytes.
  public let size: Int64

  /// Takes all parts as they are.
  public init(file: String, path: String, sha256: String, size: Int64) {
    self.file = file
    self.path = path
    self.sha256 = sha256
    self.size = size
  }

  /// The digest of an export in these parts: the SHA-256 over the digests of its files, in their
  /// order.
  public static func digest(of digests: [String]) -> String {
    SHA256.hex(of: digests.joined(separator: "\n"))
  }

  /// How the parts of an export stand in its receipt; nil for one file.
  static func text(_ parts: [ExportPart]) -> String? {
    guard !parts.isEmpty else { return nil }
    return JSONValue.array(
      parts.map { part in
        [
          "file": .string(part.file), "path": .string(part.path), "sha256": .string(part.sha256),
          "size": .int(Int(part.size)),
        ]
      }
    ).written()
  }

  static func parts(_ text: String?) throws -> [ExportPart] {
    guard let text else { return [] }
    return try (JSONValue(parsing: text).arrayValue ?? []).map { part in
      ExportPart(
        file: part["file"]?.text ?? "", path: part["path"]?.text ?? "",
        sha256: part["sha256"]?.text ?? "", size: Int64(part["size"]?.int ?? 0))
    }
  }

  /// SQL for the file and the line of a record `r` of a receipt `p`: those of its part, where the
  /// export came in several.
  static func place(record: String, receipt: String) -> String {
    """
    coalesce(json_extract(\(receipt).parts, '$[' || (\(record).line >> 32) || '].file'),
      \(receipt).file), \(record).line & 4294967295
    """
  }
}

extension ImportReceipt {
  /// The file and the line, from 1, of a row by its number as `Rejection.line` has it.
  public func place(of number: Int) -> (file: String, line: Int) {
    guard !parts.isEmpty else { return (file, number) }
    return (
      ExportPlaces(parts.map(\.file)).file(of: number), ExportPlaces.line(of: number)
    )
  }
}
