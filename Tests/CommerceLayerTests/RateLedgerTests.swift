import CommerceLayer
import Effects
import Formats
import Testing

private let figures = RateFigures(
  averageLimit: 100, averageSeconds: 60, burstLimit: 25, burstSeconds: 10, share: 1)
private let start = Timestamp(microseconds: 1_795_428_000_000_000)
private let kind = RateClass.core("customer_password_resets")

@Suite struct RateLedgerTests {
  @Test func `a burst goes at once, then the window decides`() {
    var ledger = RateLedger()
    for ticket in 0..<25 {
      #expect(ledger.reserve(kind, ticket: ticket, figures: figures, now: start) == 0)
      ledger.settle(ticket: ticket, now: start.adding(seconds: 1))
    }
    let now = start.adding(seconds: 2)
    let wait = ledger.reserve(kind, ticket: 99, figures: figures, now: now)
    #expect(abs(wait - 9.05) < 1e-6)
    #expect(
      ledger.reserve(kind, ticket: 99, figures: figures, now: now.adding(seconds: wait)) == 0)
  }

  @Test func `a request under way counts until a window after its answer`() {
    var ledger = RateLedger()
    var one = figures
    one.burstLimit = 1
    #expect(ledger.reserve(kind, ticket: 1, figures: one, now: start) == 0)
    let later = start.adding(seconds: 12)
    #expect(ledger.reserve(kind, ticket: 2, figures: one, now: later) > 10)
    ledger.settle(ticket: 1, now: later)
    #expect(ledger.reserve(kind, ticket: 2, figures: one, now: later.adding(seconds: 10)) > 0)
    #expect(ledger.reserve(kind, ticket: 2, figures: one, now: later.adding(seconds: 10.05)) == 0)
  }

  @Test func `a request whose process died stops counting`() {
    var ledger = RateLedger()
    var one = figures
    one.averageLimit = 1
    #expect(ledger.reserve(kind, ticket: 1, figures: one, now: start) == 0)
    #expect(ledger.reserve(kind, ticket: 2, figures: one, now: start.adding(seconds: 121)) == 0)
  }

  @Test func `a withdrawn request does not count, and classes don't mix`() {
    var ledger = RateLedger()
    var one = figures
    one.averageLimit = 1
    #expect(ledger.reserve(kind, ticket: 1, figures: one, now: start) == 0)
    #expect(ledger.reserve(.token, ticket: 2, figures: one, now: start) == 0)
    #expect(ledger.reserve(.core("customers"), ticket: 3, figures: one, now: start) > 0)
    ledger.withdraw(ticket: 1)
    #expect(ledger.reserve(.core("customers"), ticket: 3, figures: one, now: start) == 0)
  }

  @Test func `what others use is left to them, and comes back bit by bit`() {
    var ledger = RateLedger()
    #expect(ledger.reserve(kind, ticket: 1, figures: figures, now: start) == 0)
    ledger.settle(ticket: 1, now: start)
    ledger.announce("core", limit: 100, seconds: 60, remaining: 2, now: start)
    var granted = 0
    while ledger.reserve(kind, ticket: 10 + granted, figures: figures, now: start) == 0 {
      granted += 1
    }
    #expect(granted == 2)
    let later = start.adding(seconds: 6)
    #expect(ledger.reserve(kind, ticket: 90, figures: figures, now: later) == 0)
  }

  @Test func `a lower limit of the server is kept, a higher one is not used`() {
    for (said, expected) in [(10, 10), (1_000, 25)] {
      var ledger = RateLedger()
      ledger.announce("core", limit: said, seconds: 60, remaining: said, now: start)
      var granted = 0
      while ledger.reserve(kind, ticket: granted, figures: figures, now: start) == 0 {
        granted += 1
      }
      #expect(granted == expected)
    }
  }

  @Test func `a block stops the whole class until its end`() {
    var ledger = RateLedger()
    ledger.block("core", until: start.adding(seconds: 60))
    ledger.block("core", until: start.adding(seconds: 30))
    #expect(ledger.reserve(kind, ticket: 1, figures: figures, now: start) == 60)
    #expect(ledger.reserve(.token, ticket: 2, figures: figures, now: start) == 0)
    #expect(ledger.reserve(kind, ticket: 1, figures: figures, now: start.adding(seconds: 60)) == 0)
  }

  @Test func `a clock that goes back does not stop everything`() {
    var ledger = RateLedger()
    for ticket in 0..<25 {
      _ = ledger.reserve(kind, ticket: ticket, figures: figures, now: start)
      ledger.settle(ticket: ticket, now: start)
    }
    let wait = ledger.reserve(
      kind, ticket: 99, figures: figures, now: start.adding(seconds: -86_400))
    #expect(wait > 0 && wait <= 10.05)
  }

  @Test func `the ledger survives being written and read`() {
    var ledger = RateLedger()
    for ticket in 0..<5 { _ = ledger.reserve(kind, ticket: ticket, figures: figures, now: start) }
    ledger.settle(ticket: 2, now: start)
    ledger.announce("core", limit: 100, seconds: 60, remaining: 7, now: start)
    ledger.block("token", until: start.adding(seconds: 9))
    #expect(RateLedger(text: ledger.text) == ledger)
    for text in ["", "{}", "[]", "{\"entries\":[[1]]}", "{\"entries\":[],\"announced\":{\"a\":1}}"]
    {
      #expect(RateLedger(text: Array(text.utf8)) == nil)
    }
  }

  /// Requests reach the server anywhere between reservation and answer.
  @Test(arguments: 1...20)
  func `no window of the server is ever exceeded, whatever the latencies`(_ seed: UInt64) {
    let random = SeededRandom(seed: seed)
    var ledger = RateLedger()
    var now = start
    var arrivals: [Int64] = []
    var open: [(ticket: Int, answer: Timestamp)] = []
    for ticket in 0..<1_500 {
      while true {
        let wait = ledger.reserve(kind, ticket: ticket, figures: figures, now: now)
        guard wait > 0 || open.count >= 4 else { break }
        // Time passes to the next answer or to the end of the wait.
        let next = open.min { $0.answer < $1.answer }
        let until = wait > 0 ? now.adding(seconds: wait) : Timestamp(microseconds: .max)
        if wait <= 0 { ledger.withdraw(ticket: ticket) }
        if let next, next.answer <= until {
          now = max(now, next.answer)
          ledger.settle(ticket: next.ticket, now: now)
          open.removeAll { $0.ticket == next.ticket }
        } else {
          now = until
        }
      }
      let latency = random.unit() * (seed % 2 == 0 ? 0.5 : 8)
      open.append((ticket, now.adding(seconds: latency)))
      arrivals.append(now.adding(seconds: latency * random.unit()).microseconds)
    }
    #expect(mostInWindow(arrivals, seconds: 60) <= 100)
    #expect(mostInWindow(arrivals, seconds: 10) <= 25)
  }
}
