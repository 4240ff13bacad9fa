internal import Formats
internal import Reconciliation

/// The first line of the report: whether something needs a person, in plain words.
public struct Headline: Sendable, Equatable {
  /// The sentences in the order of their weight.
  public let sentences: [String]
  /// Whether a person is needed.
  public let needsPerson: Bool

  /// The sentences in one line.
  public var text: String { sentences.joined(separator: " ") }

  /// Most sources named in a sentence; further ones are counted.
  static let namesMax = 3

  /// The headline of a report.
  public init(of model: ReportModel, times: TimeWords) {
    guard model.lastRun != nil || model.remote.pulledAt != nil else {
      sentences = ["No run yet: `resetsync reconcile` makes the first one."]
      needsPerson = true
      return
    }
    let matters =
      Self.conflicts(model, times) + Self.rails(model) + Self.refused(model)
      + Self.stale(model, times) + Self.remote(model, times) + Self.run(model)
      + Self.pause(model, times)
    needsPerson = !matters.isEmpty && model.pastRun == nil
    if let run = model.pastRun {
      let waiting = model.openCount == 0 ? "no conflict was" : Self.were(model.openCount)
      sentences = ["As it stood after run \(run): \(waiting) open."]
      return
    }
    if matters.isEmpty {
      let inStep = Words.count(model.inStepCount, "reset")
      sentences = ["Nothing needs you.", "\(inStep) in step as of \(times.clock(model.asOf))."]
    } else {
      sentences = model.openCount == 0 ? matters + ["No conflict is open."] : matters
    }
  }

  private static func conflicts(_ model: ReportModel, _ times: TimeWords) -> [String] {
    guard model.openCount > 0 else { return [] }
    let need = model.openCount == 1 ? "needs" : "need"
    let since = model.oldestOpen.map { oldest in
      model.openCount == 1 ? ", \(times.since(oldest))" : ", the oldest \(times.since(oldest))"
    }
    return ["\(Words.count(model.openCount, "conflict")) \(need) you\(since ?? "")."]
  }

  private static func were(_ count: Int) -> String {
    "\(Words.count(count, "conflict")) \(count == 1 ? "was" : "were")"
  }

  private static func rails(_ model: ReportModel) -> [String] {
    guard !model.rails.isEmpty else { return [] }
    var names: [String] = []
    for rail in model.rails where !names.contains("“\(VisibleText.of(Words.spaced(rail.name)))”") {
      names.append("“\(VisibleText.of(Words.spaced(rail.name)))”")
    }
    let many = names.count > 1
    return [
      "The \(many ? "rails" : "rail") \(Words.list(names)) \(many ? "hold" : "holds") updates back "
        + "until you approve them."
    ]
  }

  private static func refused(_ model: ReportModel) -> [String] {
    guard !model.refused.isEmpty else { return [] }
    if model.refused.count == 1 {
      return ["An export of \(SystemNames.source(model.refused[0].mapping)) was refused."]
    }
    return ["\(Words.count(model.refused.count, "export")) were refused."]
  }

  private static func stale(_ model: ReportModel, _ times: TimeWords) -> [String] {
    let stale = model.sources.filter { $0.isStale(at: model.asOf) }
    let never = stale.filter { $0.deliveredAt == nil }.map(\.name)
    var sentences = stale.filter { $0.deliveredAt != nil }.prefix(namesMax).map { source in
      let age = model.asOf.seconds(since: source.deliveredAt ?? model.asOf)
      return "\(source.name) has sent nothing for \(TimeWords.sentenceLength(age))."
    }
    let more = stale.count - never.count - sentences.count
    if more > 0 { sentences.append("\(Words.count(more, "other source")) are late as well.") }
    if !never.isEmpty {
      let verb = never.count == 1 ? "has" : "have"
      sentences.append("\(Words.list(never)) \(verb) never sent anything.")
    }
    return sentences
  }

  private static func remote(_ model: ReportModel, _ times: TimeWords) -> [String] {
    guard model.remote.isStale(at: model.asOf) else { return [] }
    guard let at = model.remote.pulledAt else {
      return ["\(SystemNames.remote) has never been read completely."]
    }
    let age = TimeWords.sentenceLength(model.asOf.seconds(since: at))
    return ["\(SystemNames.remote) was last read \(age) ago."]
  }

  private static func run(_ model: ReportModel) -> [String] {
    guard let summary = model.lastRun?.summary else { return [] }
    var sentences: [String] = []
    if summary.push.failed > 0 {
      sentences.append("\(Words.count(summary.push.failed, "update")) failed in the last run.")
    }
    switch summary.result {
    case .apiUnavailable: sentences.append("The last run could not reach \(SystemNames.remote).")
    case .internalError: sentences.append("The last run ended with an internal error.")
    case .mirrorNeedsPerson: sentences.append("The mirror needs you: see `resetsync verify`.")
    case .inputNotTrusted where model.refused.isEmpty:
      sentences.append("The last run did not trust its input.")
    default: break
    }
    return sentences
  }

  private static func pause(_ model: ReportModel, _ times: TimeWords) -> [String] {
    guard let pause = model.paused else { return [] }
    let since = pause.since.map { " \(times.since($0))" } ?? ""
    return ["Writing is paused\(since)."]
  }
}
