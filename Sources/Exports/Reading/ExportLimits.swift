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
  /// How much a container may unpack to, in bytes.
  public var unpackedBytesMax: Int64 = 1 << 40
  /// How many times its size a container may unpack to, once it is past `ratioFreeBytes`.
  public var unpackRatioMax: Int64 = 200
  /// How much a container may unpack to before its ratio counts, in bytes.
  public var ratioFreeBytes: Int64 = 64 << 20
  /// How many footer rows may be skipped.
  public var footerRowsMax = 1_000

  /// The standard limits.
  public init() {}

  /// The standard limits.
  public static let standard = ExportLimits()
}
