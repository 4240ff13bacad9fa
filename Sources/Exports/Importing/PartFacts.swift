/// What is known of one file of an export once it was read; an export of one file has one.
public struct PartFacts: Sendable, Hashable {
  /// The name of the file.
  public let name: String
  /// Its rows below the header, blank ones and footers aside: used, rejected or set aside.
  public var rows = 0
  /// The line of its last row, from 1; 0 without one.
  public var lastLine = 0
  /// Whether the last line of its text has an end; nil for formats without lines, and for no text.
  public var endsWithNewline: Bool?
  /// What its trailer says, by the groups of `proof.trailer`; nil where its last line is none.
  public var trailer: [String: String]?

  init(name: String) { self.name = name }
}
