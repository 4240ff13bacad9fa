import Effects
import Testing

struct HandOverTests {
  struct Broken: Error {}

  @Test func `hands over all values in order`() throws {
    let queue = HandOver<Int>(waitingMax: 3)
    queue.start { give in for number in 0..<1_000 { try give(number) } }
    var taken: [Int] = []
    while let number = try queue.take() { taken.append(number) }
    #expect(taken == Array(0..<1_000))
    #expect(try queue.take() == nil)
  }

  @Test func `throws what the giver threw, behind its values`() throws {
    let queue = HandOver<Int>(waitingMax: 2)
    queue.start { give in
      try give(1)
      throw Broken()
    }
    #expect(try queue.take() == 1)
    #expect(throws: Broken.self) { try queue.take() }
  }

  @Test func `a giver whose values nobody wants any more is stopped`() throws {
    let given = Lock(0)
    let queue = HandOver<Int>(waitingMax: 2)
    queue.start { give in
      while true {
        try give(1)
        given.withLock { $0 += 1 }
      }
    }
    _ = try queue.take()
    queue.abandon()
    // The giver has ended: what it gave is what could be taken and what could wait.
    #expect(given.withLock { $0 } <= 4)
  }
}
