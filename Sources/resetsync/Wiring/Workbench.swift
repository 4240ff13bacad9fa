import CommerceLayer
import Effects
import Formats
import Mirror
import Pipeline
import Reconciliation

/// Puts the live things of a run together: the mirror under its lock, the client, the logs.
struct Workbench: Sendable {
  let site: Site
  let world: World
  let log: Log
  let mirror: Mirror
  private let client: ClientOnce

  /// Opens the mirror and gets everything else ready; nothing is sent yet.
  ///
  /// A command that a person started tells its result itself, so that its log begins with what
  /// a person may want to know, unless the configuration asks for `debug`.
  init(_ site: Site, _ world: World, mirror: Mirror, isService: Bool = false) {
    self.site = site
    self.world = world
    self.mirror = mirror
    let level = site.configuration.logLevel
    log = Log(
      level: isService || level == .debug ? level : max(level, .notice),
      format: site.configuration.logFormat, time: world.time, sink: StandardErrorSink())
    client = ClientOnce(
      ClientMaker(site.configuration, world), log: log, budget: MirrorRateBudget(mirror))
  }

  /// The client; its secrets are fetched when it is first asked for.
  func commerceLayer() async throws -> CommerceLayerClient { try await client.get() }

  /// What the client has counted since it was made; nil while there is none.
  func requestsCounted() async -> RateCounters? { await client.made?.counters }

  /// What a run is made of.
  func parts(progress: @escaping @Sendable (RunProgress) -> Void = { _ in }) -> RunParts {
    let configuration = site.configuration
    let client = client
    return RunParts(
      mirror: mirror, client: { try await client.get() }, book: site.book,
      mappingFolders: site.mappingFolders, safety: configuration.safety,
      guards: configuration.guards, time: world.time, random: world.random, log: log,
      files: Files(),
      conflictLog: site.conflictLog(world),
      pace: pace, progress: progress)
  }

  /// What is expected of the rate limits: a minute's average holds in the long run, and the burst
  /// of one endpoint goes at once.
  private var pace: PushPace? {
    let api = site.configuration.api
    let limits = api.isLimited ? RateLimits.published : .none
    return limits.figures(for: APIMode(rawValue: api.mode) ?? .test).map {
      PushPace(
        perMinute: Double($0.averagePerMinute) * api.rateShare,
        burst: Double($0.burstPer10Seconds) * api.rateShare)
    }
  }

  /// Takes the lock of a site's mirror, opens the mirror, and hands both to `work`.
  static func withMirror<Value: Sendable>(
    _ site: Site, _ world: World, command: String, waitSeconds: Double,
    _ work: (Workbench) async throws -> Value
  ) async throws -> Value {
    try await withLock(site, world, command: command, waitSeconds: waitSeconds) {
      try await work(Workbench(site, world, mirror: try site.openMirror()))
    }
  }

  /// Takes the lock that a daemon holds for its life: only one serves a mirror.
  static func withDaemonLock<Value: Sendable>(
    _ site: Site, _ world: World, command: String, _ work: () async throws -> Value
  ) async throws -> Value {
    let path = site.configuration.mirrorPath
    try Files().makeFolder(FilePath.folder(of: path))
    let lock = try await RunLock.acquire(
      path + Failure.daemonLockSuffix, as: .current(command: command, since: world.time.now),
      time: world.time)
    defer { lock.release() }
    return try await work()
  }

  /// Takes the lock of a site's mirror for the time of `work`.
  static func withLock<Value: Sendable>(
    _ site: Site, _ world: World, command: String, waitSeconds: Double,
    _ work: () async throws -> Value
  ) async throws -> Value {
    let path = site.configuration.mirrorPath
    try Files().makeFolder(FilePath.folder(of: path))
    let holder = RunLockHolder.current(command: command, since: world.time.now)
    let lock = try await RunLock.acquire(
      path + ".lock", as: holder, waitSeconds: waitSeconds, time: world.time)
    defer { lock.release() }
    return try await work()
  }
}

/// Makes the client on first use, so that a run without network asks for no secret.
private actor ClientOnce {
  private let maker: ClientMaker
  private let log: Log
  private let budget: any RateBudgetStore
  private var client: CommerceLayerClient?

  /// The client, if it was asked for before.
  var made: CommerceLayerClient? { client }

  init(_ maker: ClientMaker, log: Log, budget: any RateBudgetStore) {
    self.maker = maker
    self.log = log
    self.budget = budget
  }

  func get() async throws -> CommerceLayerClient {
    if let client { return client }
    let made = try await maker.client(budget: budget, log: log)
    client = made
    return made
  }
}

/// The rate budget that all processes on one mirror share.
struct MirrorRateBudget: RateBudgetStore {
  private let mirror: Mirror

  /// The note of the mirror that holds the ledger.
  static let note = "rate_ledger"

  init(_ mirror: Mirror) { self.mirror = mirror }

  func update<Value: Sendable>(
    _ step: @Sendable (inout RateLedger) -> Value
  ) async throws -> Value {
    try await mirror.updateNote(Self.note) { text in
      var ledger = text.flatMap { RateLedger(text: Array($0.utf8)) } ?? RateLedger()
      let value = step(&ledger)
      return (String(decoding: ledger.text, as: UTF8.self), value)
    }
  }
}
