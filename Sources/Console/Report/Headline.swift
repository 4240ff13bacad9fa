internal import Formats
internal import Reconciliation

/// The first line of the report: whether something needs a person, in plain words.
public struct Headline: Sendable, Equatable {
  /// A piece of a sentence; with a place, the words that name the list behind them.
  struct Part: Sendable, Equatable {
    let words: String
    var place: ListPlace?
  }

  /// One sentence in its pieces.
  typealias Sentence = [Part]

  /// The sentences in the order of their weight, in pieces.
  let parts: [Sentence]
  /// Whether a person is needed.
  public let needsPerson: Bool

  /// The sentences in the order of their weight.
  public var sentences: [String] { parts.map { $0.map(\.words).joined() } }

  /// The sentences in one line.
  public var text: String { sentences.joined(separator: " ") }

  /// Most sources named in a sentence; further ones are counted.
  static let namesMax = 3

  /// The headline of a report.
  public init(of model: ReportModel, times: TimeWords) {
    guard model.lastRun != nil || model.remote.pulledAt != nil else {
      parts =
        [Self.said("No run yet: `resetsync reconcile` makes the first one.")]
        + Self.unreachable(model, times)
      needsPerson = true
      return
    }
    let matters =
      Self.conflicts(model, times) + Self.waiting(model) + Self.rails(model) + Self.refused(model)
      + Self.unreachable(model, times) + Self.stale(model, times) + Self.remote(model, times)
      + Self.run(model)
      + Self.pause(model, times)
    needsPerson = !matters.isEmpty && model.pastRun == nil
    if let run = model.pastRun {
      parts = [Self.past(run, model)]
      return
    }
    if matters.isEmpty {
      let inStep = Words.count(model.inStepCount, "reset")
      parts = [
        Self.said("Nothing needs you."),
        Self.counted(inStep, .inStep, " in step as of \(times.clock(model.asOf))."),
      ]
    } else {
      parts = model.openCount == 0 ? matters + [Self.said("No conflict is open.")] : matters
    }
  }

  private static func said(_ words: String) -> Sentence { [Part(words: words)] }

  /// Words that name a list, and the rest of the sentence.
  private static func counted(_ words: String, _ place: ListPlace, _ rest: String) -> Sentence {
    [Part(words: words, place: place), Part(words: rest)]
  }

  private static func past(_ run: String, _ model: ReportModel) -> Sentence {
    let start = "As it stood after run \(run): "
    guard model.openCount > 0 else { return said(start + "no conflict was open.") }
    let verb = model.openCount == 1 ? "was" : "were"
    return said(start)
      + counted(Words.count(model.openCount, "conflict"), .open, " \(verb) open.")
  }

  private static func conflicts(_ model: ReportModel, _ times: TimeWords) -> [Sentence] {
    guard model.openCount > 0 else { return [] }
    let need = model.openCount == 1 ? "needs" : "need"
    let since = model.oldestOpen.map { oldest in
      model.openCount == 1 ? ", \(times.since(oldest))" : ", the oldest \(times.since(oldest))"
    }
    return [
      counted(Words.count(model.openCount, "conflict"), .open, " \(need) you\(since ?? "").")
    ]
  }

  private static func waiting(_ model: ReportModel) -> [Sentence] {
    guard model.waitingDecisions > 0 else { return [] }
    let wait = model.waitingDecisions == 1 ? "waits" : "wait"
    return [
      said(
        "\(Words.count(model.waitingDecisions, "decision")) \(wait) for a conflict that comes first:"
          + " see `resetsync conflicts --state decided`.")
    ]
  }

  private static func rails(_ model: ReportModel) -> [Sentence] {
    guard !model.rails.isEmpty else { return [] }
    var names: [String] = []
    for rail in model.rails where !names.contains("“\(VisibleText.of(Words.spaced(rail.name)))”") {
      names.append("“\(VisibleText.of(Words.spaced(rail.name)))”")
    }
    let many = names.count > 1
    let withheld = model.lastRun?.summary.plan.withheld ?? 0
    let updates = withheld > 0 ? Words.count(withheld, "update") : "updates"
    let until =
      model.rails.contains { $0.command != nil }
      ? " \(updates) back until you approve them."
      : " \(updates) back: look at what tripped \(many ? "them" : "it")."
    return [
      said("The \(many ? "rails" : "rail") ")
        + counted(
          Words.list(names), .rails,
          " \(many ? "hold" : "holds")\(until)")
    ]
  }

