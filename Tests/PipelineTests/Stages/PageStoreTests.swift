import Effects
import Formats
import HTTP
import Mirror
import Reconciliation
import SQLite
import TestKit
import Testing

@testable import CommerceLayer
@testable import Pipeline

struct PageStoreTests {
  @Test func `rows that wait, are being stored or are stored are there`() async throws {
    let bench = try StoreBench()
    var store = try await bench.store()
    #expect(try await bench.found(&store, ["a"]).isEmpty)
    try await store.add(bench.page(["a", "b"]))
    #expect(try await bench.mirror.remoteState().resets == 0)
    #expect(try await bench.found(&store, ["a", "b", "c"]) == ["a", "b"])
    // Long enough since the last time: it is given to the mirror, but not waited for.
    bench.time.advance(seconds: 1)
    try await store.add(bench.page(["c"]))
    try await store.add(bench.page(["d"]))
    #expect(store.stored.rows == 0)
    #expect(try await bench.found(&store, ["c"]) == ["c"])
    #expect(store.stored.rows == 3)
    #expect(try await bench.found(&store, ["a", "b", "c", "d", "e"]) == ["a", "b", "c", "d"])
    #expect(try await bench.mirror.remoteState().resets == 3)
    try await store.finish()
    #expect(try await bench.found(&store, ["a", "b", "c", "d", "e"]) == ["a", "b", "c", "d"])
    #expect(store.stored.rows == 4)
  }

  @Test func `rows of other pulls are not there`() async throws {
    let bench = try StoreBench()
    var store = try await bench.store()
    try await store.add(PullPage(rows: try bench.rows(["a"]), state: PullState(), cursor: nil))
    try await store.finish()
    #expect(try await bench.mirror.remoteState().resets == 1)
    #expect(try await bench.found(&store, ["a"]).isEmpty)
  }

  @Test func `behind a page that could not be stored nothing is`() async throws {
    let bench = try StoreBench()
    try bench.refuse("b")
    var store = try await bench.store()
    try await store.add(bench.page(["a"]))
    bench.time.advance(seconds: 1)
    try await store.add(bench.page(["b"]))
    try await store.add(bench.page(["c"]))
    bench.time.advance(seconds: 1)
    await #expect(throws: MirrorError.self) { try await store.add(bench.page(["d"])) }
    // As a pull does that breaks off.
    try await store.finish()
    #expect(store.stored.rows == 0)
    #expect(try await bench.mirror.remoteState().resets == 0)
    #expect(try await bench.mirror.remoteState().fullPull?.cursor == nil)
  }
}

/// A mirror in a full pull, and pages for it.
private final class StoreBench {
  let mirror: Mirror
  let time = ManualTime(at: Timestamp(microseconds: 4_102_444_800_000_000))
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    mirror = try Mirror.open(path: folder.path("mirror.sqlite"))
  }

  /// A store of a full pull that has just begun.
  func store() async throws -> PageStore {
    try await mirror.beginFullPull(run: "r1", at: time.now)
    let log = Log(level: .error, time: time, sink: MemorySink())
    let parts = RunParts(
      mirror: mirror, client: { throw CancellationError() }, book: RuleBook([]),
      mappingFolders: [:], safety: SafetySettings(), guards: GuardOverrides([:]), time: time,
      random: SeededRandom(seed: 1), log: log, files: Files(),
      conflictLog: ConflictLogFile(
        path: folder.path("conflicts.ndjson"), bytesMax: 1 << 20, masking: .masked,
        files: Files(), time: time))
    return PageStore(parts, run: "r1")
  }

  func page(_ ids: [String]) throws -> PullPage {
    let end = WalkBounds(after: ids.last, before: nil)
    return PullPage(
      rows: try rows(ids), state: nil,
      cursor: FullPullCursor(ranges: [end], rows: ids.count, stateBefore: PullState()))
  }

  func rows(_ ids: [String]) throws -> [ResetResource] {
    let data = ids.map { id in
      """
      {"id":"\(id)","type":"customer_password_resets","attributes":{
      "created_at":"2026-01-01T12:00:00.000Z","updated_at":"2026-01-01T12:00:00.000Z"}}
      """
    }
    let text = "{\"data\":[\(data.joined(separator: ","))]}"
    return try ResetDecoder.page(HTTPResponse(status: 200, body: Array(text.utf8))).rows
  }

  func found(_ store: inout PageStore, _ ids: [String]) async throws -> [String] {
    var found: [String] = []
    for id in ids where try await store.has(id) { found.append(id) }
    return found
  }

  /// Has the mirror fail to store this reset.
  func refuse(_ id: String) throws {
    let database = try Connection(path: folder.path("mirror.sqlite"))
    try database.execute(
      "CREATE TRIGGER no BEFORE INSERT ON resets WHEN NEW.reset_id = '\(id)' "
        + "BEGIN SELECT RAISE(ABORT, 'no'); END")
  }
}
