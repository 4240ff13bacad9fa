/// What proves a delivery whole is not there: it may come yet.
public struct ProofMissing: Error, Sendable, Hashable {
  /// What is missing, in words.
  public let reason: String

  /// A proof that is missing.
  public init(_ reason: String) { self.reason = reason }
}

extension ExportRefusal {
  /// A delivery that its own proof contradicts.
  static func unproved(_ message: String, line: Int? = nil, file: String? = nil) -> ExportRefusal {
    ExportRefusal(.unproved, message, file: file, line: line)
  }
}
