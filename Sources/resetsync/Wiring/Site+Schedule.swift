import Console
import Effects
import Formats
import Mirror
import Pipeline

// The schedule of a site.
extension Site {
  /// The schedule of the configuration; throws the first expression that can't be read.
  func daemonSchedule() throws -> SchedulePlan {
    let schedule = configuration.schedule
    let texts: [(ScheduledJob, String, String?)] = [
      (.pull, "pull", schedule.pull), (.fullPull, "full_pull", schedule.fullPull),
      (.import, "import", schedule.importExports),
      (.reconcile, "reconcile", schedule.reconcile), (.report, "report", schedule.report),
    ]
    var jobs: [ScheduledJob: CronExpression] = [:]
    for (job, key, text) in texts {
      guard let text else { continue }
      do {
        jobs[job] = try CronExpression(parsing: text)
      } catch {
        throw Failure(.configuration, "\(configuration.file): schedule.\(key): \(error)")
      }
    }
    do {
      let windows = try schedule.windows.map { window in
        try ScheduleWindow(window.allows ? .allow : .deny, parsing: window.text)
      }
      return SchedulePlan(
        zone: try ScheduleZone(schedule.timeZone), jobs: jobs,
        jitterSeconds: Int64(schedule.jitter), windows: ScheduleWindows(windows))
    } catch {
      throw Failure(.configuration, "\(configuration.file): schedule: \(error)")
    }
  }

  /// The next time of each job, as the daemon would start it.
  func jobs(at now: Timestamp) throws -> [StatusModel.Job] {
    let plan = try daemonSchedule()
    return ScheduledJob.allCases.compactMap { job in
      guard let expression = plan.jobs[job] else { return nil }
      let next = expression.next(after: now, in: plan.zone)
      return StatusModel.Job(
        name: job.rawValue,
        nextAt: next.flatMap { plan.windows.nextPermitted(from: $0, in: plan.zone) })
    }
  }
}
