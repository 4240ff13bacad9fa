import Effects
public import Formats

/// An export that is a file.
public struct FileBytes: ByteSource {
  /// How many bytes the file had when it was opened.
  public let size: Int
  private let reader: FileReader
  private let opened: FileFacts
  private let name: String

  /// Opens a file.
  ///
  /// Throws `ExportRefusal` where that fails.
  public init(_ path: String) throws(ExportRefusal) {
    name = FilePath.visible(FilePath.name(of: path))
    do throws(FileError) {
      reader = try FileReader(path)
      opened = try reader.facts()
    } catch {
      throw ExportRefusal(.unreadable, error.reason, file: name)
    }
    guard opened.kind == .file else {
      throw ExportRefusal(.unreadable, "it is no ordinary file", file: name)
    }
    size = opened.size
  }

  /// Up to `count` bytes from `offset` on; fewer only at the end.
  ///
  /// Throws `ExportRefusal`.
  public func read(at offset: Int, count: Int) throws -> [UInt8] {
    do throws(FileError) {
      return try reader.read(at: offset, count: count)
    } catch {
      throw ExportRefusal(.unreadable, error.reason, file: name)
    }
  }

  /// Refuses a file whose size or time of change is not what it was when it was opened.
  public func checkUnchanged() throws(ExportRefusal) {
    let now: FileFacts
    do throws(FileError) {
      now = try reader.facts()
    } catch {
      throw ExportRefusal(.unreadable, error.reason, file: name)
    }
    guard now.size == opened.size, now.modified == opened.modified else {
      throw ExportRefusal(
        .changedMeanwhile, "the file was written to while it was read", file: name)
    }
  }
}

/// A byte source that tells how far it was read.
struct ReportingBytes: ByteSource {
  let base: any ByteSource
  let progress: @Sendable (Int) -> Void

  var size: Int { base.size }

  func read(at offset: Int, count: Int) throws -> [UInt8] {
    let bytes = try base.read(at: offset, count: count)
    progress(offset + bytes.count)
    return bytes
  }
}
