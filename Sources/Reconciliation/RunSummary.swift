public import Formats

/// The account of one run, as printed, stored and reported.
public struct RunSummary: Sendable, Equatable {
  /// What was pulled from the API.
  public struct Pull: Sendable, Equatable {
    /// Requests made for it.
    public var requests = 0
    /// Rows received.
    public var rows = 0
    /// Rows that differed from the mirror.
    public var changed = 0
    /// Whether the walk reached its end and its count was proved.
    public var complete = false
    /// Whether everything was asked for, not only what changed.
    public var full = false
    /// The number of resets the API reported, nil before the first answer.
    public var recordCount: Int?

    /// A pull that has not begun.
    public init() {}
  }

  /// A row of an export that could not be used.
  public struct RejectedRow: Sendable, Equatable {
    /// The name of its file, where the export came in several.
    public var file: String?
    /// Its line in the file, from 1.
    public var line: Int
    /// The column at fault, where it is one.
    public var column: String?
    /// What was found and what was expected.
    public var reason: String

    /// Makes a rejected row.
    public init(file: String? = nil, line: Int, column: String?, reason: String) {
      self.file = file
      self.line = line
      self.column = column
      self.reason = reason
    }
  }

  /// What became of one export.
  public struct Import: Sendable, Equatable {
    /// The most rejected rows that are listed; `rejected` counts them all.
    public static let rejectionsMax = 1_000

    /// The mapping's name.
    public var mapping: String
    /// The file's path.
    public var file: String
    /// The SHA-256 of the file, in hex.
    public var sha256: String
    /// `full` or `delta`.
    public var mode: String
    /// `accepted`, `refused` or `replayed`.
    public var state: String
    /// Why the file was refused, in words.
    public var reason: String?
    /// Data rows read.
    public var rows = 0
    /// Rows that became records.
    public var accepted = 0
    /// Rows that could not be used.
    public var rejected = 0
    /// Records that are new.
    public var added = 0
    /// Records whose values changed.
    public var changed = 0
    /// Records that this full export lacks.
    public var removed = 0
    /// Records that are as before.
    public var unchanged = 0
    /// Rows that `where` set aside; none of `rows`.
    public var setAside = SetAside()
    /// Rows that changed nothing, because what stands was changed later.
    public var stale = 0
    /// Whether it was taken before and read again, because the rules changed.
    public var readAgain = false
    /// The names of its files, where it came in several.
    public var parts: [String] = []
    /// The first rejected rows, in the order of the file.
    public var rejections: [RejectedRow] = []

    /// An export of which nothing has been read yet.
    public init(mapping: String, file: String, sha256: String, mode: String, state: String) {
      self.mapping = mapping
      self.file = file
      self.sha256 = sha256
      self.mode = mode
      self.state = state
    }
  }

  /// An export that was left for a later run because it may not be whole yet.
  public struct WaitingExport: Sendable, Equatable {
    /// The mapping's name.
    public var mapping: String
    /// The file's path.
    public var file: String
    /// What it waits for, in words.
    public var reason: String

    /// Makes a waiting export.
    public init(mapping: String, file: String, reason: String) {
      self.mapping = mapping
      self.file = file
      self.reason = reason
    }
  }

  /// What was planned.
  public struct Plan: Sendable, Equatable {
    /// Identifies the plan, whatever its order.
    public var digest = ""
    /// Resets to be written.
    public var updates = 0
    /// Fields to be written.
    public var fields = 0
    /// Contested fields and situations found.
    public var conflicts = 0
    /// Updates withheld by a conflict.
    public var held = 0
    /// Updates that tripped rails withhold until somebody approves them.
    public var withheld = 0
    /// What to type to let them go; nil where nothing is withheld, or no approval helps.
    public var approval: String?
    /// Requests the push will need at the most.
    public var requests = 0
    /// How long they will take inside the rate limits, in seconds.
    public var seconds = 0
    /// Key groups looked at: the work of the run follows this number.
    public var assessed = 0

    /// An empty plan.
    public init() {}
  }

  /// A rail, what was measured and what it allows.
  public struct Rail: Sendable, Equatable {
    /// The rail's name, as in the configuration.
    public var name: String
    /// The mapping it was judged for.
    public var mapping: String?
    /// The measured number.
    public var measured: Int
    /// The number it allows.
    public var limit: Int
    /// Whether it withholds what it concerns.
    public var tripped: Bool
    /// The field whose updates it withholds; nil for all of the mapping.
    public var field: String?
    /// How many updates it withholds.
    public var held = 0

    /// Makes a judged rail.
    public init(name: String, mapping: String?, measured: Int, limit: Int, tripped: Bool) {
      self.name = name
      self.mapping = mapping
      self.measured = measured
      self.limit = limit
      self.tripped = tripped
    }
  }

