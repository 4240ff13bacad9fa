public import Formats
public import Reconciliation

/// One export as it was delivered: a file, or all parts of a set.
public struct Delivery: Sendable, Hashable {
  /// Its files, in the order of their numbers; one at least.
  public let files: [WaitingExport]
  /// The name of its set; nil where it is one file.
  public let set: String?
  /// Whether it may be read.
  public let readiness: WaitingExport.Readiness

  /// A delivery of one file.
  public init(_ file: WaitingExport) {
    files = [file]
    set = nil
    readiness = file.readiness
  }

  /// A set of parts, of which one is there at least.
  init(_ parts: [WaitingExport], set: String, readiness: WaitingExport.Readiness) {
    files = parts
    self.set = set
    self.readiness = readiness
  }

  /// How it is called: by its file, or by its set and how many parts it has.
  public var name: String {
    guard let set else { return files[0].name }
    return "\(set) (\(files.count) \(files.count == 1 ? "part" : "parts"))"
  }

  /// The path of its first file.
  public var path: String { files[0].path }
  /// The bytes of all files.
  public var size: Int { files.reduce(0) { $0 + $1.size } }
  /// When the last of its files was last changed.
  public var modified: Timestamp { files.map(\.modified).max() ?? files[0].modified }
  /// When the source wrote the last of its files.
  public var generatedAt: Timestamp { files.map(\.generatedAt).max() ?? files[0].generatedAt }
  /// The rule by which it was found and is read.
  public var rule: ExportRule { files[0].rule }

  /// Whether the time of one of its files lies more than a day ahead.
  public func isAhead(of now: Timestamp) -> Bool { files.contains { $0.isAhead(of: now) } }

  /// The number that the name of its first file has by the sequence of its rule.
  public var sequenceNumber: Int64? { rule.sequenceNumber(ofFileNamed: files[0].name) }
}
