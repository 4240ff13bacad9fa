public import Formats

/// A kind of run that the daemon starts by itself; among runs due at the same time the order of
/// the cases decides, so that a reconcile finds what a pull and an import have just brought.
public enum ScheduledJob: String, Sendable, Hashable, CaseIterable, Comparable {
  /// A full pull, which also proves absences.
  case fullPull = "full_pull"
  /// An incremental pull.
  case pull
  /// The import of waiting exports.
  case `import`
  /// A whole reconcile.
  case reconcile
  /// The conflict report.
  case report

  /// Orders by precedence.
  public static func < (left: ScheduledJob, right: ScheduledJob) -> Bool {
    left.precedence < right.precedence
  }

  private var precedence: Int { Self.allCases.firstIndex(of: self) ?? Self.allCases.count }
}

/// What the configuration's `schedule` section says.
public struct SchedulePlan: Sendable, Hashable {
  /// The zone in which expressions are read.
  public let zone: ScheduleZone
  /// When each job fires; a job that is not named never fires by itself.
  public let jobs: [ScheduledJob: CronExpression]
  /// The longest random delay of a run, in seconds.
  public let jitterSeconds: Int64
  /// When runs may start.
  public let windows: ScheduleWindows

  /// The longest jitter, in seconds: one hour.
  public static let jitterSecondsMax: Int64 = 3_600

  /// Takes the parts; a jitter outside of `0...jitterSecondsMax` is cut to it.
  public init(
    zone: ScheduleZone, jobs: [ScheduledJob: CronExpression], jitterSeconds: Int64 = 0,
    windows: ScheduleWindows = ScheduleWindows()
  ) {
    self.zone = zone
    self.jobs = jobs
    self.jitterSeconds = min(max(0, jitterSeconds), Self.jitterSecondsMax)
    self.windows = windows
  }
}

/// One run that is to start now.
public struct ScheduledRun: Sendable, Hashable {
  /// Why a run starts.
  public enum Cause: String, Sendable, Hashable {
    /// Its time has come.
    case tick
    /// Its time came while the daemon was not running.
    case catchUp = "catch_up"
    /// Something changed in a watched folder.
    case wakeUp = "wake_up"
    /// Somebody asked for it; windows and jitter don't apply.
    case request
  }

  /// What is to run.
  public let job: ScheduledJob
  /// The time for which it was planned, before jitter and waiting.
  public let due: Timestamp
  /// Why it runs.
  public let cause: Cause

  /// Names a run.
  public init(job: ScheduledJob, due: Timestamp, cause: Cause) {
    self.job = job
    self.due = due
    self.cause = cause
  }
}

/// What became of a job's ticks since the daemon's start.
public struct ScheduleCounts: Sendable, Hashable {
  /// Runs started, for whatever cause.
  public var started = 0
  /// Ticks that led to no run of their own: the job was still running or waiting, or several
  /// came at once after a suspension.
  public var skipped = 0
  /// Ticks that came while a window was closed; one run makes up for them when it opens.
  public var held = 0
  /// Runs that made up for ticks missed while the daemon was not running.
  public var caughtUp = 0

  /// Starts at zero.
  public init() {}
}

/// What `status` says about one job.
public struct ScheduledJobStatus: Sendable, Hashable {
  /// The job.
  public let job: ScheduledJob
  /// Its expression, nil if it never fires by itself.
  public let expression: CronExpression?
  /// When it was last due and started.
  public let lastFired: Timestamp?
  /// When it will start next at the earliest; nil if never, or while it runs without a next tick.
  public let next: Timestamp?
  /// Whether it runs now.
  public let isRunning: Bool
  /// Whether a run of it waits for jitter, a window, or the end of another run.
  public let isWaiting: Bool
  /// What became of its ticks.
  public let counts: ScheduleCounts
}

/// Where the scheduler keeps when each job was last due, so that it can catch up after a stop.
public protocol ScheduleStore: Sendable {
  /// When each job was last due and started; jobs that never were are left out.
  func lastFired() async throws -> [ScheduledJob: Timestamp]
  /// Remembers that a job was due then and starts now.
  func record(_ job: ScheduledJob, firedAt due: Timestamp) async throws
}
