public import Formats

/// The limits of reading one export; what lies beyond is refused, never cut.
public struct ExportLimits: Sendable, Hashable {
  /// The longest row, in bytes of UTF-8.
  public var rowBytesMax = 16 << 20
  /// The longest cell, in bytes of UTF-8.
  public var cellBytesMax = 8 << 20
  /// The most columns of one export.
  public var columnsMax = 16_384
  /// The longest name of a column or element, in bytes of UTF-8.
  public var nameBytesMax = 1_000
  /// How deep elements and values may nest, in levels.
  public var depthMax = 256
  /// The largest table of shared strings of a workbook, in bytes of UTF-8.
  public var sharedStringBytesMax = 512 << 20
  /// The largest workbook inside another container, in bytes: it is unpacked in memory.
  public var packedWorkbookBytesMax = 256 << 20
  /// The limits of unpacking gzip and ZIP containers.
  public var archive = ArchiveLimits(outputBytesMax: 1 << 40)
  /// How many footer rows may be skipped.
  public var footerRowsMax = 10_000
  /// The shortest and the longest stretch that is meant, in bytes; it ends with the row that passes
  /// them.
  public var stretchBytes = 16 << 10...1 << 20
  /// How many stretches of one export are noted; rows behind the last one are read every time.
  public var stretchesMax = 100_000

  /// The standard limits.
  public init() {}

  /// The standard limits.
  public static let standard = ExportLimits()
}
