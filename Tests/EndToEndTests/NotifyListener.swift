import Foundation
import Synchronization

/// Plays the service manager: a socket that takes what `sd_notify(3)` sends.
final class NotifyListener: Sendable {
  /// The path for `NOTIFY_SOCKET`.
  let path: String
  private let descriptor: Int32
  private let seen = Mutex("")
  private let changes: AsyncStream<Void>

  /// Listens until the process of the tests ends.
  init(in folder: String) throws {
    path = folder + "/n"
    let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
    self.descriptor = descriptor
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let bytes = Array(path.utf8)
    guard descriptor >= 0, bytes.count < MemoryLayout.size(ofValue: address.sun_path) else {
      throw CocoaError(.fileWriteInvalidFileName)
    }
    unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: bytes) }
    let length = socklen_t(MemoryLayout<sockaddr_un>.size)
    let result = unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe bind(descriptor, $0, length)
      }
    }
    guard result == 0 else { throw CocoaError(.fileWriteUnknown) }
    let (changes, change) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
    self.changes = changes
    Thread.detachNewThread { [self] in
      var part = [UInt8](repeating: 0, count: 4_096)
      while true {
        let count = unsafe recv(descriptor, &part, part.count, 0)
        guard count > 0 else { break }
        let text = String(decoding: part[..<count], as: UTF8.self)
        seen.withLock { $0 += text + "\n" }
        change.yield()
      }
      change.finish()
    }
  }

  /// Everything sent so far.
  var text: String { seen.withLock { $0 } }

  /// Waits until a text was sent; false when the listener was closed before.
  func wait(for wanted: String) async -> Bool {
    if text.contains(wanted) { return true }
    for await _ in changes where text.contains(wanted) { return true }
    return false
  }

  /// Ends every wait.
  func close() { _ = shutdown(descriptor, Int32(SHUT_RDWR)) }
}
