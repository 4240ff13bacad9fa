/// Remembers which ids were seen, in 8 to 10 bytes each, also for millions.
///
/// It keeps 60 bits of their hashes under a seed of its own: two different ids of a walk of ten
/// million rows look the same with a probability of about one in 20,000, which fails that walk and,
/// with another seed, not the next one.
///
/// The hashes lie in segments that grow one at a time and by a quarter: no moment needs room for
/// all of them twice.
struct IdentitySet {
  private(set) var count = 0
  private var segments = [Segment](repeating: Segment(), count: Segment.countMax)
  private let seed: UInt64

  init(seed: UInt64) { self.seed = seed }

  /// Adds the ids of a page; false, and nothing is added, when one was there or comes twice.
  mutating func insert(page ids: [String]) -> Bool {
    var hashes: [UInt64] = []
    hashes.reserveCapacity(ids.count)
    for id in ids {
      let hash = hash(id)
      if segments[Segment.number(of: hash)].contains(hash) || hashes.contains(hash) { return false }
      hashes.append(hash)
    }
    for hash in hashes { insert(hash) }
    return true
  }

  /// Adds an id; false when it was there.
  mutating func insert(_ id: String) -> Bool {
    let hash = hash(id)
    guard !segments[Segment.number(of: hash)].contains(hash) else { return false }
    insert(hash)
    return true
  }

  func contains(_ id: String) -> Bool {
    let hash = hash(id)
    return segments[Segment.number(of: hash)].contains(hash)
  }

  private mutating func insert(_ hash: UInt64) {
    segments[Segment.number(of: hash)].insert(hash)
    count += 1
  }

  /// FNV-1a over the bytes, then the finish of MurmurHash3.
  private func hash(_ id: String) -> UInt64 {
    var hash = 0xCBF2_9CE4_8422_2325 ^ seed
    for byte in id.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    hash = (hash ^ (hash >> 33)) &* 0xFF51_AFD7_ED55_8CCD
    hash = (hash ^ (hash >> 33)) &* 0xC4CE_B9FE_1A85_EC53
    return hash ^ (hash >> 33)
  }
}

/// The hashes of one segment: the twelve highest bits of a hash say which, and the next 48 are
/// kept, each at the place that the first of them call for, or behind it where that is taken.
private struct Segment {
  static let countMax = 1 << 12
  /// Places of a segment when it is first used.
  private static let placesMin = 8

  private var heads: [UInt32] = []
  private var tails: [UInt16] = []
  private var count = 0

  static func number(of hash: UInt64) -> Int { Int(truncatingIfNeeded: hash >> 52) }

  /// What is kept of a hash; both are 0 in free places only.
  private static func kept(_ hash: UInt64) -> (head: UInt32, tail: UInt16) {
    let head = UInt32(truncatingIfNeeded: hash >> 20)
    let tail = UInt16(truncatingIfNeeded: hash >> 4)
    return head == 0 && tail == 0 ? (0, 1) : (head, tail)
  }

  func contains(_ hash: UInt64) -> Bool {
    guard count > 0 else { return false }
    let kept = Self.kept(hash)
    var place = first(kept.head)
    while !isFree(place) {
      if heads[place] == kept.head, tails[place] == kept.tail { return true }
      place = next(place)
    }
    return false
  }

  /// Adds a hash that is not there.
  mutating func insert(_ hash: UInt64) {
    if (count + 1) * 4 > heads.count * 3 { grow() }
    put(Self.kept(hash))
    count += 1
  }

  private func first(_ head: UInt32) -> Int {
    Int(truncatingIfNeeded: UInt64(head) &* UInt64(heads.count) >> 32)
  }

  private func next(_ place: Int) -> Int { place + 1 == heads.count ? 0 : place + 1 }

  private func isFree(_ place: Int) -> Bool { heads[place] == 0 && tails[place] == 0 }

  private mutating func put(_ kept: (head: UInt32, tail: UInt16)) {
    var place = first(kept.head)
    while !isFree(place) { place = next(place) }
    (heads[place], tails[place]) = kept
  }

  private mutating func grow() {
    let old = self
    let places = max(Self.placesMin, heads.count + heads.count / 4)
    heads = [UInt32](repeating: 0, count: places)
    tails = [UInt16](repeating: 0, count: places)
    for place in old.heads.indices where !old.isFree(place) {
      put((old.heads[place], old.tails[place]))
    }
  }
}
