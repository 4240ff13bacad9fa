public import Formats

/// A stretch of time that recurs, in which jobs may not start (`deny`) or outside of which they
/// may not start (`allow`); written `{"deny": "0 20 * * * for 2h"}`.
public struct ScheduleWindow: Sendable, Hashable {
  /// What a window does to jobs.
  public enum Effect: String, Sendable, Hashable {
    /// Nothing starts inside.
    case deny
    /// Nothing starts outside of all allow windows.
    case allow
  }

  /// What the window does.
  public let effect: Effect
  /// When the window opens.
  public let opening: CronExpression
  /// How long it stays open, in elapsed time.
  public let duration: ScheduleDuration

  /// The longest a window may stay open, in seconds: 31 days.
  public static let secondsMax: Int64 = 31 * 86_400

  /// Reads `<five fields or macro> for <duration>`; throws `CronError` that names the part.
  public init(_ effect: Effect, parsing text: String) throws(CronError) {
    let words = text.split(whereSeparator: { $0.isWhitespace })
    guard words.count >= 3, words[words.count - 2].lowercased() == "for" else {
      throw CronError(
        part: "window", problem: "write e.g. \"0 20 * * * for 2h\", found \"\(text)\"")
    }
    opening = try CronExpression(parsing: words.dropLast(2).joined(separator: " "))
    guard !opening.isInterval else {
      throw CronError(part: "window", problem: "@every has no time of day: use five fields")
    }
    duration = try ScheduleDuration(parsing: String(words[words.count - 1]))
    guard duration.seconds <= Self.secondsMax else {
      throw CronError(
        part: "window",
        problem: "\(words[words.count - 1]) is above \(Self.secondsMax / 86_400) days")
    }
    self.effect = effect
  }

  /// When the window that covers `instant` ends, nil if none does; seconds since 1970.
  ///
  /// The opening belongs to the window, the end does not. Where openings overlap the latest
  /// end counts for the first opening only: ask again at that end.
  func end(covering instant: Int64, in zone: ScheduleZone) -> Int64? {
    let start = opening.next(afterSeconds: instant - duration.seconds, in: zone)
    guard let start, start <= instant else { return nil }
    return start + duration.seconds
  }
}

/// All windows of a schedule: a deny window wins over an allow window.
public struct ScheduleWindows: Sendable, Hashable {
  /// The windows in the order of the configuration.
  public let windows: [ScheduleWindow]

  /// Windows passed on the way to the next permitted instant before the search gives up and
  /// looks again later; reached only where deny windows follow each other without a gap.
  static let stepsMax = 1_000

  /// Takes windows; none of them means that everything is permitted at any time.
  public init(_ windows: [ScheduleWindow] = []) { self.windows = windows }

  /// Whether a job may start at an instant, given in seconds since 1970.
  func permits(atSeconds instant: Int64, in zone: ScheduleZone) -> Bool {
    denialEnd(at: instant, in: zone) == nil && isAllowed(at: instant, in: zone)
  }

  /// The first instant at or after the given one at which a job may start, in seconds since
  /// 1970; nil if the allow windows never open again.
  func nextPermitted(fromSeconds instant: Int64, in zone: ScheduleZone) -> Int64? {
    var at = instant
    for _ in 0..<Self.stepsMax {
      if let end = denialEnd(at: at, in: zone) {
        at = end
      } else if isAllowed(at: at, in: zone) {
        return at
      } else {
        let openings = windows.filter { $0.effect == .allow }
          .compactMap { $0.opening.next(afterSeconds: at, in: zone) }
        guard let opening = openings.min() else { return nil }
        at = opening
      }
    }
    return at
  }

  /// The first instant at or after the given one at which a job may start; nil if the allow
  /// windows never open again.
  public func nextPermitted(from instant: Timestamp, in zone: ScheduleZone) -> Timestamp? {
    nextPermitted(fromSeconds: instant.wholeSeconds, in: zone)
      .map(Timestamp.init(wholeSeconds:))
  }

  private func denialEnd(at instant: Int64, in zone: ScheduleZone) -> Int64? {
    windows.filter { $0.effect == .deny }
      .compactMap { $0.end(covering: instant, in: zone) }.max()
  }

  private func isAllowed(at instant: Int64, in zone: ScheduleZone) -> Bool {
    let allowing = windows.filter { $0.effect == .allow }
    return allowing.isEmpty
      || allowing.contains { $0.end(covering: instant, in: zone) != nil }
  }
}
