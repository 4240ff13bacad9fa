import Effects
public import Formats

/// One export as it was delivered.
public struct ExportFile: Sendable {
  /// The name of the file.
  public let name: String
  /// Its bytes, packed or not.
  public let bytes: any ByteSource

  /// A file by its path.
  ///
  /// Throws `ExportRefusal` where it can't be opened.
  public init(path: String) throws(ExportRefusal) {
    self.init(name: FilePath.visible(FilePath.name(of: path)), bytes: try FileBytes(path))
  }

  /// An export from its bytes; the name decides how it is unpacked.
  public init(name: String, bytes: any ByteSource) {
    self.name = name
    self.bytes = bytes
  }

  /// SHA-256 of the file as delivered, as hex.
  ///
  /// `progress` hears how many bytes were read so far.
  public func sha256(progress: (@Sendable (Int) -> Void)? = nil) throws -> String {
    var hash = SHA256()
    var stream = SourceStream(bytes)
    var done = 0
    do {
      while let piece = try stream.next() {
        hash.update(piece)
        done += piece.count
        progress?(done)
      }
    } catch let refusal as ExportRefusal {
      throw refusal.naming(name)
    }
    return hash.finishHex()
  }

  /// Refuses a file that was written to since it was opened.
  public func checkUnchanged() throws(ExportRefusal) {
    try (bytes as? FileBytes)?.checkUnchanged()
  }
}
