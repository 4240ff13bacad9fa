import Console
import Effects
import Formats
import Mirror
import Reconciliation

extension CommandSpec {
  /// The filters that `conflicts list` and the bulk commands share.
  static let conflictFilters: [OptionSpec] = [
    OptionSpec("state", .many("STATE"), "only in this state (list: open)"),
    OptionSpec("kind", .many("KIND"), "only of this kind"),
    OptionSpec("severity", .many("SEVERITY"), "only of this severity"),
    OptionSpec("mapping", .one("NAME"), "only of this mapping"),
    OptionSpec("field", .one("FIELD"), "only of this field"),
    OptionSpec("reference", .one("REFERENCE"), "only of this reference"),
    OptionSpec("older-than", .one("DURATION"), "only first seen longer ago than this"),
    OptionSpec("assignee", .one("NAME"), "only assigned to this person"),
    OptionSpec("text", .one("TEXT"), "only with this text in reference, field or values"),
  ]

  /// What every command that changes conflicts takes.
  static let changeOptions: [OptionSpec] = [
    OptionSpec("all", .none, "all that the filters find, instead of ids"),
    OptionSpec("yes", .none, "do it: what --all listed, by default it lists only"),
    OptionSpec("by", .one("NAME"), "who decides (the login name)"),
    OptionSpec("reason", .one("TEXT"), "why"),
    formatOption,
  ]

  private static let listOptions =
    conflictFilters + [
      OptionSpec("limit", .one("N"), "at most so many (50 as text; all as JSON and CSV)"),
      OptionSpec("format", .choice(["text", "json", "csv"]), "how to print the result (text)"),
    ]

  /// `conflicts`: the open ones, and the commands that decide them.
  static let conflicts = CommandSpec(
    words: ["conflicts"],
    summary: "list and decide the conflicts",
    details: [
      "A conflict is a difference that a person must decide. Without a word it lists the open"
        + " ones, the most severe first. A decision applies with the next run, and only to the"
        + " values that its author saw: if either side moves first, it lapses and is asked again."
    ],
    options: listOptions,
    examples: [
      ("conflicts", "the open conflicts"),
      ("conflicts show c0123456789ab", "one conflict with its history"),
      (
        "conflicts resolve c0123456789ab@5e0f93c1 --take source --reason 'ERP is right'",
        "decides it, for the values that were shown with this version"
      ),
      ("conflicts resolve --all --field note --take remote --yes", "decides many at once"),
    ],
    run: { try await ConflictsListCommand(invocation: $0, world: $1).run() })

  /// `conflicts list`.
  static let conflictsList = CommandSpec(
    words: ["conflicts", "list"], summary: "list conflicts, the most severe first",
    options: listOptions,
    run: { try await ConflictsListCommand(invocation: $0, world: $1).run() })

  /// `conflicts show ID`.
  static let conflictsShow = CommandSpec(
    words: ["conflicts", "show"], summary: "show one conflict: values, choices, history",
    positionals: [.required("ID", "the conflict, as listed")],
    options: [formatOption],
    run: { try await ConflictsShowCommand(invocation: $0, world: $1).run() })

  /// `conflicts resolve`.
  static let conflictsResolve = CommandSpec(
    words: ["conflicts", "resolve"], summary: "decide conflicts",
    details: [
      "--take source writes the ERP's value to Commerce Layer; remote keeps what is there;"
        + " value=JSON writes another value; apart keeps the two different on purpose;"
        + " link=RESET_ID links the record to that reset; ignore closes a conflict without a field"
        + " until its facts change. For an update that was refused, source sends it once more.",
      "ID@VERSION, as all lists print it, decides for the values that were shown: if they moved"
        + " since, or another person decided otherwise, nothing is decided (exit 9). A bare ID is"
        + " shown first; --yes then decides what was shown, --current whatever stands.",
      "--all with filters lists what would be decided. With --yes exactly what was listed is"
        + " decided, for the values that were shown; what came later stays as it is.",
    ],
    positionals: [.several("ID[@VERSION]", "the conflicts, as listed")],
    options: [
      OptionSpec("take", .one("CHOICE"), "source|remote|value=JSON|apart|link=ID|ignore"),
      OptionSpec("current", .none, "for whatever stands now, without having seen it"),
    ] + changeOptions + conflictFilters,
    run: { try await ConflictsResolveCommand(invocation: $0, world: $1).run() })

