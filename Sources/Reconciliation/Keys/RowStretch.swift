public import Formats

/// A stretch of an export of which every row became a record.
public struct RowStretch: Sendable, Hashable {
  /// Its text.
  public let text: CSVStretch
  /// How many rows it has, blank ones aside.
  public let rows: Int

  /// Takes both parts as they are.
  public init(text: CSVStretch, rows: Int) {
    self.text = text
    self.rows = rows
  }
}

/// The stretches of the export before, by numbers that their keeper gave them.
public struct KnownStretches: Sendable {
  /// How that export was read; stretches of one that is read otherwise say nothing.
  public let reading: String
  /// All of them.
  public let stretches: [Int64: RowStretch]

  /// None, so that those of an export are only noted.
  public static let none = KnownStretches(reading: "", stretches: [:])

  /// Takes both parts as they are.
  public init(reading: String, stretches: [Int64: RowStretch]) {
    self.reading = reading
    self.stretches = stretches
  }
}
