public import Effects

/// What a look into the folders of a source found.
public struct SourceLook: Sendable {
  /// The exports that lie there, in the order in which they were written.
  public internal(set) var exports: [WaitingExport] = []
  /// The same as deliveries: each export, or all parts of one, in the order in which they are to be
  /// taken.
  public internal(set) var deliveries: [Delivery] = []
  /// What fits the paths of the source and is no export that can be read.
  public internal(set) var passedOver: [PassedOver] = []
  /// Folders that could not be looked into: nothing can be told of what lies there.
  public internal(set) var faults: [FileError] = []
  /// Paths that fit the patterns of several rules: nobody can tell how they are to be read.
  public internal(set) var unclear: [String] = []
  /// Where was looked, one pattern for each rule.
  public internal(set) var patterns: [String] = []
  /// The folders in which the looks began.
  public internal(set) var folders: [String] = []
  /// Those of them with which another file system begins, as that of a share does.
  public internal(set) var mounts: [String] = []

  /// Whether nothing at all lies there that could be an export, now or soon.
  public var isEmpty: Bool { exports.isEmpty && passedOver.isEmpty && unclear.isEmpty }
}

/// A name that fits the path of a source and is not read.
public struct PassedOver: Sendable, Hashable {
  /// Why it is passed over.
  public enum Reason: Sendable, Hashable {
    /// Its name is one that transfer tools use until they have written everything.
    case unfinished
    /// A link that leads to itself.
    case linkLoop
    /// Its name is none of a part, where exports come in parts.
    case noPart
    /// It can't be looked at or opened, for the reason that the system gives.
    case unreadable(String)
  }

  /// The whole path.
  public let path: String
  /// Why it is passed over.
  public let reason: Reason

  /// What is passed over, and why.
  public init(_ path: String, _ reason: Reason) {
    self.path = path
    self.reason = reason
  }
}