  /// Keys that one side lacks and the other has in another spelling, alike in how they differ.
  public struct NearMiss: Sendable, Equatable {
    /// The mapping's name.
    public var mapping: String
    /// One of the keys as Commerce Layer has it, e-mail addresses masked.
    public var remote: String
    /// The same key as the source has it.
    public var source: String
    /// In what the spellings differ.
    public var differences: [Lookalike.Difference]
    /// The steps of `normalize` that would join them; empty where none does.
    public var normalize: [String]
    /// How many pairs there are among the items that were looked at.
    public var pairs: Int
    /// Whether more items were there than were looked at.
    public var isAtLeast: Bool

    /// Makes a group.
    public init(
      mapping: String, remote: String, source: String, differences: [Lookalike.Difference],
      normalize: [String], pairs: Int, isAtLeast: Bool
    ) {
      self.mapping = mapping
      self.remote = remote
      self.source = source
      self.differences = differences
      self.normalize = normalize
      self.pairs = pairs
      self.isAtLeast = isAtLeast
    }
  }

  /// What an undo left as it is.
  public struct Undo: Sendable, Equatable {
    /// One value, or one reset as a whole, that was not taken back.
    public struct Left: Sendable, Equatable {
      /// The reset.
      public var reset: String
      /// The mapping's name.
      public var mapping: String
      /// The key of its link.
      public var reference: String
      /// The field; nil for all that the run wrote there.
      public var field: String?
      /// Why, in words.
      public var reason: String

      /// Makes one.
      public init(
        reset: String, mapping: String, reference: String, field: String?, reason: String
      ) {
        self.reset = reset
        self.mapping = mapping
        self.reference = reference
        self.field = field
        self.reason = reason
      }
    }

    /// The run that is taken back.
    public var run: String
    /// How many resets it wrote.
    public var wrote = 0
    /// What stays, the first of them.
    public var left: [Left] = []
    /// How many values and resets stay in all.
    public var leftCount = 0

    /// Nothing left yet.
    public init(run: String) { self.run = run }
  }

  /// What was sent.
  public struct Push: Sendable, Equatable {
    /// Requests made for it, reads included.
    public var requests = 0
    /// Updates begun.
    public var attempted = 0
    /// Updates verified at the API.
    public var applied = 0
    /// Updates that the API refused or whose fate is open.
    public var failed = 0
    /// Updates left for a later run, because the remote side moved or the push paused.
    public var skipped = 0

    /// Nothing sent.
    public init() {}
  }

  /// What became of conflicts.
  public struct Conflicts: Sendable, Equatable {
    /// Open after the run.
    public var open = 0
    /// Opened or reopened by the run.
    public var opened = 0
    /// Closed by the run.
    public var closed = 0
    /// Decisions that lapsed because values moved.
    public var lapsed = 0

    /// None.
    public init() {}
  }

  /// What the rate limits did.
  public struct Rate: Sendable, Equatable {
    /// Requests of all kinds.
    public var requests = 0
    /// Requests answered with 429.
    public var throttled = 0
    /// Time spent waiting for room in the windows, in milliseconds.
    public var waitedMilliseconds = 0

    /// Nothing used.
    public init() {}
  }

  /// Identifies the run.
  public var run: String
  /// The command that ran.
  public var command: String
  /// How it ended.
  public var result: RunResult = .ok
  /// The exit code.
  public var exit = 0
  /// Whether nothing was to be sent.
  public var dryRun: Bool
  /// When it began.
  public var startedAt: Timestamp
  /// How long it took, in milliseconds.
  public var durationMilliseconds = 0
  /// What was pulled.
  public var pull = Pull()
  /// What was imported.
  public var imports: [Import] = []
  /// The exports that were left for a later run.
  public var waiting: [WaitingExport] = []
  /// What the look into the folders of each source found.
  public var sources: [Source] = []
  /// The files that were passed over and told for the first time.
  public var passedOver: [PassedOver] = []
  /// How many items are in each situation after the run.
  public var situations: [Situation: Int] = [:]
  /// What was planned.
  public var plan = Plan()
  /// The rails as judged.
  public var rails: [Rail] = []
  /// What an undo left as it is; nil for other runs.
  public var undo: Undo?
  /// What was sent.
  public var push = Push()
  /// What became of conflicts.
  public var conflicts = Conflicts()
  /// What the rate limits did.
  public var rate = Rate()
  /// Keys that would meet but for their spelling.
  public var nearMisses: [NearMiss] = []
  /// What to read before everything else: that a first run matched next to nothing, and why.
  public var headline: String?
  /// What went wrong or wants attention, in words for the operator.
  public var messages: [String] = []

  /// The account of a run that begins now.
  public init(run: String, command: String, dryRun: Bool, startedAt: Timestamp) {
    self.run = run
    self.command = command
    self.dryRun = dryRun
    self.startedAt = startedAt
  }
}
