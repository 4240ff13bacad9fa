/// Remembers which ids were seen, in 8 to 22 bytes each, also for millions.
///
/// It keeps 64-bit hashes under a seed of its own: two different ids of a walk of ten million
/// rows look the same with a probability of about one in 400,000, which fails that walk and,
/// with another seed, not the next one.
struct IdentitySet {
  private(set) var count = 0
  private var slots: [UInt64]
  private let seed: UInt64

  init(seed: UInt64) {
    self.seed = seed
    slots = [UInt64](repeating: 0, count: 64)
  }

  /// Adds the ids of a page; false, and nothing is added, when one was there or comes twice.
  mutating func insert(page ids: [String]) -> Bool {
    var hashes: [UInt64] = []
    hashes.reserveCapacity(ids.count)
    for id in ids {
      let hash = hash(id)
      if contains(hash: hash) || hashes.contains(hash) { return false }
      hashes.append(hash)
    }
    for hash in hashes {
      if count * 4 >= slots.count * 3 { grow() }
      _ = Self.place(hash, &slots)
      count += 1
    }
    return true
  }

  /// Adds an id; false when it was there.
  mutating func insert(_ id: String) -> Bool {
    if count * 4 >= slots.count * 3 { grow() }
    guard Self.place(hash(id), &slots) else { return false }
    count += 1
    return true
  }

  func contains(_ id: String) -> Bool { contains(hash: hash(id)) }

  private func contains(hash: UInt64) -> Bool {
    var index = Int(truncatingIfNeeded: hash) & (slots.count - 1)
    while slots[index] != 0 {
      if slots[index] == hash { return true }
      index = (index + 1) & (slots.count - 1)
    }
    return false
  }

  private mutating func grow() {
    var larger = [UInt64](repeating: 0, count: slots.count * 2)
    for hash in slots where hash != 0 { _ = Self.place(hash, &larger) }
    slots = larger
  }

  private static func place(_ hash: UInt64, _ slots: inout [UInt64]) -> Bool {
    var index = Int(truncatingIfNeeded: hash) & (slots.count - 1)
    while slots[index] != 0 {
      if slots[index] == hash { return false }
      index = (index + 1) & (slots.count - 1)
    }
    slots[index] = hash
    return true
  }

  /// FNV-1a over the bytes, then the finish of MurmurHash3; 0 marks free slots.
  private func hash(_ id: String) -> UInt64 {
    var hash = 0xCBF2_9CE4_8422_2325 ^ seed
    for byte in id.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    hash = (hash ^ (hash >> 33)) &* 0xFF51_AFD7_ED55_8CCD
    hash = (hash ^ (hash >> 33)) &* 0xC4CE_B9FE_1A85_EC53
    hash ^= hash >> 33
    return hash == 0 ? 1 : hash
  }
}
