/// How much of a long list goes into one page; the rest is counted, with a pointer to the CSV.
public struct ReportLimits: Sendable {
  /// Conflicts of one kind that are shown in full.
  public var blocksPerKindMax = 50
  /// Further conflicts of one kind that are listed in one line each.
  public var linesPerKindMax = 500
  /// Rejected rows that are listed.
  public var rejectedMax = 200
  /// Conflicts gone since the last report that are listed.
  public var goneMax = 100

  /// The limits used unless a caller says otherwise.
  public init() {}
}
