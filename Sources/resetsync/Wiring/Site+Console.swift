import CommerceLayer
import Console
import Effects
import Formats
import Foundation
import Mirror
import Pipeline
import Reconciliation

// What the console needs to know of a site.
extension Site {
  /// Whether e-mail addresses are shown.
  var masking: Masking { configuration.showsEmail ? .full : .masked }

  /// How times are written: in the zone of the schedule.
  func times(_ world: World) -> TimeWords {
    times(at: world.time.now)
  }

  /// How times are written in something that speaks of another instant.
  func times(at now: Timestamp) -> TimeWords {
    TimeWords(now: now, zone: TimeZone(identifier: configuration.schedule.timeZone) ?? .gmt)
  }

  /// Fills reports from a mirror.
  func reportLoader(_ mirror: Mirror) -> ReportLoader {
    ReportLoader(mirror: mirror, context: context)
  }

  /// The same for a form of the report: what programs read holds all conflicts.
  func reportLoader(_ mirror: Mirror, for form: ReportFile.Form) -> ReportLoader {
    var context = context
    switch form {
    case .html, .text: break
    case .json, .csv, .ndjson:
      context.conflictsMax = ReportContext.dataConflictsMax
      context.listsConflicts = false
    }
    return ReportLoader(mirror: mirror, context: context)
  }

  private var context: ReportContext {
    var context = ReportContext(
      organization: configuration.api.organization, mode: configuration.api.mode,
      sources: book.mappings.map(ReportContext.Source.init), masking: masking)
    context.book = book
    return context
  }

  /// The conflict log beside the mirror.
  func conflictLog(_ world: World) -> ConflictLogFile {
    ConflictLogFile(
      path: configuration.conflictLog, bytesMax: configuration.conflictLogBytesMax,
      masking: masking, files: Files(), time: world.time)
  }

  /// Has the conflict log say what a person just did; what can't be written now is written with
  /// the next run.
  func followConflictLog(_ mirror: Mirror, _ world: World) async {
    do {
      let repair = try await conflictLog(world).follow(mirror)
      if !repair.isEmpty { world.tell(repair.words) }
    } catch {
      world.tell(
        "done, but not written to the conflict log yet: "
          + "\(Failure(describing: error).message); the next run writes it")
    }
  }

  /// The desk over a mirror.
  func desk(
    _ mirror: Mirror, _ world: World,
    nextRun: @escaping @Sendable () async -> Timestamp? = { nil }
  ) -> MirrorDesk {
    MirrorDesk(
      mirror: mirror, context: context,
      offers: DeskOffers(
        mappings: book.mappings.map(\.name),
        fields: Set(book.mappings.flatMap { $0.fields.map(\.metadata) }).sorted()),
      time: world.time,
      nextRun: nextRun, changed: { await followConflictLog(mirror, world) })
  }

  /// How things stand; a daemon knows its own jobs better than the schedule does.
  func status(
    _ mirror: Mirror, _ world: World, jobs: [StatusModel.Job]? = nil
  ) async throws -> StatusModel {
    let now = world.time.now
    return try await StatusModel.load(
      mirror, context: context, jobs: jobs ?? (try self.jobs(at: now)),
      rateBudget: try await rateBudget(mirror, at: now), at: now)
  }
}

extension Site {
  /// Requests that may leave now, by class; empty where nothing is paced.
  func rateBudget(_ mirror: Mirror, at now: Timestamp) async throws -> [String: Int] {
    let api = configuration.api
    let text = try await mirror.note(MirrorRateBudget.note)
    let ledger = text.flatMap { RateLedger(text: Array($0.utf8)) } ?? RateLedger()
    return ledger.room(
      share: api.rateShare, limits: api.isLimited ? .published : .none,
      mode: APIMode(rawValue: api.mode) ?? .test, now: now)
  }
}

/// Writes a report in one of its forms.
struct ReportFile {
  /// The forms of the report.
  enum Form: String, Sendable, CaseIterable {
    case html
    case text
    case json
    case csv
    case ndjson
  }

  let times: TimeWords
  let style: TextStyle

  func bytes(_ model: ReportModel, _ form: Form) -> [UInt8] {
    switch form {
    case .html: ReportHTML(model, times: times).bytes()
    case .text: Array(ReportText(model, times: times, style: style).text().utf8)
    case .json: Array((ReportJSON.document(model, times: times).written() + "\n").utf8)
    case .csv: Array(ConflictCSV.write(model.conflicts).utf8)
    case .ndjson: Array(ReportJSON.lines(model.conflicts).utf8)
    }
  }
}
