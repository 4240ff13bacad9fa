import CommerceLayer
import Effects
import Exports
import Formats
import Foundation
import HTTP
import Mirror
import Pipeline
import Reconciliation
import Sandbox
import SandboxKit
import TestKit

/// The real line over a real file and a simulator without sockets, in virtual time.
final class SimulatedShop {
  let folder: TemporaryFolder
  let time: ManualTime
  let sandbox: Sandbox
  let line = Wire()
  private(set) var book: RuleBook
  private(set) var mirror: Mirror
  /// The rails; all off unless a history has one.
  private let safety: SafetySettings
  /// By how much the clock of the program differs from that of the world, in seconds.
  var clockOffset = 0.0
  private var exports = 0
  private var crashes = 0
  private var lastExport = ""

  /// Histories wait for the disk at every commit: memory is faster, and just as real a file; nil
  /// where there is less of it than a gigabyte, as in many containers.
  private static let memory: String? = {
    let values = try? FileManager.default.attributesOfFileSystem(forPath: "/dev/shm")
    let free = (values?[.systemFreeSize] as? NSNumber)?.int64Value ?? 0
    return free >= 1 << 30 ? "/dev/shm" : nil
  }()

  init(rules: String, grace: Double, safety: SafetySettings, seed: UInt64) throws {
    self.safety = safety
    folder = try TemporaryFolder(in: Self.memory)
    // Later than any file's time on this machine, so that every export is settled.
    time = ManualTime(at: Timestamp(microseconds: 4_102_444_800_000_000), autoAdvance: true)
    var options = SandboxOptions()
    options.limits = .unlimited
    sandbox = Sandbox(
      seed: SandboxSeed(options: options), time: time, random: SeededRandom(seed: seed))
    book = RuleBook([])
    mirror = try Mirror.open(path: folder.path("mirror.sqlite"))
    try use(rules: rules, grace: grace)
  }

  /// What the clock of the program shows.
  var now: Timestamp { time.now.adding(seconds: clockOffset) }

  /// Goes by another mapping from the next run on.
  func use(rules: String, grace: Double) throws {
    book = RuleBook(
      [try Mapping(parsing: Array(rules.utf8), file: "erp.json")], graceSeconds: grace)
  }

  /// Replaces the export of the folder by a newer one.
  func deliver(_ rows: [String]) throws {
    exports += 1
    lastExport =
      "ID;F0;F1;F2;F3;DEL;MAIL;AT;SEQ\n" + rows.map { "\($0);\(exports)\n" }.joined()
    try folder.write(lastExport, to: "exports/erp.csv")
  }

  /// Has the last export lie there cut off in the middle, as a broken transfer leaves it.
  func tear() throws {
    let bytes = Array(lastExport.utf8)
    try folder.write(Array(bytes.prefix(bytes.count / 2)), to: "exports/erp.csv")
  }

  /// The whole export is delivered again.
  func mend() throws {
    guard try folder.read("exports/erp.csv") != lastExport else { return }
    exports += 1
    try folder.write(lastExport, to: "exports/erp.csv")
  }

  func run(
    full: Bool, at house: House = House(), change: (inout RunRequest) -> Void = { _ in }
  ) async throws -> RunSummary {
    var request = RunRequest(command: "reconcile", by: "history")
    request.pull = full ? .full : .changes
    request.imports = .waiting(mappings: [])
    request.scope = .changes
    change(&request)
    return try await run(request, at: house)
  }

  func run(_ request: RunRequest, at house: House = House()) async throws -> RunSummary {
    time.advance(seconds: 1)
    return try await SyncRun(parts(house), request).run()
  }

  /// Requests that write, so far.
  var writes: Int { sandbox.requests.count { $0.method == "PATCH" } }

  /// The plan of the last run as a file, read back.
  func planFile(of summary: RunSummary) async throws -> PlanFile {
    let header = PlanHeader(
      digest: summary.plan.digest, run: summary.run, createdAt: now, organization: "sandbox",
      mode: "test", mappings: [:], updates: summary.plan.updates, expectedSeconds: 0)
    let lines =
      if let plan = try await mirror.plans(limit: 1).first {
        try await mirror.planLines(of: plan, limit: .max, places: false)
      } else {
        [PlanLine]()
      }
    let text = PlanFile.written(header, lines.map(\.update))
    return try PlanFile(parsing: Array(text.utf8))
  }

  private func parts(_ house: House) throws -> RunParts {
    let off = ExportGuard.allCases.map { ($0, GuardSetting.off) }
    let clock = CountedTime(time: OffsetTime(time: time, seconds: clockOffset), wire: line)
    let log = Log(level: .error, time: time, sink: MemorySink())
    let client = try client(house, log)
    return RunParts(
      mirror: mirror, client: { client }, book: book,
      mappingFolders: ["erp": folder.path], safety: safety,
      guards: GuardOverrides(Dictionary(uniqueKeysWithValues: off)), time: clock,
      random: SeededRandom(seed: 11), log: log, files: Files(),
      conflictLog: ConflictLogFile(
        path: folder.path("conflicts.ndjson"), bytesMax: 1 << 30, masking: .masked, files: Files(),
        time: time))
  }

