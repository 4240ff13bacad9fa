/// Why compressed data can't be read.
public struct ArchiveError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The kinds of errors.
  public enum Code: String, Sendable {
    /// The data does not start as the format asks.
    case wrongFormat
    /// The data ends too early.
    case truncated
    /// A structure contradicts its format.
    case malformed
    /// A checksum or a length does not match the content.
    case mismatch
    /// Something else follows behind the content.
    case trailingData
    /// The content is encrypted.
    case encrypted
    /// A feature of the format that is not read, such as another compression.
    case unsupported
    /// A name that leads out of its folder, or can't be told for certain.
    case unsafeName
    /// Compressed beyond `ratioMax`: it looks like a decompression bomb.
    case ratioMax
    /// More content than `outputBytesMax` or a limit of the caller.
    case outputBytesMax
    /// More entries or a larger directory than allowed.
    case directoryMax
  }

  /// What kind of error it is.
  public let code: Code
  /// What is wrong, in words.
  public let message: String

  /// An error.
  public init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  /// The message.
  public var description: String { message }
}

/// The limits of decompression; content beyond them is refused.
public struct ArchiveLimits: Sendable, Hashable {
  /// How many times longer the content may be than its compressed form.
  public var ratioMax: Int
  /// Up to how many bytes of content the ratio does not matter.
  public var ratioFreeBytes: Int
  /// How long the content of one file may be, in bytes.
  public var outputBytesMax: Int
  /// How many entries a ZIP archive may have.
  public var entriesMax: Int
  /// How long the directory of a ZIP archive may be, in bytes.
  public var directoryBytesMax: Int

  /// Limits of one's own.
  public init(
    ratioMax: Int = 200, ratioFreeBytes: Int = 16 << 20, outputBytesMax: Int = 16 << 30,
    entriesMax: Int = 65536, directoryBytesMax: Int = 64 << 20
  ) {
    self.ratioMax = ratioMax
    self.ratioFreeBytes = ratioFreeBytes
    self.outputBytesMax = outputBytesMax
    self.entriesMax = entriesMax
    self.directoryBytesMax = directoryBytesMax
  }

  /// A ratio of 200 past the first 16 MiB, 16 GiB of content, 65,536 entries, 64 MiB of directory.
  public static let standard = ArchiveLimits()

  func check(output: Int, from input: Int) throws(ArchiveError) {
    guard output <= outputBytesMax else {
      throw ArchiveError(
        .outputBytesMax, "content is longer than outputBytesMax = \(outputBytesMax) bytes")
    }
    guard output > ratioFreeBytes else { return }
    let (allowed, over) = max(1, input).multipliedReportingOverflow(by: ratioMax)
    guard over || output <= allowed else {
      throw ArchiveError(
        .ratioMax,
        "content is more than ratioMax = \(ratioMax) times longer than its compressed "
          + "form: refused as a decompression bomb")
    }
  }
}
