public import Formats

/// Firing times in ascending order, each found when asked for.
public struct CronSequence: Sequence, IteratorProtocol, Sendable {
  private let expression: CronExpression
  private let zone: ScheduleZone
  private var last: Timestamp?

  init(of expression: CronExpression, after instant: Timestamp, in zone: ScheduleZone) {
    self.expression = expression
    self.zone = zone
    last = instant
  }

  /// The next firing time, nil when no more comes.
  public mutating func next() -> Timestamp? {
    last = last.flatMap { expression.next(after: $0, in: zone) }
    return last
  }
}

extension CronExpression {
  /// The first firing time after an instant, nil if none comes within the years that
  /// `CronFields.searchYearsMax` names; an interval counts from the instant's full second.
  public func next(after instant: Timestamp, in zone: ScheduleZone) -> Timestamp? {
    next(afterSeconds: instant.wholeSeconds, in: zone).map(Timestamp.init(wholeSeconds:))
  }

  /// The firing times after an instant, endless for most expressions: take a prefix.
  public func times(after instant: Timestamp, in zone: ScheduleZone) -> CronSequence {
    CronSequence(of: self, after: instant, in: zone)
  }
}

extension Timestamp {
  /// Seconds since 1970, rounded down.
  var wholeSeconds: Int64 { CivilDay.floorDivide(microseconds, 1_000_000) }

  init(wholeSeconds: Int64) { self.init(microseconds: wholeSeconds * 1_000_000) }
}

extension ScheduleZone {
  /// An instant as a local time with its offset, without decimals (RFC 3339 section 5.6).
  public func text(of instant: Timestamp) -> String { text(ofSeconds: instant.wholeSeconds) }
}

extension ScheduleWindows {
  /// Whether a job may start at an instant.
  public func permits(at instant: Timestamp, in zone: ScheduleZone) -> Bool {
    permits(atSeconds: instant.wholeSeconds, in: zone)
  }
}
