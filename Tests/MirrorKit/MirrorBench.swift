public import Engine
public import Formats
internal import Glibc
public import Mirror
public import Reconciliation
public import SQLite
public import TestKit

/// A mirror in a folder of its own with one mapping, and short words for what tests do to it.
public final class MirrorBench {
  /// Where everything of it lies.
  public let folder: TemporaryFolder
  /// The mirror; tests may put another one in its place.
  public var mirror: Mirror
  /// The time of the last run.
  public var now = Timestamp(rfc3339: "2026-11-23T10:00:00Z")!
  /// The rules of today.
  public var book: RuleBook
  /// How many runs there were.
  public var runs = 0

  /// The file of the mirror.
  public var path: String { folder.path + "/mirror.sqlite" }
  /// The one mapping.
  public var mapping: Mapping { book.mappings[0] }

  /// A mapping with a field that asks people, one that the source wins, and e-mails to match by.
  public static let rules = """
    {"name": "erp", "origins": ["erp"], "export": {"path": "*.csv", "format": "csv"},
     "reference": {"column": "ID"},
     "correlate": [{"column": "MAIL", "attribute": "customer_email", "compare": "case_insensitive"}],
     "fields": [{"column": "GROUP", "metadata": "group"},
                {"column": "LIMIT", "metadata": "limit", "policy": "source"}]}
    """

  /// An empty mirror that goes by these rules.
  public init(rules: String = MirrorBench.rules, graceSeconds: Double = 0) throws {
    folder = try TemporaryFolder()
    book = RuleBook(
      [try Mapping(parsing: Array(rules.utf8), file: "erp.json")], graceSeconds: graceSeconds)
    mirror = try Mirror.open(path: folder.path + "/mirror.sqlite")
  }

  /// The id of another run, a minute later.
  public func nextRun() -> String {
    runs += 1
    now = now.adding(seconds: 60)
    return "r\(runs)"
  }

  /// A reset as the API would answer it.
  public func reset(
    _ id: String, _ reference: String?, origin: String? = "erp", email: String? = nil,
    metadata: String = "{}", updatedAt: String = "2026-11-23T09:00:00Z"
  ) -> ResetRow {
    ResetRow(
      id: id, key: book.assign(reference: reference, origin: origin), reference: reference,
      referenceOrigin: origin, customerEmail: email, updatedAt: updatedAt, metadata: metadata)
  }

  /// An incremental pull that brings these.
  @discardableResult
  public func pull(_ rows: [ResetRow]) async throws -> StoredPage {
    try await mirror.storePage(rows, run: nextRun(), at: now)
  }

  /// A full pull that sees exactly these.
  public func pullFully(_ rows: [ResetRow]) async throws -> Int {
    let run = nextRun()
    try await mirror.beginFullPull(run: run, at: now)
    _ = try await mirror.storePage(rows, cursor: "end", run: run, at: now)
    return try await mirror.finishFullPull(complete: true, at: now)
  }

  /// An import of rows `[ID, GROUP, LIMIT, MAIL]`.
  @discardableResult
  public func load(
    _ rows: [[String]], mode: ExportMode = .full, sha: String? = nil, rereads: Int64? = nil,
    verdict: ImportVerdict = .accept(verdicts: .object([:]))
  ) async throws -> ImportOutcome {
    let run = nextRun()
    let mapping = mapping
    let columns = mapping.columnsNeeded
    let head = ExportHead(
      file: "erp-\(runs).csv", path: "/exports/erp-\(runs).csv",
      sha256: sha ?? SHA256.hex(of: "\(runs)"), size: 1, mode: mode, columns: columns,
      keptColumns: columns, rereads: rereads)
    let names = ["ID", "GROUP", "LIMIT", "MAIL"]
    return try await mirror.importExport(
      head, mapping: mapping, run: run, at: now, verdict: verdict
    ) { session in
      for (index, row) in rows.enumerated() {
        let cells: [Cell] = columns.map { column in
          let place = names.firstIndex(of: column)!
          return place < row.count ? .text(row[place]) : .text("")
        }
        switch mapping.read(cells) {
        case .record(let record):
          try session.put(ImportRow(record, cells: CellText(cells), line: index + 2))
        case .rejected(let column, let reason, let key):
          try session.reject(line: index + 2, column: column, reason: reason, key: key)
        case .setAside(let value, let key):
          if let key { try session.setAside(SetAsideRow(key: key, value: value, line: index + 2)) }
        }
      }
    }
  }

