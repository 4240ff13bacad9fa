public import CommerceLayer
public import Effects
public import Mirror
public import Reconciliation

/// What a run is made of; made at the door, shared by all stages, changed by none.
public struct RunParts: Sendable {
  /// The memory.
  public let mirror: Mirror
  /// The API; made when the first stage needs it, so that a run without network needs no secret.
  public let client: @Sendable () async throws -> CommerceLayerClient
  /// The mappings and what belongs to none of them.
  public let book: RuleBook
  /// The folder of each mapping file, by mapping: export paths start there.
  public let mappingFolders: [String: String]
  /// The rails.
  public let safety: SafetySettings
  /// The import guards where the configuration sets them.
  public let guards: GuardOverrides
  /// The clocks.
  public let time: any TimeSource
  /// Chance.
  public let random: any RandomSource
  /// Where state changes are told.
  public let log: Log
  /// The file system.
  public let files: Files
  /// The conflict log that follows the store.
  public let conflictLog: ConflictLogFile
  /// The pace that the configuration grants; nil where nothing is paced.
  public let pace: PushPace?
  /// Hears how far a stage is.
  public let progress: @Sendable (RunProgress) -> Void
  /// The exit code of a run that a signal stopped: 143 unless the signal was another.
  public var stopExitCode: @Sendable () -> Int = { RunResult.stopped.exitCode }

  /// Takes all parts as they are.
  public init(
    mirror: Mirror, client: @escaping @Sendable () async throws -> CommerceLayerClient,
    book: RuleBook, mappingFolders: [String: String], safety: SafetySettings,
    guards: GuardOverrides,
    time: any TimeSource, random: any RandomSource, log: Log, files: Files,
    conflictLog: ConflictLogFile, pace: PushPace? = nil,
    progress: @escaping @Sendable (RunProgress) -> Void = { _ in }
  ) {
    self.mirror = mirror
    self.client = client
    self.book = book
    self.mappingFolders = mappingFolders
    self.safety = safety
    self.guards = guards
    self.time = time
    self.random = random
    self.log = log
    self.files = files
    self.conflictLog = conflictLog
    self.pace = pace
    self.progress = progress
  }
}

/// How fast requests may follow each other over a longer time.
public struct PushPace: Sendable, Equatable {
  /// Requests in 60 seconds.
  public let perMinute: Double
  /// Requests that may go at once.
  public let burst: Double

  /// Takes both as they are.
  public init(perMinute: Double, burst: Double) {
    self.perMinute = perMinute
    self.burst = burst
  }
}

/// How far a stage is, for progress bars.
public enum RunProgress: Sendable, Equatable {
  /// Rows pulled so far, of about so many.
  case pulled(rows: Int, of: Int?)
  /// Bytes of an export read so far, of so many.
  case importing(file: String, bytes: Int, of: Int)
  /// Updates settled so far, of so many.
  case pushed(updates: Int, of: Int)
}
