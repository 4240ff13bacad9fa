/// How much of a long list goes into one page; the rest is counted, with a pointer to the CSV.
public struct ReportLimits: Sendable {
  /// Conflicts of one kind that are shown in full.
  public var blocksPerKindMax = 50
  /// Further conflicts of one kind that are listed in one line each.
  public var linesPerKindMax = 500
  /// Conflicts of one age that are named in the file.
  public var perAgeMax = 100
  /// Rejected rows that are listed.
  public var rejectedMax = 200
  /// Conflicts gone since the last report that are listed.
  public var goneMax = 100

  /// Conflicts of one kind that stand in the file, whole or in a line.
  var shownPerKindMax: Int { blocksPerKindMax + linesPerKindMax }

  /// The limits used unless a caller says otherwise.
  public init() {}
}
