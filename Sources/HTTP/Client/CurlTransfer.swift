internal import CCurl
internal import Foundation

/// One request on its way through libcurl; after `submit` only the loop's thread touches it.
@safe final class CurlTransfer: @unchecked Sendable {
  typealias Outcome = Result<HTTPResponse, HTTPTransportError>

  /// Guarded by the loop's lock.
  var isCancelled = false
  var continuation: CheckedContinuation<Outcome, Never>?

  private let request: HTTPRequest
  private let settings: TransportSettings
  private let isLoopback: Bool

  private var sentBytes = 0
  private var head = AnswerHead()
  private var body: [UInt8] = []
  private var isBodyTooLarge = false
  private var fieldList: UnsafeMutablePointer<curl_slist>?
  private let errorText: UnsafeMutablePointer<CChar>

  init(
    _ request: HTTPRequest, settings: TransportSettings, isLoopback: Bool
  ) {
    self.request = request
    self.settings = settings
    self.isLoopback = isLoopback
    unsafe errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
    unsafe errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
  }

  deinit {
    unsafe curl_slist_free_all(fieldList)
    unsafe errorText.deallocate()
  }

  func finish(_ outcome: Outcome) {
    continuation?.resume(returning: outcome)
    continuation = nil
  }

  // MARK: Options

  func prepare(_ handle: EasyHandle) {
    handle.set(CURLOPT_URL, request.url)
    setLimits(handle)
    setSafety(handle)
    setMethod(handle)
    setFields(handle)
    setReceivers(handle)
  }

  private func setLimits(_ handle: EasyHandle) {
    handle.set(CURLOPT_NOSIGNAL, 1)
    handle.set(CURLOPT_TIMEOUT_MS, milliseconds(settings.totalSeconds))
    handle.set(CURLOPT_CONNECTTIMEOUT_MS, milliseconds(settings.connectSeconds))
    handle.set(CURLOPT_MAXAGE_CONN, settings.idleConnectionSeconds)
    handle.set(CURLOPT_TCP_NODELAY, 1)
    handle.set(CURLOPT_TCP_KEEPALIVE, 1)
  }

  private func setSafety(_ handle: EasyHandle) {
    handle.set(CURLOPT_SSL_VERIFYPEER, 1)
    handle.set(CURLOPT_SSL_VERIFYHOST, 2)
    if let file = settings.certificateAuthorities { handle.set(CURLOPT_CAINFO, file) }
    handle.set(CURLOPT_PROTOCOLS_STR, isLoopback ? "http,https" : "https")
    handle.set(CURLOPT_FOLLOWLOCATION, 0)
    handle.set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
    handle.set(CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_2TLS)
    // One connection that turns out to speak HTTP/2 serves all; don't open a second meanwhile.
    handle.set(CURLOPT_PIPEWAIT, 1)
    if isLoopback { handle.set(CURLOPT_NOPROXY, "*") }
  }

  private func setMethod(_ handle: EasyHandle) {
    switch request.method {
    case .get where request.body.isEmpty: return
    case .head: return handle.set(CURLOPT_NOBODY, 1)
    default: handle.set(CURLOPT_CUSTOMREQUEST, request.method.rawValue)
    }
    let bodyless: Set<HTTPMethod> = [.get, .delete, .options, .trace]
    if request.body.isEmpty && bodyless.contains(request.method) { return }
    // The body goes through a reader that can't be rewound. libcurl sends a request again by
    // itself when a reused connection dies before an answer; with a body the server may already
    // have acted on it, so that second sending has to fail.
    handle.set(CURLOPT_POST, 1)
    handle.set(CURLOPT_POSTFIELDSIZE_LARGE, offset: request.body.count)
    unsafe handle.withPointer {
      _ = unsafe shim_setopt_callback($0, CURLOPT_READFUNCTION, sendBody)
      _ = unsafe shim_setopt_pointer($0, CURLOPT_READDATA, context)
    }
  }

  private func setFields(_ handle: EasyHandle) {
    handle.set(CURLOPT_ACCEPT_ENCODING, "gzip")
    handle.set(CURLOPT_USERAGENT, settings.userAgent)
    // No waiting for "100 Continue", and no content type that nobody chose.
    var lines = ["Expect:"]
    if request.fields["Content-Type"] == nil { lines.append("Content-Type:") }
    for field in request.fields.all {
      lines.append(field.value.isEmpty ? "\(field.name);" : "\(field.name): \(field.value)")
    }
    for line in lines { unsafe fieldList = curl_slist_append(fieldList, line) }
    unsafe handle.withPointer {
      _ = unsafe shim_setopt_list($0, CURLOPT_HTTPHEADER, fieldList)
    }
  }