  /// A reconcile whose plan may be sent.
  @discardableResult
  public func reconcile(
    dryRun: Bool = false, all: Bool = false, reference: String? = nil, sends: Bool = true
  ) async throws -> ReconcileOutcome {
    let (book, now) = (
      book,
      { () -> Timestamp in
        _ = nextRun()
        return self.now
      }()
    )
    let request = ReconcileRequest(
      run: "r\(runs)", now: now, book: book, isDryRun: dryRun, references: reference.map { [$0] },
      walksAll: all)
    return try await Reconciler(request, rails: Rails(settings: .off, sends: sends, now: now))
      .run(in: mirror)
  }

  /// Sends everything in the outbox to a remote that takes it as it is; returns how many.
  @discardableResult
  public func push(failing: String? = nil) async throws -> Int {
    let run = nextRun()
    let entries = try await mirror.updates(in: .pending, limit: 10_000)
    for entry in entries {
      guard let reset = try await mirror.undoFacts(of: entry.update.resetID)?.reset else {
        continue
      }
      let merged = mergeForPush(
        fresh: reset.metadata, reference: reset.reference,
        referenceOrigin: reset.referenceOrigin, update: entry.update)
      guard case .send(let metadata, let reference, let origin) = merged else { continue }
      let after = (metadata ?? reset.metadata).written()
      try await mirror.markIntent(
        [(entry.id, reset.metadata.written(), after)], run: run, at: now)
      if entry.update.resetID == failing {
        try await mirror.settle(entry.id, .parked(reason: "422 nope"), run: run, at: now)
        continue
      }
      let fresh = self.reset(
        reset.id, reference.map(\.value) ?? reset.reference,
        origin: origin.map(\.value) ?? reset.referenceOrigin, email: reset.customerEmail,
        metadata: after, updatedAt: now.rfc3339)
      try await mirror.settle(entry.id, .applied, fresh: fresh, run: run, at: now)
    }
    return entries.count
  }

  /// Looks into the file beside the mirror.
  public func look<R>(_ body: (Connection) throws -> R) throws -> R {
    var options = Connection.Options()
    options.access = .readOnly
    return try body(try Connection(path: path, options: options))
  }

  /// Items by situation, counted by brute force.
  public func recount() throws -> [Situation: Int] {
    try look { database in
      var counts: [Situation: Int] = [:]
      try database.each(
        """
        SELECT situation, count(*) FROM resets WHERE situation IS NOT NULL GROUP BY 1
        UNION ALL SELECT situation, count(*) FROM links WHERE situation IS NOT NULL GROUP BY 1
        UNION ALL SELECT situation, count(*) FROM (
          SELECT DISTINCT mapping, origin, key, situation FROM records
          WHERE situation IS NOT NULL) GROUP BY 1
        """
      ) { counts[Situation(rawValue: $0.text(0))!, default: 0] += $0.int(1) }
      return counts
    }
  }

  /// The number that a query gives.
  public func count(_ sql: String) throws -> Int { try look { Int(try $0.integer(sql) ?? -1) } }
}

extension Mirror {
  /// Imports one export in one go: `feed` puts its rows, `facts` is what its reader knew then.
  public func importExport(
    _ head: ExportHead, mapping: Mapping, run: String, at now: Timestamp,
    facts: ReadFacts = ReadFacts(), verdict: ImportVerdict = .accept(verdicts: .object([:])),
    feed: sending (ImportSession) throws -> Void
  ) throws -> ImportOutcome {
    let session = try beginImport(head, mapping: mapping, run: run, at: now)
    do {
      try feed(session)
      _ = try session.finish(facts)
      return try endImport(session, verdict)
    } catch {
      throw session.rollBack(after: error)
    }
  }

  /// Decides one conflict.
  public func decide(
    _ id: String, take: Resolution, version: String? = nil, act: Act
  ) throws -> DecisionResult {
    try decide([(id, version, take)], act: act)[0]
  }
}

extension TemporaryFolder {
  /// Copies a file inside the folder byte for byte, as far as it is on the disk.
  public func copy(_ name: String, to other: String) throws {
    let descriptor = unsafe open(path(name), O_RDONLY)
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var part = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = unsafe part.withUnsafeMutableBytes { buffer in
        unsafe Glibc.read(descriptor, buffer.baseAddress, buffer.count)
      }
      guard count > 0 else { break }
      bytes += part[0..<count]
    }
    try write(bytes, to: other)
  }
}
