import Glibc

/// The few system calls that a server needs, with Swift types at their border.
enum ServerSocket {
  /// Binds and listens; returns the descriptor and the address with its real port.
  static func listen(
    _ address: HTTPServerAddress
  ) throws(HTTPServerError) -> (descriptor: Int32, address: HTTPServerAddress) {
    switch address {
    case .ipv4(let host, let port): try listenIPv4(host, port)
    case .ipv6(let host, let port): try listenIPv6(host, port)
    case .unix(let path): try listenUnix(path)
    }
  }

  private static func listenIPv4(
    _ host: String, _ port: UInt16
  ) throws(HTTPServerError) -> (descriptor: Int32, address: HTTPServerAddress) {
    var name = sockaddr_in()
    name.sin_family = sa_family_t(AF_INET)
    name.sin_port = port.bigEndian
    guard unsafe inet_pton(AF_INET, host, &name.sin_addr) == 1 else {
      throw HTTPServerError.badAddress("\(host):\(port)")
    }
    let descriptor = try open(AF_INET)
    try bind(descriptor, &name, "\(host):\(port)")
    return (descriptor, .ipv4(host: host, port: boundName(descriptor, name).sin_port.bigEndian))
  }

  private static func listenIPv6(
    _ host: String, _ port: UInt16
  ) throws(HTTPServerError) -> (descriptor: Int32, address: HTTPServerAddress) {
    var name = sockaddr_in6()
    name.sin6_family = sa_family_t(AF_INET6)
    name.sin6_port = port.bigEndian
    guard unsafe inet_pton(AF_INET6, host, &name.sin6_addr) == 1 else {
      throw HTTPServerError.badAddress("[\(host)]:\(port)")
    }
    let descriptor = try open(AF_INET6)
    try bind(descriptor, &name, "[\(host)]:\(port)")
    return (descriptor, .ipv6(host: host, port: boundName(descriptor, name).sin6_port.bigEndian))
  }

  private static func listenUnix(
    _ path: String
  ) throws(HTTPServerError) -> (descriptor: Int32, address: HTTPServerAddress) {
    var name = sockaddr_un()
    name.sun_family = sa_family_t(AF_UNIX)
    let bytes = Array(path.utf8)
    let fits = unsafe withUnsafeMutableBytes(of: &name.sun_path) { place in
      guard !bytes.isEmpty, bytes.count < place.count else { return false }
      unsafe place.copyBytes(from: bytes)
      return true
    }
    guard fits else { throw HTTPServerError.badAddress("unix:\(path)") }
    let descriptor = try open(AF_UNIX)
    try bind(descriptor, &name, "unix:\(path)")
    return (descriptor, .unix(path: path))
  }

  private static func open(_ family: Int32) throws(HTTPServerError) -> Int32 {
    let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    let descriptor = socket(family, kind, 0)
    guard descriptor >= 0 else {
      throw HTTPServerError.cannotListen("no socket: \(message(errno))")
    }
    if family != AF_UNIX { setOption(descriptor, SOL_SOCKET, SO_REUSEADDR, 1) }
    return descriptor
  }

  private static func bind<Name>(
    _ descriptor: Int32, _ name: inout Name, _ text: String
  ) throws(HTTPServerError) {
    let size = socklen_t(MemoryLayout<Name>.size)
    let bound = unsafe withUnsafePointer(to: &name) {
      unsafe Glibc.bind(
        descriptor, UnsafeRawPointer($0).assumingMemoryBound(to: sockaddr.self), size)
    }
    guard bound == 0, Glibc.listen(descriptor, 1_024) == 0 else {
      let cause = message(errno)
      close(descriptor)
      throw HTTPServerError.cannotListen(
        "can't listen on \(text): \(cause); choose another address or stop what uses it")
    }
  }

  private static func boundName<Name>(_ descriptor: Int32, _ name: Name) -> Name {
    var copy = name
    var size = socklen_t(MemoryLayout<Name>.size)
    _ = unsafe withUnsafeMutablePointer(to: &copy) {
      unsafe getsockname(
        descriptor, UnsafeMutableRawPointer($0).assumingMemoryBound(to: sockaddr.self), &size)
    }
    return copy
  }

  /// Waits for a connection; nil when the listening descriptor was shut down.
  static func accept(_ listener: Int32) -> (descriptor: Int32, peer: String)? {
    while true {
      var storage = sockaddr_storage()
      var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
      let descriptor = unsafe withUnsafeMutablePointer(to: &storage) {
        unsafe Glibc.accept(
          listener, UnsafeMutableRawPointer($0).assumingMemoryBound(to: sockaddr.self), &size)
      }
      if descriptor >= 0 {
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        return (descriptor, peerName(storage))
      }
      switch errno {
      case EINTR, ECONNABORTED, EPROTO, ENETDOWN, EHOSTUNREACH, ENETUNREACH: continue
      case EMFILE, ENFILE, ENOBUFS, ENOMEM:
        // Out of descriptors or memory: wait a little for a connection to close.
        var none = pollfd()
        none.fd = -1
        _ = unsafe poll(&none, 1, 20)
      default: return nil
      }
    }
  }

  private static func peerName(_ storage: sockaddr_storage) -> String {
    var storage = storage
    var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
    switch Int32(storage.ss_family) {
    case AF_INET:
      unsafe withUnsafePointer(to: &storage) { raw in
        var address = unsafe UnsafeRawPointer(raw).loadUnaligned(as: sockaddr_in.self).sin_addr
        _ = unsafe inet_ntop(AF_INET, &address, &text, socklen_t(INET6_ADDRSTRLEN))
      }
    case AF_INET6:
      unsafe withUnsafePointer(to: &storage) { raw in
        var address = unsafe UnsafeRawPointer(raw).loadUnaligned(as: sockaddr_in6.self).sin6_addr
        _ = unsafe inet_ntop(AF_INET6, &address, &text, socklen_t(INET6_ADDRSTRLEN))
      }
    default: return "unix"
    }
    let bytes = text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Prepares an accepted descriptor: no delay of small answers, time-outs for reads and writes.
  static func prepare(_ descriptor: Int32, idleSeconds: Double, sendSeconds: Double) {
    setOption(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, 1)
    setTimeout(descriptor, SO_RCVTIMEO, idleSeconds)
    setTimeout(descriptor, SO_SNDTIMEO, sendSeconds)
  }

  private static func setOption(
    _ descriptor: Int32, _ level: Int32, _ option: Int32, _ value: Int32
  ) {
    var value = value
    _ = unsafe setsockopt(
      descriptor, level, option, &value, socklen_t(MemoryLayout<Int32>.size))
  }

  private static func setTimeout(_ descriptor: Int32, _ option: Int32, _ seconds: Double) {
    var time = timeval()
    time.tv_sec = Int(seconds)
    time.tv_usec = max(1, Int((seconds - Double(Int(seconds))) * 1_000_000))
    _ = unsafe setsockopt(
      descriptor, SOL_SOCKET, option, &time, socklen_t(MemoryLayout<timeval>.size))
  }

  /// Makes the coming `close` send RST instead of FIN.
  static func resetOnClose(_ descriptor: Int32) {
    var option = linger(l_onoff: 1, l_linger: 0)
    _ = unsafe setsockopt(
      descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
  }

  /// Seconds on a clock that only goes forward.
  static var monotonicSeconds: Double {
    var time = timespec()
    _ = unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  static func message(_ code: Int32) -> String {
    guard let text = unsafe strerror(code) else { return "error \(code)" }
    return unsafe String(cString: text)
  }
}
