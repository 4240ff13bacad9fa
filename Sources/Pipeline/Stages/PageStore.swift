import CommerceLayer
import Effects
import Mirror
import Reconciliation

/// Pages on their way into the mirror: many in one transaction, stored while the next are fetched.
///
/// What is stored goes along with the place that the last of its pages brings, so a crash costs
/// the pages that wait here and no more. Where the API is slower than `secondsMax` per page, each
/// page is stored as it comes.
struct PageStore: PullSink {
  /// Rows after which the waiting pages are stored.
  private static let rowsMax = 2_000
  /// Bytes of metadata after which they are stored.
  private static let bytesMax = 8 << 20
  /// The longest that a page waits for others, in seconds, while pages come.
  private static let secondsMax = 0.1

  private let parts: RunParts
  private let run: String
  private var rows: [ResetResource] = []
  private var bytes = 0
  private var state: PullState?
  private var cursor: FullPullCursor?
  private var isEmpty = true
  private var storedAt: Double
  private var storing: Task<StoredPage, any Error>?
  /// What is in the mirror by now.
  private(set) var stored = StoredPage()

  init(_ parts: RunParts, run: String) {
    self.parts = parts
    self.run = run
    storedAt = parts.time.monotonicSeconds
  }

  /// Takes a page; stores what waits when it is much, or waits for long.
  mutating func add(_ page: PullPage) async throws {
    rows += page.rows
    for row in page.rows { bytes += row.metadata.count }
    state = page.state ?? state
    cursor = page.cursor ?? cursor
    isEmpty = false
    let isMuch = rows.count >= Self.rowsMax || bytes >= Self.bytesMax
    guard isMuch || parts.time.monotonicSeconds - storedAt >= Self.secondsMax else { return }
    try await storeWaiting()
  }

  /// Whether a row of this id waits here, or was stored in the full pull that runs.
  mutating func has(_ id: String) async throws -> Bool {
    if rows.contains(where: { $0.id == id }) { return true }
    // What is being stored is found when it is.
    try await settle()
    return try await parts.mirror.wasSeen(id)
  }

  /// Stores what waits, and returns when all of it is in the mirror.
  mutating func finish() async throws {
    if !isEmpty { try await storeWaiting() }
    try await settle()
  }

  /// Begins to store what waits, after what was begun before: the order of pages is kept.
  private mutating func storeWaiting() async throws {
    try await settle()
    let (parts, run, rows) = (parts, run, rows)
    let (state, cursor) = (state?.text, cursor?.text)
    storing = Task {
      try await parts.mirror.storePage(
        rows.map { ResetRow($0, book: parts.book) }, watermark: state, cursor: cursor, run: run,
        at: parts.time.now)
    }
    drop()
    storedAt = parts.time.monotonicSeconds
  }

  /// Lets go of what waits.
  private mutating func drop() {
    rows = []
    (bytes, isEmpty) = (0, true)
    (state, cursor) = (nil, nil)
  }

  private mutating func settle() async throws {
    guard let storing else { return }
    self.storing = nil
    let done: StoredPage
    do {
      done = try await storing.value
    } catch {
      // Stored without the rows before it, what waits would say that they were read.
      drop()
      throw error
    }
    stored.rows += done.rows
    stored.changed += done.changed
    parts.progress(.pulled(rows: stored.rows, of: nil))
  }
}
