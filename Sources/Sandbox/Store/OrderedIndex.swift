/// A sorted list of (primary, sequence) that finds ranks and ranks' entries quickly.
///
/// Chunks of at most `chunkMax` entries: inserting and removing touch one chunk, and finding a rank
/// adds up chunk sizes. A million rows are about a thousand chunks.
struct OrderedIndex {
  struct Entry: Comparable {
    let primary: Int64
    let sequence: Int32

    static func < (left: Entry, right: Entry) -> Bool {
      left.primary != right.primary
        ? left.primary < right.primary : left.sequence < right.sequence
    }
  }

  private static let chunkMax = 2_048
  private var chunks: [[Entry]] = []
  private(set) var count = 0

  mutating func insert(_ entry: Entry) {
    count += 1
    guard !chunks.isEmpty else {
      chunks = [[entry]]
      return
    }
    let chunk = min(firstChunk(endingAtOrAfter: entry), chunks.count - 1)
    let place = Self.lowerBound(chunks[chunk], entry)
    chunks[chunk].insert(entry, at: place)
    guard chunks[chunk].count > Self.chunkMax else { return }
    // Appending is the usual case: a full last chunk stays full instead of being halved.
    let atEnd = chunk == chunks.count - 1 && place == chunks[chunk].count - 1
    let cut = atEnd ? Self.chunkMax : Self.chunkMax / 2
    let tail = Array(chunks[chunk][cut...])
    chunks[chunk].removeSubrange(cut...)
    chunks.insert(tail, at: chunk + 1)
  }

  mutating func remove(_ entry: Entry) {
    let chunk = firstChunk(endingAtOrAfter: entry)
    guard chunk < chunks.count else { return }
    let place = Self.lowerBound(chunks[chunk], entry)
    guard place < chunks[chunk].count, chunks[chunk][place] == entry else { return }
    chunks[chunk].remove(at: place)
    if chunks[chunk].isEmpty { chunks.remove(at: chunk) }
    count -= 1
  }

  /// How many entries sort before this one.
  func rank(_ entry: Entry) -> Int {
    let chunk = firstChunk(endingAtOrAfter: entry)
    var rank = 0
    for index in 0..<chunk { rank += chunks[index].count }
    return chunk < chunks.count ? rank + Self.lowerBound(chunks[chunk], entry) : rank
  }

  /// Calls the closure with the sequences at ranks in the range, in order, or backwards.
  func sequences(in ranks: Range<Int>, descending: Bool = false) -> [Int] {
    let ranks = ranks.clamped(to: 0..<count)
    guard !ranks.isEmpty else { return [] }
    var result: [Int] = []
    result.reserveCapacity(ranks.count)
    var base = 0
    for chunk in chunks {
      let low = max(ranks.lowerBound, base) - base
      let high = min(ranks.upperBound, base + chunk.count) - base
      if low < high {
        for entry in chunk[low..<high] { result.append(Int(entry.sequence)) }
      }
      base += chunk.count
      if base >= ranks.upperBound { break }
    }
    if descending { result.reverse() }
    return result
  }

  private func firstChunk(endingAtOrAfter entry: Entry) -> Int {
    var low = 0
    var high = chunks.count
    while low < high {
      let middle = (low + high) / 2
      if chunks[middle][chunks[middle].count - 1] < entry {
        low = middle + 1
      } else {
        high = middle
      }
    }
    return low
  }

  private static func lowerBound(_ entries: [Entry], _ entry: Entry) -> Int {
    var low = 0
    var high = entries.count
    while low < high {
      let middle = (low + high) / 2
      if entries[middle] < entry { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
