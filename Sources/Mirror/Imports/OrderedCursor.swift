internal import SQLite

/// The cursor that goes through the stored records beside the file, while both have one order.
struct OrderedCursor {
  /// Mismatches in a row after which the file is taken to have another order.
  private static let missesMax = 1_000
  /// No records stood before: nothing to go beside.
  let isFresh: Bool
  private(set) var isOrdered: Bool
  private var isOnRow = false
  private var misses = 0

  init(isFresh: Bool, mayBeOrdered: Bool) {
    self.isFresh = isFresh
    isOrdered = !isFresh && mayBeOrdered
  }

  /// Stands on the next stored record; false at the end.
  mutating func advance(_ store: ImportStore) throws -> Bool {
    if !isOnRow { isOnRow = try store.next.step() }
    if !isOnRow { isOrdered = false }
    return isOnRow
  }

  /// The record was met; the next one is due.
  mutating func stepped() {
    isOnRow = false
    misses = 0
  }

  /// Records up to this one were met without looking at them.
  mutating func skip(behind id: Int64, _ store: ImportStore) throws {
    guard isOrdered else { return }
    store.next.reset()
    store.next.bind(1, id)
    isOnRow = false
  }

  /// A search found this record: go on behind it.
  mutating func goOn(behind id: Int64, _ store: ImportStore) throws {
    guard isOrdered else { return }
    misses += 1
    guard misses < Self.missesMax else {
      isOrdered = false
      store.next.reset()
      return
    }
    store.next.reset()
    store.next.bind(1, id)
    isOnRow = false
  }
}
