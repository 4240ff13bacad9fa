internal import Foundation

/// What a `CurlTransport` allows itself and its servers.
public struct TransportSettings: Sendable, Equatable {
  /// The longest answer body after decoding, in bytes; 16 MiB unless set.
  public var bodyBytesMax = 16 << 20
  /// The longest header block of an answer, in bytes; 64 KiB unless set.
  public var headerBytesMax = 64 << 10
  /// The longest wait for a connection, TLS included, in seconds; 15 unless set.
  public var connectSeconds = 15.0
  /// The longest time from sending to the last byte of the answer, in seconds; 15 unless set.
  public var totalSeconds = 15.0
  /// The most connections to one host at a time; 16 unless set.
  public var connectionsPerHostMax = 16
  /// The longest age of an idle connection that is used again, in seconds; 55 unless set, below
  /// the 60 and 75 seconds after which usual servers hang up.
  public var idleConnectionSeconds = 55
  /// A file with the certificate authorities to trust, in PEM form; nil for those of the system.
  public var certificateAuthorities: String?
  /// The `User-Agent` where a request brings none of its own.
  public var userAgent: String

  /// Makes settings with the defaults named at each member.
  public init(userAgent: String) {
    self.userAgent = userAgent
  }
}

/// HTTP/1.1 and HTTP/2 over libcurl: one thread owns one multi handle and all connections.
///
/// TLS is always verified; plain `http` reaches only this machine. Redirects are answers, not
/// followed. No cookies, no `.netrc`. Proxies come from the usual environment variables, never
/// for this machine. A body is never sent twice: where a connection breaks after the body was
/// on its way the error is `outcomeUnknown`, also where libcurl by itself would send again.
public final class CurlTransport: HTTPTransport {
  private let loop: CurlLoop
  private let settings: TransportSettings

  /// Starts the thread; it ends, and all connections close, when the transport is released.
  public init(settings: TransportSettings) {
    self.settings = settings
    loop = CurlLoop(connectionsPerHostMax: settings.connectionsPerHostMax)
    loop.start()
  }

  deinit {
    loop.stop()
  }

  /// Sends one request and waits for the whole answer; cancelling the task aborts the transfer.
  public func send(_ request: HTTPRequest) async throws(HTTPTransportError) -> HTTPResponse {
    let isLoopback = try Self.check(request)
    let loop = self.loop
    let transfer = CurlTransfer(
      request, settings: settings, isLoopback: isLoopback)
    let outcome = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        transfer.continuation = continuation
        loop.submit(transfer)
      }
    } onCancel: {
      loop.cancel(transfer)
    }
    return try outcome.get()
  }

  /// Whether the request stays on this machine; throws `badAddress` for what must not be sent.
  private static func check(_ request: HTTPRequest) throws(HTTPTransportError) -> Bool {
    guard let address = WebAddress(request.url) else {
      throw .badAddress("not an absolute http or https address with a plain host name")
    }
    guard address.isSecure || address.isLoopback else {
      throw .badAddress(
        "plain http is for this machine only; use https://\(address.host) instead")
    }
    for field in request.fields.all where !isSendable(field) {
      throw .badAddress("the request field \(field.name.debugDescription) can't be sent")
    }
    return address.isLoopback
  }

  /// A name of RFC 9110 token bytes, a value without line breaks and control bytes.
  private static func isSendable(_ field: HTTPFields.Field) -> Bool {
    let isToken = field.name.utf8.allSatisfy { byte in
      byte > 0x20 && byte < 0x7F && !"\"(),/:;<=>?@[\\]{}".utf8.contains(byte)
    }
    return isToken && !field.name.isEmpty
      && field.value.utf8.allSatisfy { ($0 >= 0x20 && $0 != 0x7F) || $0 == 0x09 }
  }
}
