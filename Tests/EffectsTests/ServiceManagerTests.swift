import Effects
import Foundation
import TestKit
import Testing

/// A datagram socket that stands for the service manager.
private final class Listener {
  let descriptor: Int32

  init(name: [UInt8]) {
    descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: name) }
    let length = socklen_t(2 + name.count)
    unsafe withUnsafeBytes(of: address) { raw in
      let pointer = unsafe raw.baseAddress!.assumingMemoryBound(to: sockaddr.self)
      _ = unsafe bind(descriptor, pointer, length)
    }
  }

  deinit { close(descriptor) }

  func next() -> String {
    var bytes = [UInt8](repeating: 0, count: 4_096)
    let count = unsafe recv(descriptor, &bytes, bytes.count, Int32(MSG_DONTWAIT))
    return count < 0 ? "" : String(decoding: bytes[..<count], as: UTF8.self)
  }
}

@Suite struct ServiceManagerTests {
  @Test func `messages reach a socket with a path`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("notify")
    let listener = Listener(name: Array(path.utf8))
    let manager = ServiceManager(
      environment: FixedEnvironment(["NOTIFY_SOCKET": path, "WATCHDOG_USEC": "30000000"]))
    manager.ready(status: "two\nlines")
    #expect(listener.next() == "READY=1\nSTATUS=two lines")
    manager.watchdog()
    #expect(listener.next() == "WATCHDOG=1")
    manager.reloading(monotonicSeconds: 1.5)
    #expect(listener.next() == "RELOADING=1\nMONOTONIC_USEC=1500000")
    manager.stopping()
    #expect(listener.next() == "STOPPING=1")
    #expect(manager.watchdogSeconds == 30)
  }

  @Test func `messages reach an abstract socket`() {
    let name = "resetsync-test-\(SystemRandom().next())"
    let listener = Listener(name: [0] + Array(name.utf8))
    ServiceManager(environment: FixedEnvironment(["NOTIFY_SOCKET": "@\(name)"])).status("busy")
    #expect(listener.next() == "STATUS=busy")
  }

  @Test(arguments: ["", "/nowhere/at/all", String(repeating: "x", count: 200)])
  func `nobody listening is no error`(_ path: String) {
    let manager = ServiceManager(environment: FixedEnvironment(["NOTIFY_SOCKET": path]))
    manager.ready(status: "x")
    #expect(manager.watchdogSeconds == nil)
  }
}
