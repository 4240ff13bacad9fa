/// Bytes that can be read at any place: a file, or memory.
public protocol ByteSource: Sendable {
  /// How many bytes there are.
  var size: Int { get }

  /// The bytes from `offset` on: `count` of them, at least one unless that is the end.
  ///
  /// Throws whatever reading throws.
  func read(at offset: Int, count: Int) throws -> [UInt8]
}

/// A byte source over an array.
public struct ByteArraySource: ByteSource {
  private let bytes: [UInt8]

  /// A source over these bytes.
  public init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// How many bytes there are.
  public var size: Int { bytes.count }

  /// The bytes from `offset` on, fewer than `count` at the end, none outside.
  public func read(at offset: Int, count: Int) -> [UInt8] {
    guard offset >= 0, offset < bytes.count, count > 0 else { return [] }
    return Array(bytes[offset..<offset + min(count, bytes.count - offset)])
  }
}

/// Bytes that come chunk by chunk, once.
public protocol ByteStream {
  /// The next chunk, never empty; nil at the end.
  mutating func next() throws -> [UInt8]?
}

extension ByteStream {
  /// Everything that is left; throws `ArchiveError` beyond `bytesMax` bytes.
  public mutating func readAll(bytesMax: Int) throws -> [UInt8] {
    var all: [UInt8] = []
    while let chunk = try next() {
      guard all.count + chunk.count <= bytesMax else {
        throw ArchiveError(.outputBytesMax, "content is longer than bytesMax = \(bytesMax) bytes")
      }
      all += chunk
    }
    return all
  }
}

/// The bytes of a source from its start to its end, in chunks.
public struct SourceStream: ByteStream {
  private let source: any ByteSource
  private let chunkBytes: Int
  private var offset: Int
  private let end: Int

  /// A stream over a source, or a part of it, in chunks of so many bytes.
  public init(_ source: any ByteSource, range: Range<Int>? = nil, chunkBytes: Int = 256 << 10) {
    self.source = source
    self.chunkBytes = max(1, chunkBytes)
    offset = range?.lowerBound ?? 0
    end = range?.upperBound ?? source.size
  }

  /// The next chunk; throws `ArchiveError` when the source ends before its size.
  public mutating func next() throws -> [UInt8]? {
    guard offset < end else { return nil }
    let chunk = try source.read(at: offset, count: min(chunkBytes, end - offset))
    guard !chunk.isEmpty else {
      throw ArchiveError(.truncated, "the source ends at byte \(offset) instead of \(end)")
    }
    offset += chunk.count
    return chunk
  }
}