  /// `conflicts snooze`.
  static let conflictsSnooze = CommandSpec(
    words: ["conflicts", "snooze"], summary: "put conflicts away for a while",
    positionals: [.several("ID", "the conflicts, as listed")],
    options: [OptionSpec("for", .one("DURATION"), "how long, such as 3d (1d)")]
      + changeOptions + conflictFilters,
    run: { try await ConflictsChangeCommand(verb: .snooze, invocation: $0, world: $1).run() })

  /// `conflicts assign`.
  static let conflictsAssign = CommandSpec(
    words: ["conflicts", "assign"], summary: "say who looks after conflicts",
    positionals: [.several("ID", "the conflicts, as listed")],
    options: [OptionSpec("to", .one("NAME"), "the person; empty for nobody")]
      + changeOptions + conflictFilters,
    run: { try await ConflictsChangeCommand(verb: .assign, invocation: $0, world: $1).run() })

  /// `conflicts comment`.
  static let conflictsComment = CommandSpec(
    words: ["conflicts", "comment"], summary: "add a comment to conflicts",
    positionals: [.several("ID", "the conflicts, as listed")],
    options: [OptionSpec("text", .one("TEXT"), "the comment")]
      + changeOptions + conflictFilters.filter { $0.name != "text" },
    run: { try await ConflictsChangeCommand(verb: .comment, invocation: $0, world: $1).run() })

  /// `conflicts reopen`.
  static let conflictsReopen = CommandSpec(
    words: ["conflicts", "reopen"], summary: "take a decision or a snooze back",
    details: [
      "The question is asked anew, with the values of today, and stays open until somebody decides"
        + " or both sides agree. A base, an accepted identity or a key that the decision moved is"
        + " put back. What it wrote to Commerce Layer stays, and is told with the command that"
        + " writes it back."
    ],
    positionals: [.several("ID", "the conflicts, as listed")],
    options: changeOptions + conflictFilters,
    run: { try await ConflictsChangeCommand(verb: .reopen, invocation: $0, world: $1).run() })
}

/// Reads the filters of a command line.
struct ConflictArguments {
  let invocation: Invocation
  let world: World

  /// The filter that the options describe; the open ones unless a state is named.
  func filter() throws -> ConflictFilter {
    var filter = ConflictFilter.open
    let states: Set<ConflictState>? = try choices("state")
    if let states { filter.states = states }
    filter.kinds = try choices("kind")
    filter.severities = try choices("severity")
    filter.mapping = try invocation.only("mapping")
    filter.field = try invocation.only("field")
    filter.reference = try invocation.only("reference")
    filter.assignee = invocation.value("assignee")
    if invocation.command.words != CommandSpec.conflictsComment.words {
      filter.text = invocation.value("text")
    }
    if let text = invocation.value("older-than") {
      filter.firstSeenBefore = world.time.now.adding(seconds: -(try duration("older-than", text)))
    }
    return filter
  }

  /// A duration option in seconds.
  func duration(_ option: String, _ text: String) throws -> Double {
    guard let seconds = DurationText.seconds(text) else {
      throw UsageError(
        "--\(option) takes a duration such as 24h or 7d, not “\(text)”",
        command: invocation.command)
    }
    return seconds
  }

