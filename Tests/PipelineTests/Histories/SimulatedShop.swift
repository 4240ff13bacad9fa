import CommerceLayer
import Effects
import Exports
import Formats
import HTTP
import Mirror
import Pipeline
import Reconciliation
import Sandbox
import TestKit

/// The real line over a real file and a simulator without sockets, in virtual time.
final class SimulatedShop {
  let folder: TemporaryFolder
  let time: ManualTime
  let sandbox: Sandbox
  let book: RuleBook
  let line = Wire()
  private(set) var mirror: Mirror
  private var exports = 0
  private var crashes = 0

  init(rules: String, seed: UInt64) throws {
    folder = try TemporaryFolder()
    // Later than any file's time on this machine, so that every export is settled.
    time = ManualTime(at: Timestamp(microseconds: 4_102_444_800_000_000), autoAdvance: true)
    var options = SandboxOptions()
    options.limits = .unlimited
    sandbox = Sandbox(
      seed: SandboxSeed(options: options), time: time, random: SeededRandom(seed: seed))
    book = RuleBook([try Mapping(parsing: Array(rules.utf8), file: "erp.json")], graceSeconds: 0)
    mirror = try Mirror.open(path: folder.path("mirror.sqlite"))
  }

  /// Replaces the export of the folder by a newer one.
  func deliver(_ rows: [String]) throws {
    exports += 1
    let text = "ID;F0;F1;F2;F3;DEL;MAIL;SEQ\n" + rows.map { "\($0);\(exports)\n" }.joined()
    try folder.write(text, to: "exports/erp.csv")
  }

  func run(
    full: Bool, change: (inout RunRequest) -> Void = { _ in }
  ) async throws -> RunSummary {
    time.advance(seconds: 1)
    var request = RunRequest(command: "reconcile", by: "history")
    request.pull = full ? .full : .changes
    request.imports = .waiting(mappings: [])
    request.scope = .changes
    change(&request)
    return try await SyncRun(parts(), request).run()
  }

  private func parts() throws -> RunParts {
    var safety = SafetySettings()
    safety.firstRun = .push
    for rail in RailName.allCases { safety.limits[rail] = RailLimit?.none }
    let off = ExportGuard.allCases.map { ($0, GuardSetting.off) }
    let log = Log(level: .error, time: time, sink: MemorySink())
    let client = try client(log)
    return RunParts(
      mirror: mirror, client: { client }, book: book,
      mappingFolders: ["erp": folder.path], safety: safety,
      guards: GuardOverrides(Dictionary(uniqueKeysWithValues: off)), time: time,
      random: SeededRandom(seed: 11), log: log, files: Files(),
      conflictLog: ConflictLogFile(
        path: folder.path("conflicts.ndjson"), bytesMax: 1 << 30, masking: .masked, files: Files(),
        time: time))
  }

  private func client(_ log: Log) throws -> CommerceLayerClient {
    var settings = APISettings(
      baseURL: "http://localhost/api", tokenURL: "http://localhost/oauth/token",
      clientID: Secret("admin-test-client"), clientSecret: Secret("admin-test-secret"),
      organization: "sandbox", mode: .test)
    settings.limits = .none
    return try CommerceLayerClient(
      settings: settings, transport: WireTransport(sandbox: sandbox, time: time, wire: line),
      time: time, random: SeededRandom(seed: 5), budget: MemoryRateBudget(), log: log)
  }

  // MARK: Crashes

  /// Has the process "die" at a request: its files are kept as they are then, and from then on
  /// nothing reaches the remote.
  func crashAt(request: Int, afterEffect: Bool) {
    let (from, to) = (mirror.path, folder.path("crash\(crashes + 1).sqlite"))
    line.arm(request: request, afterEffect: afterEffect) {
      for suffix in ["", "-wal"] {
        guard let bytes = try? Files().read(from + suffix, bytesMax: 1 << 30) else { continue }
        try? Files().write(bytes, to: to + suffix)
      }
    }
  }

  /// Goes on with the files of the crash, if there was one.
  func reopen() throws -> Bool {
    guard line.disarm() else { return false }
    crashes += 1
    mirror = try Mirror.open(path: folder.path("crash\(crashes).sqlite"))
    return true
  }
}

/// Counts requests, and cuts the line at one of them.
final class Wire: Sendable {
  private struct State {
    var sent = 0
    var crash: (request: Int, afterEffect: Bool, keep: @Sendable () -> Void)?
    var isCut = false
  }

  private let state = Lock(State())

  func arm(request: Int, afterEffect: Bool, keep: @escaping @Sendable () -> Void) {
    state.withLock { $0 = State(sent: 0, crash: (request, afterEffect, keep), isCut: false) }
  }

  /// Ends the crash; whether it happened.
  func disarm() -> Bool {
    state.withLock { state in
      defer { state = State() }
      return state.isCut
    }
  }

  /// Whether the line is cut before this request, or after its effect.
  func next() -> (isCut: Bool, cutsAfter: Bool) {
    let (cut, after, keep) = state.withLock { state in
      state.sent += 1
      guard !state.isCut, let crash = state.crash, crash.request == state.sent else {
        return (state.isCut, false, nil as (@Sendable () -> Void)?)
      }
      state.isCut = true
      return (!crash.afterEffect, crash.afterEffect, crash.keep)
    }
    keep?()
    return (cut, after)
  }
}

/// Carries requests to the sandbox in virtual time.
private struct WireTransport: HTTPTransport {
  let sandbox: Sandbox
  let time: ManualTime
  let wire: Wire

  func send(_ request: HTTPRequest) async throws(HTTPTransportError) -> HTTPResponse {
    let (isCut, cutsAfter) = wire.next()
    if isCut { throw .cancelled }
    time.advance(seconds: 0.01)
    let target = request.url.dropFirst("http://localhost".utf8.count)
    guard
      let call = HTTPServerRequest(
        request.method, String(target), fields: request.fields, body: request.body)
    else { throw .badAddress(request.url) }
    let answer = sandbox.handle(call)
    if cutsAfter { throw .cancelled }
    let whole = HTTPResponse(status: answer.status, fields: answer.fields, body: answer.body)
    switch answer.delivery {
    case .whole, .trickle: return whole
    case .truncated: throw .malformedAnswer("cut short")
    case .hang, .closeWithoutAnswer, .reset: throw .outcomeUnknown("connection lost")
    case .chunked, .raw: throw .malformedAnswer("not HTTP")
    }
  }
}
