/// Finds duplicate keys while scanning: pairwise for few members, by sorting for many, so that an
/// object made to collide costs no quadratic time.
struct JSONKeyCheck {
  private static let pairwiseMax = 24
  private var hashes: [UInt64] = []
  private var indices: [Int] = []

  /// How many keys of open objects are held.
  var count: Int { hashes.count }

  /// Adds the key at a tape index to the object whose keys start at `first`.
  @inline(__always)
  mutating func add(
    _ index: Int, since first: Int, _ tape: [JSONTapeEntry], _ bytes: Span<UInt8>
  ) throws(JSONFault) {
    let hash = Self.hash(tape[index], bytes)
    if hashes.count - first < Self.pairwiseMax {
      var i = first
      while i < hashes.count {
        if hashes[i] == hash, Self.same(tape[indices[i]], tape[index], bytes) {
          throw Self.duplicate(tape[index])
        }
        i += 1
      }
    }
    hashes.append(hash)
    indices.append(index)
  }

  /// Forgets the keys from `first` on, after checking them all if there are many.
  mutating func close(
    to first: Int, _ tape: [JSONTapeEntry], _ bytes: Span<UInt8>
  ) throws(JSONFault) {
    if hashes.count - first > Self.pairwiseMax { try checkSorted(first, tape, bytes) }
    hashes.removeLast(hashes.count - first)
    indices.removeLast(indices.count - first)
  }

  private func checkSorted(
    _ first: Int, _ tape: [JSONTapeEntry], _ bytes: Span<UInt8>
  ) throws(JSONFault) {
    let sorted = (first..<hashes.count).sorted { hashes[$0] < hashes[$1] }
    var i = 0
    while i < sorted.count {
      var end = i + 1
      while end < sorted.count, hashes[sorted[end]] == hashes[sorted[i]] { end += 1 }
      if end - i > 1 {
        // Same hash: settle it by the decoded keys themselves.
        var seen: Set<[UInt8]> = []
        for place in sorted[i..<end].sorted() {
          let entry = tape[indices[place]]
          if !seen.insert(Self.decoded(entry, bytes)).inserted { throw Self.duplicate(entry) }
        }
      }
      i = end
    }
  }

  private static func duplicate(_ entry: JSONTapeEntry) -> JSONFault {
    JSONFault(
      message: "key occurs twice in one object", offset: Int(entry.start), isDuplicateKey: true)
  }

  private static func decoded(_ entry: JSONTapeEntry, _ bytes: Span<UInt8>) -> [UInt8] {
    JSONEscapes.decode(bytes, entry.inner).bytes
  }

  private static func same(
    _ a: JSONTapeEntry, _ b: JSONTapeEntry, _ bytes: Span<UInt8>
  ) -> Bool {
    if a.isFlagged || b.isFlagged { return decoded(a, bytes) == decoded(b, bytes) }
    guard a.end - a.start == b.end - b.start else { return false }
    let shift = Int(b.start) - Int(a.start)
    for i in a.inner where bytes[i] != bytes[i + shift] { return false }
    return true
  }

  /// Length, first eight and last eight bytes, mixed: cheap, and enough to tell real keys apart.
  @inline(__always)
  private static func hash(_ entry: JSONTapeEntry, _ bytes: Span<UInt8>) -> UInt64 {
    if entry.isFlagged {
      let key = decoded(entry, bytes)
      return hash(key.span, 0..<key.count)
    }
    return hash(bytes, entry.inner)
  }

  @inline(__always)
  private static func hash(_ bytes: Span<UInt8>, _ range: Range<Int>) -> UInt64 {
    var first: UInt64 = 0
    var last: UInt64 = 0
    if range.count >= 8 {
      first = load8(bytes, range.lowerBound)
      last = load8(bytes, range.upperBound - 8)
    } else {
      for i in range { first = first << 8 | UInt64(bytes[i]) }
    }
    let mixed = (first ^ UInt64(range.count)) &* 0x9E37_79B9_7F4A_7C15
    return mixed ^ (last &* 0xC2B2_AE3D_27D4_EB4F)
  }
}