  private func choices<Choice>(_ option: String) throws -> Set<Choice>?
  where Choice: RawRepresentable & CaseIterable & Hashable, Choice.RawValue == String {
    let names = invocation.list(option)
    guard !names.isEmpty else { return nil }
    let known = Choice.allCases.map(\.rawValue)
    return Set(
      try names.map { name in
        if let choice = Choice(rawValue: name) { return choice }
        let near = nearestName(to: name, among: known).map { "; did you mean “\($0)”?" } ?? ""
        throw UsageError(
          "--\(option) is one of \(known.joined(separator: ", ")), not “\(name)”\(near)",
          command: invocation.command)
      })
  }
}

/// Lists conflicts as text, JSON or CSV.
struct ConflictsListCommand {
  let invocation: Invocation
  let world: World

  /// Rows shown as text unless said otherwise.
  private static let textRows = 50
  /// The most rows that are listed.
  private static let rowsMax = 1_000_000

  func run() async throws -> ExitCode {
    let site = try Site.load(invocation, world)
    let mirror = try site.openMirror()
    let filter = try ConflictArguments(invocation: invocation, world: world).filter()
    try await site.require(filter, in: mirror)
    let format = invocation.value("format") ?? "text"
    let limit = try invocation.number("limit", in: 1...Self.rowsMax)
    let loader = site.reportLoader(mirror)
    switch format {
    case "json": try await json(loader, filter, limit ?? Self.rowsMax)
    case "csv":
      let output = try LongOutput(world, file: nil)
      try output.write(ConflictCSV.header)
      try await loader.each(filter, limit: limit ?? Self.rowsMax) {
        try output.write(ConflictCSV.row(of: $0))
      }
      try output.finish()
    default:
      let views = try await loader.views(filter, limit: limit ?? Self.textRows)
      let total = try await mirror.conflictPage(filter, limit: 0).total
      world.output.write(
        ConflictText.list(views, total: total, times: site.times(world), style: world.style))
    }
    return .done
  }

  private func json(
    _ loader: ReportLoader, _ filter: ConflictFilter, _ limit: Int
  ) async throws {
    let output = try LongOutput(world, file: nil)
    var isFirst = true
    try output.write("[")
    try await loader.each(filter, limit: limit) { view in
      try output.write((isFirst ? "" : ",") + view.json.written())
      isFirst = false
    }
    try output.write("]\n")
    try output.finish()
  }
}

/// Shows one conflict with its choices and its history.
struct ConflictsShowCommand {
  let invocation: Invocation
  let world: World

  func run() async throws -> ExitCode {
    let site = try Site.load(invocation, world)
    let mirror = try site.openMirror()
    let desk = site.desk(mirror, world)
    let id = try await mirror.conflict(id: NamedConflict(invocation.operands[0]).id).id
    guard let view = try await desk.conflict(id) else {
      throw Failure(.usage, "there is no conflict \(id)", hint: "see `resetsync conflicts`")
    }
    let history = try await desk.history(id)
    if invocation.wantsJSON {
      world.output.line(view.reportJSON.written())
    } else {
      world.output.write(
        ConflictText.one(view, history: history, times: site.times(world), style: world.style))
    }
    return .done
  }
}

/// Decides conflicts for the values that stand now, or that were listed.
struct ConflictsResolveCommand {
  let invocation: Invocation
  let world: World

  func run() async throws -> ExitCode {
    guard let text = invocation.value("take") else {
      throw UsageError(
        "--take says what to do: \(Resolution.forms.joined(separator: ", "))",
        command: invocation.command)
    }
    let take = try Resolution(parsing: text)
    let site = try Site.load(invocation, world)
    let mirror = try site.openMirror()
    let selection = ConflictSelection(
      invocation: invocation, world: world, site: site, mirror: mirror)
    guard let conflicts = try await selection.conflictsSeen() else { return .done }
    let results = try await mirror.decide(
      conflicts.map { ($0.id, $0.version, take) }, act: selection.act)
    await site.followConflictLog(mirror, world)
    var lines: [(String, String, Bool)] = []
    for (seen, result) in zip(conflicts, results) {
      var words = words(result, seen: seen.version, site)
      if result == .decided, lines.count < Self.blockersMax,
        let blocker = try await mirror.blocker(of: try await mirror.conflict(id: seen.id))
      {
        words += "; it waits for \(blocker.id) (\(blocker.kind.words)), which comes first"
      }
      lines.append((seen.id, words, result == .decided))
    }
    return selection.tell(lines, moved: results.allSatisfy { $0.isMoved || $0 == .decided })
  }

