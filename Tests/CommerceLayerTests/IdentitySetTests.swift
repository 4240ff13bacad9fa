import TestKit
import Testing

@testable import CommerceLayer

struct IdentitySetTests {
  @Test(arguments: [0, 1, 77] as [UInt64])
  func `each id is known from when it was added on, and no other`(seed: UInt64) {
    var ids = IdentitySet(seed: seed)
    for number in 0..<50_000 {
      let id = "nrtPtJ\(number)"
      if number % 500 == 0 { #expect(!ids.contains(id)) }
      let isNew = ids.insert(id)
      #expect(isNew)
      if number % 500 == 0 { #expect(ids.contains(id)) }
    }
    #expect(ids.count == 50_000)
    for number in 0..<50_000 where !ids.contains("nrtPtJ\(number)") {
      Issue.record("nrtPtJ\(number) is forgotten")
    }
    for number in 50_000..<150_000 where ids.contains("nrtPtJ\(number)") {
      Issue.record("nrtPtJ\(number) was never there")
    }
    let isAgain = ids.insert("nrtPtJ123")
    #expect(!isAgain)
    #expect(ids.count == 50_000)
  }

  @Test func `a page with a row that was there, or comes twice, is not taken`() {
    var ids = IdentitySet(seed: 3)
    var taken: [Bool] = []
    for page in [["a", "b"], ["c", "b"], ["d", "d"], ["c", "d"], []] {
      taken.append(ids.insert(page: page))
    }
    #expect(taken == [true, false, false, true, true])
    #expect(ids.count == 4)
    #expect(["a", "b", "c", "d"].allSatisfy { ids.contains($0) })
  }
}
