internal import Foundation

/// Tells systemd how the service is doing (`sd_notify(3)`); does nothing where nobody listens.
public struct ServiceManager: Sendable {
  private let socketPath: String?
  /// How often `watchdog()` must be called at least, in seconds; nil without a watchdog.
  public let watchdogSeconds: Double?

  /// Reads `NOTIFY_SOCKET` and `WATCHDOG_USEC`.
  public init(environment: any EnvironmentSource) {
    socketPath = environment.value(of: "NOTIFY_SOCKET").flatMap { $0.isEmpty ? nil : $0 }
    watchdogSeconds = environment.value(of: "WATCHDOG_USEC").flatMap(Double.init)
      .map { $0 / 1e6 }
  }

  /// The service has started and takes work.
  public func ready(status: String) { notify("READY=1\nSTATUS=\(Self.line(status))") }
  /// The service has not started yet and needs so many more seconds.
  public func waiting(seconds: Double, status: String) {
    notify("EXTEND_TIMEOUT_USEC=\(Int64(seconds * 1e6))\nSTATUS=\(Self.line(status))")
  }
  /// The service is winding down.
  public func stopping() { notify("STOPPING=1") }
  /// The service lives.
  public func watchdog() { notify("WATCHDOG=1") }
  /// What it does at the moment, one line for people.
  public func status(_ text: String) { notify("STATUS=\(Self.line(text))") }

  /// The configuration is being read again; `ready` says that it is done.
  public func reloading(monotonicSeconds: Double) {
    notify("RELOADING=1\nMONOTONIC_USEC=\(Int64(monotonicSeconds * 1e6))")
  }

  private static func line(_ text: String) -> String {
    String(text.unicodeScalars.map { $0 == "\n" || $0 == "\r" ? " " : Character($0) })
  }

  private func notify(_ message: String) {
    guard let path = socketPath, let (address, length) = Self.address(path) else { return }
    let type = Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    let descriptor = socket(AF_UNIX, type, 0)
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    let bytes = Array(message.utf8)
    unsafe withUnsafeBytes(of: address) { raw in
      guard let base = raw.baseAddress else { return }
      let pointer = unsafe base.assumingMemoryBound(to: sockaddr.self)
      _ = unsafe sendto(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL), pointer, length)
    }
  }

  /// A path, or an abstract name that begins with `@`; nil when it is too long for the kernel.
  private static func address(_ path: String) -> (sockaddr_un, socklen_t)? {
    var name = Array(path.utf8)
    if name.first == UInt8(ascii: "@") { name[0] = 0 }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    guard name.count < MemoryLayout.size(ofValue: address.sun_path) else { return nil }
    unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: name) }
    let head = MemoryLayout<sockaddr_un>.size - MemoryLayout.size(ofValue: address.sun_path)
    return (address, socklen_t(head + name.count))
  }
}