  /// Decisions of one command of which it is told what they wait for.
  private static let blockersMax = 100

  private func words(_ result: DecisionResult, seen: String?, _ site: Site) -> String {
    switch result {
    case .decided: "decided; the next run carries it out"
    case .moved(let now): moved(now, seen, site)
    case .refused(let why): "not decided: \(why)"
    }
  }

  /// What stands now beside what was seen.
  private func moved(_ now: Conflict, _ seen: String?, _ site: Site) -> String {
    let view = ConflictView(now, sides: nil, masking: site.masking)
    let seen = seen.map { "you saw @\($0.prefix(Conflict.versionLength)), " } ?? ""
    let what =
      if let decision = view.decision, now.state == .decided {
        "\(decision.by ?? "somebody") decided \(decision.take)"
          + " \(site.times(world).ago(decision.at))"
          + (decision.reason.map { " (“\($0)”)" } ?? "")
      } else {
        "its values moved since: " + view.valueWords
      }
    return "not decided: \(seen)now it is \(view.label): \(what); look at it again"
  }
}

/// The rest of the life cycle: snooze, assign, comment, reopen.
struct ConflictsChangeCommand {
  /// What is done to each conflict.
  enum Verb: Sendable {
    case snooze
    case assign
    case comment
    case reopen
  }

  let verb: Verb
  let invocation: Invocation
  let world: World

  func run() async throws -> ExitCode {
    let site = try Site.load(invocation, world)
    let mirror = try site.openMirror()
    let selection = ConflictSelection(
      invocation: invocation, world: world, site: site, mirror: mirror)
    guard let conflicts = try await selection.conflicts() else { return .done }
    let change = try change(selection.act)
    let problems = try await mirror.change(conflicts.map(\.id), change, act: selection.act)
    await site.followConflictLog(mirror, world)
    var lines: [(String, String, Bool)] = []
    for (conflict, problem) in zip(conflicts, problems) {
      var done = words(change, site.masking)
      if problem == nil, change == .reopen {
        done += try await taken(back: conflict.id, mirror, site)
      }
      lines.append((conflict.id, problem ?? done, problem == nil))
    }
    return selection.tell(lines)
  }

  /// What the decision that was taken back had written, and how to write that back.
  private func taken(back id: String, _ mirror: Mirror, _ site: Site) async throws -> String {
    let conflict = try await mirror.conflict(id: id)
    guard conflict.substate == .reopened, let written = try await mirror.written(byDecisionOf: id)
    else { return "" }
    let view = ConflictView(conflict, sides: nil, masking: site.masking)
    return "; " + view.words(of: written, masking: site.masking)
  }

  private func change(_ act: Act) throws -> ConflictChange {
    switch verb {
    case .snooze:
      let arguments = ConflictArguments(invocation: invocation, world: world)
      let seconds = try arguments.duration("for", invocation.value("for") ?? "1d")
      return .snooze(until: act.at.adding(seconds: seconds))
    case .assign:
      return .assign(to: invocation.value("to").flatMap { $0.isEmpty ? nil : $0 })
    case .comment:
      guard let text = invocation.value("text"), !text.isEmpty else {
        throw UsageError("--text is the comment", command: invocation.command)
      }
      return .comment(text)
    case .reopen: return .reopen
    }
  }

  private func words(_ change: ConflictChange, _ masking: Masking) -> String {
    switch change {
    case .snooze(let until): "snoozed until \(until.rfc3339)"
    case .assign(let name):
      name.map { "assigned to \(masking.text($0) as String)" } ?? "assigned to nobody"
    case .comment: "commented"
    case .reopen: "open"
    }
  }
}