  private func client(_ house: House, _ log: Log) throws -> CommerceLayerClient {
    var settings = APISettings(
      baseURL: "http://localhost/api", tokenURL: "http://localhost/oauth/token",
      clientID: Secret("admin-test-client"), clientSecret: Secret("admin-test-secret"),
      organization: house.organization, mode: house.mode)
    settings.limits = .none
    return try CommerceLayerClient(
      settings: settings, transport: WireTransport(sandbox: sandbox, time: time, wire: line),
      time: OffsetTime(time: time, seconds: clockOffset), random: SeededRandom(seed: 5),
      budget: MemoryRateBudget(), log: log)
  }

  // MARK: Crashes

  /// Has the process "die" at a step: its files are kept as they are then, and from then on
  /// nothing reaches the remote.
  func crash(at count: Int, of step: Wire.Step, afterEffect: Bool) {
    let (from, to) = (mirror.path, folder.path("crash\(crashes + 1).sqlite"))
    line.arm(at: count, of: step, afterEffect: afterEffect) {
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

/// Whose data a run expects.
struct House {
  var organization = "sandbox"
  var mode = APIMode.test
}

/// A clock that goes wrong by so many seconds.
struct OffsetTime: TimeSource {
  let time: ManualTime
  let seconds: Double

  var now: Timestamp { time.now.adding(seconds: seconds) }
  var monotonicSeconds: Double { time.monotonicSeconds }
  func sleep(seconds: Double) async throws(CancellationError) {
    try await time.sleep(seconds: seconds)
  }
}

/// Counts requests and looks at the clock, and cuts the line at one of them.
///
/// The stages look at the clock between any two of their transactions, so that a crash there is a
/// crash at every step of the line.
final class Wire: Sendable {
  /// What is counted.
  enum Step {
    case request
    case clock
  }

  private struct State {
    var passed = 0
    var crash: (at: Int, step: Step, afterEffect: Bool, keep: @Sendable () -> Void)?
    var isCut = false
  }

  private let state = Lock(State())

  func arm(at count: Int, of step: Step, afterEffect: Bool, keep: @escaping @Sendable () -> Void) {
    state.withLock { $0 = State(crash: (count, step, afterEffect, keep)) }
  }

  /// Ends the crash; whether it happened.
  func disarm() -> Bool {
    state.withLock { state in
      defer { state = State() }
      return state.isCut
    }
  }

  /// Whether the line is cut before this step, or after its effect.
  @discardableResult
  func pass(_ step: Step) -> (isCut: Bool, cutsAfter: Bool) {
    let (cut, after, keep) = state.withLock { state in
      guard !state.isCut, let crash = state.crash, crash.step == step else {
        return (state.isCut, false, nil as (@Sendable () -> Void)?)
      }
      state.passed += 1
      guard crash.at == state.passed else { return (false, false, nil) }
      state.isCut = true
      return (!crash.afterEffect, crash.afterEffect, crash.keep)
    }
    keep?()
    return (cut, after)
  }
}

/// The clock of the line, each look at it a step that a crash may fall on.
private struct CountedTime: TimeSource {
  let time: OffsetTime
  let wire: Wire

  var now: Timestamp {
    wire.pass(.clock)
    return time.now
  }
  var monotonicSeconds: Double { time.monotonicSeconds }
  func sleep(seconds: Double) async throws(CancellationError) {
    try await time.sleep(seconds: seconds)
  }
}

/// Carries requests to the sandbox in virtual time.
private struct WireTransport: HTTPTransport {
  let sandbox: Sandbox
  let time: ManualTime
  let wire: Wire

  /// How long a request without an answer is waited for, in seconds.
  private static let patience = 15.0

  func send(_ request: HTTPRequest) async throws(HTTPTransportError) -> HTTPResponse {
    let (isCut, cutsAfter) = wire.pass(.request)
    if isCut { throw .cancelled }
    time.advance(seconds: 0.01)
    let target = request.url.dropFirst("http://localhost".utf8.count)
    guard
      let call = HTTPServerRequest(
        request.method, String(target), fields: request.fields, body: request.body)
    else { throw .badAddress(request.url) }
    let answer = sandbox.handle(call)
    if cutsAfter { throw .cancelled }
    if answer.delaySeconds > 0 { time.advance(seconds: answer.delaySeconds) }
    switch DirectAnswer(answer, fields: answer.fields) {
    case .arrives(let whole): return whole
    case .lost(let error): throw error
    case .hangs:
      time.advance(seconds: Self.patience)
      throw .outcomeUnknown("timed out")
    }
  }
}
