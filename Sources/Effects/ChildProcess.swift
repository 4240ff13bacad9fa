internal import Foundation

/// A started program with its three pipes, in a process group of its own.
final class ChildProcess: Sendable {
  private static let errorTailBytes = 4_096

  private struct State {
    var isReaped = false
    var reason: Subprocess.Failure?
  }

  private let group: pid_t
  private let input: Int32
  private let output: Int32
  private let errors: Int32
  private let state = Lock(State())

  init(_ arguments: [String], hiding hidden: Set<String>) throws(Subprocess.Failure) {
    guard let name = arguments.first, !name.isEmpty else {
      throw .cannotStart("no program is named")
    }
    let pipes = (0..<3).map { _ in Self.makePipe() }
    guard pipes.allSatisfy({ $0.read >= 0 }) else {
      for pipe in pipes where pipe.read >= 0 { Self.closeAll([pipe.read, pipe.write]) }
      throw .cannotStart("\(name): no more pipes")
    }
    let (code, number) = Self.spawn(
      arguments, hiding: hidden,
      descriptors: [pipes[0].read, pipes[1].write, pipes[2].write])
    Self.closeAll([pipes[0].read, pipes[1].write, pipes[2].write])
    (input, output, errors) = (pipes[0].write, pipes[1].read, pipes[2].read)
    group = number
    guard code == 0 else {
      Self.closeAll([input, output, errors])
      throw unsafe .cannotStart("\(name): \(String(cString: strerror(code)))")
    }
  }

  /// Ends the program and all it started.
  func kill(because reason: Subprocess.Failure) {
    state.withLock { state in
      state.reason = state.reason ?? reason
      // Once reaped the number may belong to somebody else.
      if !state.isReaped { _ = Foundation.kill(-group, SIGKILL) }
    }
  }

  /// Feeds, reads and waits, on the calling thread; closes the pipes.
  func run(_ job: Subprocess) -> Result<Subprocess.Outcome, Subprocess.Failure> {
    blockBrokenPipeSignal()
    let time = SystemTime()
    let deadline = time.monotonicSeconds + job.timeoutSeconds
    var exchange = PipeExchange(input: input, output: output, errors: errors, job.input)
    var isKilled = false
    while exchange.isOpen {
      let left = deadline - time.monotonicSeconds
      if left <= 0 && !isKilled {
        kill(because: .timedOut(seconds: job.timeoutSeconds))
        isKilled = true
      }
      exchange.step(milliseconds: isKilled ? 100 : Int32(min(left * 1_000 + 1, 60_000)))
      if exchange.outputBytes.count > job.outputBytesMax && !isKilled {
        kill(because: .outputTooLarge(limitBytes: job.outputBytesMax))
        isKilled = true
      }
      // A child of the killed program may have left the group and hold the pipes.
      if isKilled && left < -1 { exchange.closeAll() }
    }
    let status = wait(until: deadline, job.timeoutSeconds)
    if let reason = state.withLock({ $0.reason }) { return .failure(reason) }
    let tail = exchange.errorBytes.suffix(Self.errorTailBytes)
    return .success(
      .init(
        status: status, output: exchange.outputBytes,
        errorTail: String(decoding: tail, as: UTF8.self)))
  }

  /// The pipes are closed; a program that lives on without them still has until the deadline.
  private func wait(until deadline: Double, _ timeoutSeconds: Double) -> Int32 {
    let time = SystemTime()
    var status: Int32 = 0
    while true {
      let isDone = state.withLock { state in
        let number = unsafe waitpid(group, &status, WNOHANG)
        state.isReaped = number == group || (number < 0 && errno != EINTR)
        return state.isReaped
      }
      if isDone { break }
      if time.monotonicSeconds > deadline { kill(because: .timedOut(seconds: timeoutSeconds)) }
      usleep(500)
    }
    let signal = status & 0x7F
    return signal == 0 ? (status >> 8) & 0xFF : 128 + signal
  }

  private func blockBrokenPipeSignal() {
    var signals = sigset_t()
    _ = unsafe sigemptyset(&signals)
    _ = unsafe sigaddset(&signals, SIGPIPE)
    _ = unsafe pthread_sigmask(SIG_BLOCK, &signals, nil)
  }

  private static func makePipe() -> (read: Int32, write: Int32) {
    var ends: [Int32] = [-1, -1]
    guard unsafe pipe(&ends) == 0 else { return (-1, -1) }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    return (ends[0], ends[1])
  }

  private static func closeAll(_ descriptors: [Int32]) {
    for descriptor in descriptors { close(descriptor) }
  }

  /// Keeps what this process has open to itself: libraries open sockets that would be inherited.
  private static func keepDescriptors() {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
    for number in names.compactMap({ Int32($0) }) where number > 2 {
      let flags = fcntl(number, F_GETFD)
      if flags >= 0, flags & FD_CLOEXEC == 0 { _ = fcntl(number, F_SETFD, flags | FD_CLOEXEC) }
    }
  }

  /// Starts the program with ordinary signals, in a new group, with only the three descriptors.
  private static func spawn(
    _ arguments: [String], hiding hidden: Set<String>, descriptors: [Int32]
  ) -> (code: Int32, number: pid_t) {
    var actions = unsafe posix_spawn_file_actions_t()
    var attributes = posix_spawnattr_t()
    _ = unsafe posix_spawn_file_actions_init(&actions)
    _ = unsafe posix_spawnattr_init(&attributes)
    defer {
      _ = unsafe posix_spawn_file_actions_destroy(&actions)
      _ = unsafe posix_spawnattr_destroy(&attributes)
    }
    for (target, descriptor) in descriptors.enumerated() {
      _ = unsafe posix_spawn_file_actions_adddup2(&actions, descriptor, Int32(target))
    }
    keepDescriptors()
    var none = sigset_t()
    var all = sigset_t()
    _ = unsafe sigemptyset(&none)
    _ = unsafe sigfillset(&all)
    _ = unsafe posix_spawnattr_setsigmask(&attributes, &none)
    _ = unsafe posix_spawnattr_setsigdefault(&attributes, &all)
    _ = unsafe posix_spawnattr_setpgroup(&attributes, 0)
    let flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF
    _ = unsafe posix_spawnattr_setflags(&attributes, Int16(flags))
    var words = unsafe arguments.map { unsafe strdup($0) } + [nil]
    defer { for index in unsafe words.indices { unsafe free(words[index]) } }
    var variables = unsafe environment(hiding: hidden)
    var number: pid_t = 0
    let code = unsafe posix_spawnp(
      &number, arguments[0], &actions, &attributes, &words, &variables)
    return (code, number)
  }

  /// This process's environment without the hidden names; ends with nil, and owns nothing.
  private static func environment(
    hiding hidden: Set<String>
  ) -> [UnsafeMutablePointer<CChar>?] {
    var kept: [UnsafeMutablePointer<CChar>?] = unsafe []
    var place = unsafe environ
    while let word = unsafe place.pointee {
      let name = unsafe String(cString: word).prefix { $0 != "=" }
      if !hidden.contains(String(name)) { unsafe kept.append(word) }
      unsafe place += 1
    }
    return unsafe kept + [nil]
  }
}