  private static func refused(_ model: ReportModel) -> [Sentence] {
    guard !model.refused.isEmpty else { return [] }
    if model.refused.count == 1 {
      let name = SystemNames.source(model.refused[0].mapping)
      return [counted("An export of \(name)", .refused, " was refused.")]
    }
    return [counted(Words.count(model.refused.count, "export"), .refused, " were refused.")]
  }

  /// Nothing can be told of a source whose folders are out of reach: neither new nor late.
  private static func unreachable(_ model: ReportModel, _ times: TimeWords) -> [Sentence] {
    model.sources.prefix(namesMax).compactMap { source in
      source.unreachable.map {
        let reason = VisibleText.of($0.reason)
        return said("\(source.name) is unreachable, \(times.since($0.since)): \(reason).")
      }
    }
  }

  private static func stale(_ model: ReportModel, _ times: TimeWords) -> [Sentence] {
    let stale = model.sources.filter { $0.unreachable == nil && $0.isStale(at: model.asOf) }
    let never = stale.filter { $0.aliveAt == nil }.map(\.name)
    var sentences = stale.filter { $0.aliveAt != nil }.prefix(namesMax).map { source in
      late(source, at: model.asOf)
    }
    let more = stale.count - never.count - sentences.count
    if more > 0 {
      sentences.append(said("\(Words.count(more, "other source")) are late as well."))
    }
    if !never.isEmpty {
      let verb = never.count == 1 ? "has" : "have"
      sentences.append(said("\(Words.list(never)) \(verb) never sent anything."))
    }
    return sentences
  }

  /// Since when nothing came, such as “SAP has sent nothing for 2 days”.
  private static func late(_ source: SourceFreshness, at now: Timestamp) -> Sentence {
    var (what, at) = ("nothing", source.aliveAt)
    if let kind = source.kinds.first(where: { $0.isStale(at: now) }) {
      what = kind.mode == .full ? "no full export" : "no changes"
      at = kind.deliveredAt
    }
    guard let at else { return said("\(source.name) has sent \(what) so far.") }
    return said("\(source.name) has sent \(what) for ")
      + counted(
        TimeWords.sentenceLength(now.seconds(since: at)), .export(mapping: source.mapping), ".")
  }

  private static func remote(_ model: ReportModel, _ times: TimeWords) -> [Sentence] {
    guard model.remote.isStale(at: model.asOf) else { return [] }
    guard let at = model.remote.pulledAt else {
      return [said("\(SystemNames.remote) has never been read completely.")]
    }
    let age = TimeWords.sentenceLength(model.asOf.seconds(since: at))
    return [said("\(SystemNames.remote) was last read ") + counted(age, .runs, " ago.")]
  }

  private static func run(_ model: ReportModel) -> [Sentence] {
    guard let summary = model.lastRun?.summary else { return [] }
    var sentences: [Sentence] = []
    if summary.push.failed > 0 {
      sentences.append(
        counted(
          Words.count(summary.push.failed, "update"), .failed(run: summary.run),
          " failed in the last run."))
    }
    switch summary.result {
    case .apiUnavailable:
      sentences.append(said("The last run could not reach \(SystemNames.remote)."))
    case .internalError: sentences.append(said("The last run ended with an internal error."))
    case .mirrorNeedsPerson:
      sentences.append(said("The mirror needs you: see `resetsync verify`."))
    case .inputNotTrusted
    where model.refused.isEmpty && !model.sources.contains { $0.unreachable != nil }:
      sentences.append(said("The last run did not trust its input."))
    default: break
    }
    return sentences
  }

  private static func pause(_ model: ReportModel, _ times: TimeWords) -> [Sentence] {
    guard let pause = model.paused else { return [] }
    let since = pause.since.map { " \(times.since($0))" } ?? ""
    return [said("Writing is paused\(since).")]
  }
}

extension HTMLWriter {
  /// The first line as the heading of a page; what is counted leads to its list.
  mutating func heading(_ headline: Headline, _ places: ListPlaces) {
    raw("<h1>")
    for (place, sentence) in headline.parts.enumerated() {
      if place > 0 { raw(" ") }
      for part in sentence {
        if let list = part.place {
          counted(part.words, places.address(list))
        } else {
          text(part.words)
        }
      }
    }
    raw("</h1>")
  }
}