  private func setReceivers(_ handle: EasyHandle) {
    unsafe handle.withPointer {
      _ = unsafe shim_setopt_callback($0, CURLOPT_WRITEFUNCTION, receiveBody)
      _ = unsafe shim_setopt_pointer($0, CURLOPT_WRITEDATA, context)
      _ = unsafe shim_setopt_callback($0, CURLOPT_HEADERFUNCTION, receiveHeader)
      _ = unsafe shim_setopt_pointer($0, CURLOPT_HEADERDATA, context)
      _ = unsafe shim_setopt_pointer($0, CURLOPT_ERRORBUFFER, errorText)
    }
  }

  /// Borrowed by the callbacks; the loop keeps the transfer while libcurl has the handle.
  private var context: UnsafeMutableRawPointer {
    unsafe Unmanaged.passUnretained(self).toOpaque()
  }

  private func milliseconds(_ seconds: Double) -> Int {
    Int((min(max(seconds, 0.001), 86_400) * 1_000).rounded(.up))
  }

  // MARK: Callbacks

  fileprivate func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
    let count = min(buffer.count, request.body.count - sentBytes)
    let part = request.body[sentBytes..<(sentBytes + count)]
    unsafe buffer.copyBytes(from: part)
    sentBytes += count
    return count
  }

  fileprivate func take(body bytes: UnsafeRawBufferPointer) -> Bool {
    guard body.count + bytes.count <= settings.bodyBytesMax else {
      isBodyTooLarge = true
      return false
    }
    unsafe body.append(contentsOf: bytes)
    return true
  }

  fileprivate func take(header bytes: UnsafeRawBufferPointer) -> Bool {
    unsafe head.take(line: bytes, bytesMax: settings.headerBytesMax)
  }

  // MARK: Outcome

  func outcome(of handle: EasyHandle, code: CURLcode) -> Outcome {
    if code == CURLE_OK {
      let status = handle.number(CURLINFO_RESPONSE_CODE)
      guard (100...599).contains(status) else {
        return .failure(.malformedAnswer("the answer has the status \(status)"))
      }
      return .success(HTTPResponse(status: status, fields: head.fields, body: body))
    }
    if isBodyTooLarge { return .failure(.bodyTooLarge(limitBytes: settings.bodyBytesMax)) }
    if head.isTooLarge {
      let limit = settings.headerBytesMax
      return .failure(.malformedAnswer("the answer's fields exceed \(limit) bytes"))
    }
    let failure = CurlFailure(
      code: code, text: cause(of: code), wasSent: mayHaveBeenSent(handle),
      hasAnswer: head.hasBegun)
    return .failure(failure.error)
  }

  private func cause(of code: CURLcode) -> String {
    let detail = unsafe String(cString: errorText)
    return unsafe detail.isEmpty ? String(cString: curl_easy_strerror(code)) : detail
  }

  /// libcurl notes the time just before the first byte of a request leaves.
  private func mayHaveBeenSent(_ handle: EasyHandle) -> Bool {
    handle.offset(CURLINFO_PRETRANSFER_TIME_T) > 0 || handle.number(CURLINFO_REQUEST_SIZE) > 0
  }
}

private func transfer(_ context: UnsafeMutableRawPointer?) -> CurlTransfer? {
  guard let context = unsafe context else { return nil }
  return unsafe Unmanaged<CurlTransfer>.fromOpaque(context).takeUnretainedValue()
}

private let sendBody: shim_data_callback = { bytes, size, count, context in
  guard let transfer = unsafe transfer(context) else { return 0 }
  return unsafe transfer.read(
    into: UnsafeMutableRawBufferPointer(start: bytes, count: size * count))
}

private let receiveBody: shim_data_callback = { bytes, size, count, context in
  let part = unsafe UnsafeRawBufferPointer(start: bytes, count: size * count)
  // Any other count than the one given makes libcurl give up the transfer.
  let isTaken = unsafe transfer(context)?.take(body: part) ?? false
  return isTaken ? size * count : size * count &+ 1
}

private let receiveHeader: shim_data_callback = { bytes, size, count, context in
  let part = unsafe UnsafeRawBufferPointer(start: bytes, count: size * count)
  let isTaken = unsafe transfer(context)?.take(header: part) ?? false
  return isTaken ? size * count : size * count &+ 1
}
