internal import CCurl
internal import Foundation

/// libcurl asks for this once per process, before anything else; a global is made only once.
private let curlIsReady: Bool = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

/// The thread that owns the multi handle, its connections and every transfer in progress.
///
/// Other threads reach it only through the locked inbox and `curl_multi_wakeup`, which libcurl
/// allows from any thread as long as the handle lives.
@safe final class CurlLoop: @unchecked Sendable {
  /// The longest sleep without news, in milliseconds; a wake-up ends it at once.
  private static let pollMilliseconds: Int32 = 60_000

  private struct Inbox {
    var submitted: [CurlTransfer] = []
    var cancelled: [CurlTransfer] = []
    var isStopping = false
    /// Set while the thread will look at the inbox anyway: saves the system call.
    var isAwake = true
  }

  private let lock = NSLock()
  private var inbox = Inbox()
  private let multi: UnsafeMutableRawPointer?

  // Only the thread touches these.
  private var running: [UInt: (handle: EasyHandle, transfer: CurlTransfer)] = [:]

  init(connectionsPerHostMax: Int) {
    unsafe multi = curlIsReady ? curl_multi_init() : nil
    _ = unsafe shim_multi_setopt_long(
      multi, CURLMOPT_MAX_HOST_CONNECTIONS, connectionsPerHostMax)
  }

  deinit {
    _ = unsafe curl_multi_cleanup(multi)
  }

  func start() {
    let thread = Thread { self.run() }
    thread.name = "http"
    thread.start()
  }

  func submit(_ transfer: CurlTransfer) {
    post { $0.submitted.append(transfer) }
  }

  /// Marks the transfer, since the call may come before `submit`.
  func cancel(_ transfer: CurlTransfer) {
    post {
      transfer.isCancelled = true
      $0.cancelled.append(transfer)
    }
  }

  func stop() {
    post { $0.isStopping = true }
  }

  private func post(_ change: (inout Inbox) -> Void) {
    let wasAwake = lock.withLock {
      change(&inbox)
      defer { inbox.isAwake = true }
      return inbox.isAwake
    }
    if !wasAwake { _ = unsafe curl_multi_wakeup(multi) }
  }

  // MARK: On the thread

  private func run() {
    blockBrokenPipeSignal()
    while true {
      let news = takeInbox()
      if news.isStopping { break }
      for transfer in news.submitted {
        begin(transfer, cancelled: lock.withLock { transfer.isCancelled })
      }
      cancelRunning(news.cancelled)
      perform()
      waitForNews()
    }
    for key in Array(running.keys) { finish(key, with: .failure(.cancelled)) }
  }

  /// OpenSSL writes to sockets without asking for the signal to be left out.
  private func blockBrokenPipeSignal() {
    var signals = sigset_t()
    _ = unsafe sigemptyset(&signals)
    _ = unsafe sigaddset(&signals, SIGPIPE)
    _ = unsafe pthread_sigmask(SIG_BLOCK, &signals, nil)
  }

  private func takeInbox() -> Inbox {
    lock.withLock {
      let news = inbox
      inbox.submitted.removeAll()
      inbox.cancelled.removeAll()
      return news
    }
  }

  private func begin(_ transfer: CurlTransfer, cancelled: Bool) {
    if cancelled { return transfer.finish(.failure(.cancelled)) }
    // Never one that was used before: libcurl 7.88 keeps a pointer to the last field of the last
    // answer, and an answer that begins with a folded line makes it follow that into freed memory.
    // Connections belong to the multi handle and are used again all the same.
    guard curlIsReady, let handle = EasyHandle() else {
      return transfer.finish(.failure(.cannotConnect("libcurl could not be started")))
    }
    transfer.prepare(handle)
    running[handle.key] = (handle, transfer)
    let code = unsafe handle.withPointer { unsafe curl_multi_add_handle(multi, $0) }
    if code != CURLM_OK {
      finish(handle.key, with: .failure(.cannotConnect("libcurl refused the transfer")))
    }
  }

  private func cancelRunning(_ transfers: [CurlTransfer]) {
    guard !transfers.isEmpty else { return }
    for (key, entry) in running where transfers.contains(where: { $0 === entry.transfer }) {
      finish(key, with: .failure(.cancelled))
    }
  }

  private func perform() {
    var stillRunning: Int32 = 0
    _ = unsafe curl_multi_perform(multi, &stillRunning)
    var left: Int32 = 0
    while let message = unsafe curl_multi_info_read(multi, &left) {
      guard unsafe message.pointee.msg == CURLMSG_DONE,
        let (handle, transfer) = unsafe running[UInt(bitPattern: message.pointee.easy_handle)]
      else { continue }
      let code = unsafe shim_message_result(message)
      finish(handle.key, with: transfer.outcome(of: handle, code: code))
    }
  }

  private func waitForNews() {
    let mustLook = lock.withLock {
      let hasNews =
        inbox.isStopping || !inbox.submitted.isEmpty || !inbox.cancelled.isEmpty
      inbox.isAwake = hasNews
      return hasNews
    }
    guard !mustLook else { return }
    _ = unsafe curl_multi_poll(multi, nil, 0, Self.pollMilliseconds, nil)
    lock.withLock { inbox.isAwake = true }
  }

  private func finish(_ key: UInt, with outcome: CurlTransfer.Outcome) {
    guard let (handle, transfer) = running.removeValue(forKey: key) else { return }
    _ = unsafe handle.withPointer { unsafe curl_multi_remove_handle(multi, $0) }
    transfer.finish(outcome)
  }
}
