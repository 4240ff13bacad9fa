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
    /// At the second one a program gives up winding down.
    public let stopCount: Int
  }

  /// The signals in the order they came; ends with `stop()`.
  public let arrivals: AsyncStream<Arrival>

  private let input: AsyncStream<Arrival>.Continuation
  private let sources: [any DispatchSourceSignal]
  private let stops = Lock(0)

  /// Takes over the given signals, all of them unless said otherwise.
  public init(_ signals: [Signal] = Signal.allCases) {
    (arrivals, input) = AsyncStream.makeStream()
    let queue = DispatchQueue(label: "signals")
    sources = signals.map { signal in
      _ = unsafe Foundation.signal(signal.rawValue, SIG_IGN)
      return DispatchSource.makeSignalSource(signal: signal.rawValue, queue: queue)
    }
    for (source, signal) in zip(sources, signals) {
      source.setEventHandler { [stops, input] in
        let count = stops.withLock { stops in
          stops += signal == .hangUp ? 0 : 1
          return signal == .hangUp ? 0 : stops
        }
        input.yield(Arrival(signal: signal, stopCount: count))
      }
      source.resume()
    }
  }

  /// Gives the signals back their ordinary effect and ends the stream.
  public func stop() {
    for source in sources { source.cancel() }
    for signal in Signal.allCases { _ = unsafe Foundation.signal(signal.rawValue, SIG_DFL) }
    input.finish()
  }

  /// Makes writing to a closed pipe or socket an error instead of the end of the process.
  public static func ignoreBrokenPipes() {
    _ = unsafe Foundation.signal(SIGPIPE, SIG_IGN)
  }
}
