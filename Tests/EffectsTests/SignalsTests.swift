import Effects
import Foundation
import Testing

@Suite struct SignalsTests {
  @Test func `signals arrive in order and stops are counted`() async {
    let signals = Signals([.hangUp])
    var arrivals = signals.arrivals.makeAsyncIterator()
    kill(getpid(), SIGHUP)
    #expect(await arrivals.next() == .init(signal: .hangUp, stopCount: 0))
    signals.stop()
    #expect(await arrivals.next() == nil)

    let stops = Signals([.terminate, .interrupt])
    arrivals = stops.arrivals.makeAsyncIterator()
    kill(getpid(), SIGTERM)
    #expect(await arrivals.next() == .init(signal: .terminate, stopCount: 1))
    kill(getpid(), SIGINT)
    #expect(await arrivals.next() == .init(signal: .interrupt, stopCount: 2))
    stops.stop()
  }

  @Test func `the environment is read by name`() {
    #expect(SystemEnvironment().value(of: "PATH")?.isEmpty == false)
    #expect(SystemEnvironment().value(of: "RESETSYNC_NOT_SET") == nil)
    #expect(FixedEnvironment(["A": "b"]).value(of: "A") == "b")
  }
}
