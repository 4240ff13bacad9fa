import Effects

/// Output of any length on its way to standard output or a file, in memory that does not grow.
final class LongOutput {
  private let world: World
  private let file: FileDelivery?
  private var waiting: [UInt8] = []

  /// Bytes that wait before they are written.
  private static let bytesMax = 65_536

  /// To a file, or to standard output where none is named.
  init(_ world: World, file path: String?) throws(FileError) {
    self.world = world
    if let path {
      file = try FileDelivery(to: world.path(path))
    } else {
      file = nil
    }
  }

  /// Adds text.
  func write(_ text: String) throws(FileError) {
    waiting += text.utf8
    if waiting.count >= Self.bytesMax { try flush() }
  }

  /// Writes what waits, and puts a file in its place.
  func finish() throws(FileError) {
    try flush()
    try file?.finish()
  }

  private func flush() throws(FileError) {
    if let file {
      try file.write(waiting)
    } else {
      world.output.write(String(decoding: waiting, as: UTF8.self))
    }
    waiting.removeAll(keepingCapacity: true)
  }
}
