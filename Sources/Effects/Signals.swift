internal import Dispatch
internal import Foundation

/// Signals of the operating system as a stream; while it lives they don't end the process.
///
/// Make one per process and signal: a second one would take the handler from the first.
public final class Signals: Sendable {
  /// The signals that a program winds down or reloads for.
  public enum Signal: Int32, Sendable, CaseIterable {
    /// `SIGHUP`: read the configuration again.
    case hangUp = 1
    /// `SIGINT`: somebody pressed control-C.
    case interrupt = 2
    /// `SIGTERM`: the service manager wants an end.
    case terminate = 15
  }

  /// One signal that came.
  public struct Arrival: Sendable, Equatable {
    /// Which one.
    public let signal: Signal
    /// How many signals asked for an end so far, this one included; 0 for `hangUp`.
    ///
    /// At the second one a program gives up winding down.
    public let stopCount: Int

    /// Makes an arrival, for tests of what handles it.
    public init(signal: Signal, stopCount: Int) {
      self.signal = signal
      self.stopCount = stopCount
    }
  }

  /// The signals in the order they came; ends with `stop()`.
  public let arrivals: AsyncStream<Arrival>

  /// libdispatch allows its sources to be cancelled from any thread.
  private struct Source: @unchecked Sendable {
    let base: any DispatchSourceSignal
  }

  private let signals: [Signal]
  private let input: AsyncStream<Arrival>.Continuation
  private let sources: [Source]
  private let stops = Lock(0)

  /// Takes over the given signals, all of them unless said otherwise.
  public init(_ signals: [Signal] = Signal.allCases) {
    self.signals = signals
    (arrivals, input) = AsyncStream.makeStream()
    let queue = DispatchQueue(label: "signals")
    sources = signals.map { [stops, input] signal in
      // The default effect would come before the source's handler.
      _ = Foundation.signal(signal.rawValue, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: signal.rawValue, queue: queue)
      source.setEventHandler {
        let count = stops.withLock { stops in
          stops += signal == .hangUp ? 0 : 1
          return signal == .hangUp ? 0 : stops
        }
        input.yield(Arrival(signal: signal, stopCount: count))
      }
      // A signal that comes before the registration would be lost.
      let registered = DispatchSemaphore(value: 0)
      source.setRegistrationHandler { registered.signal() }
      source.resume()
      registered.wait()
      return Source(base: source)
    }
  }

  /// Gives the signals back their ordinary effect and ends the stream.
  public func stop() {
    for source in sources { source.base.cancel() }
    for signal in signals { _ = Foundation.signal(signal.rawValue, SIG_DFL) }
    input.finish()
  }

  /// Lets `SIGUSR1` and `SIGUSR2` pass, which have no meaning here and whose ordinary effect is the
  /// end: a script for log files that tells every daemon must not end this one.
  public static func ignoreUserSignals() {
    for number in [SIGUSR1, SIGUSR2] { _ = Foundation.signal(number, SIG_IGN) }
  }

  /// Makes writing to a closed pipe or socket an error instead of the end of the process.
  public static func ignoreBrokenPipes() {
    _ = Foundation.signal(SIGPIPE, SIG_IGN)
  }
}
