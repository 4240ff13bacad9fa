/// Which records the rows of an export named so far, and which of them a row stands for.
struct MetRecords {
  /// Records that a row of the file named.
  private(set) var named = RecordBits()
  /// Of those, the ones that no row stands for: all that named them are older than what stands.
  private(set) var outdated = RecordBits()
  /// Present records that were counted in `ImportTally.inCommon` before a row stood for them.
  var matched = RecordBits()
  /// Records of a spelling that a delta has in other rows: none of them stands for these.
  var replaced = RecordBits()
  /// Records whose row is in the file but is not taken: they are not gone.
  var untaken = RecordBits()
  /// Stored records met or made, each counted once.
  var count = 0

  /// Whether a row of the file stands for a record.
  func isTaken(_ id: Int64) -> Bool { named.contains(id) && !outdated.contains(id) }

  /// From now on a row of the file stands for a record.
  mutating func take(_ id: Int64) {
    if outdated.contains(id) {
      outdated.remove(id)
    } else {
      named.insert(id)
      count += 1
    }
  }

  /// The same for a record of a known chunk; says whether a stale row named it before, and throws
  /// `ShortcutFailed` if a row stands for it already.
  mutating func takeUnread(_ id: Int64) throws -> Bool {
    guard named.contains(id) else {
      named.insert(id)
      return false
    }
    guard outdated.contains(id) else { throw ShortcutFailed() }
    outdated.remove(id)
    return true
  }

  /// A stale row names a record for the first time.
  mutating func takeStale(_ id: Int64) {
    named.insert(id)
    outdated.insert(id)
    matched.insert(id)
    count += 1
  }

  /// The row that stands for a record is stale after all.
  mutating func outdate(_ id: Int64) { outdated.insert(id) }
}

/// One bit per record, by row number.
struct RecordBits {
  private var words: [UInt64] = []

  func contains(_ id: Int64) -> Bool {
    let word = Int(id >> 6)
    return word < words.count && words[word] & (1 << UInt64(id & 63)) != 0
  }

  mutating func insert(_ id: Int64) {
    let word = Int(id >> 6)
    if word >= words.count {
      words.append(contentsOf: repeatElement(0, count: word + 1 - words.count))
    }
    words[word] |= 1 << UInt64(id & 63)
  }

  mutating func remove(_ id: Int64) {
    let word = Int(id >> 6)
    if word < words.count { words[word] &= ~(1 << UInt64(id & 63)) }
  }

  /// Calls `body` with each record, in the order of their numbers.
  func each(_ body: (Int64) throws -> Void) rethrows {
    for (place, bits) in words.enumerated() {
      var bits = bits
      while bits != 0 {
        try body(Int64(place) << 6 + Int64(bits.trailingZeroBitCount))
        bits &= bits - 1
      }
    }
  }
}
