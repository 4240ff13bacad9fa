/// From one firing time to the next.
///
/// A clock change meets two kinds of expression. One that names its hours (`30 2 * * *`) means
/// a time of day: if the clock skips it, it fires at the first instant after the gap; if the
/// clock shows it twice, it fires at the first. One with `*` or a step in the hour field means
/// a rhythm: it fires whenever the clock shows a selected time, so twice in an overlap and not
/// at all for times in a gap. `@every` counts elapsed seconds and never looks at a clock.
extension CronExpression {
  /// The first firing time after `instant`, both in seconds since 1970; nil if the expression
  /// names a date that does not come within `CronFields.searchYearsMax` years (30 February).
  func next(afterSeconds instant: Int64, in zone: ScheduleZone) -> Int64? {
    guard (-Self.secondsMax...Self.secondsMax).contains(instant) else { return nil }
    switch rule {
    case .every(let seconds): return instant + seconds
    case .fields(let fields):
      return fields.isFixedTime
        ? fields.nextFixed(after: instant, in: zone)
        : fields.nextElapsed(after: instant, in: zone)
    }
  }

  /// The instants served, in seconds either side of 1970: some 3,000 years.
  static let secondsMax: Int64 = 100_000_000_000
}

extension CronFields {
  /// Next time of an expression that names its hours.
  ///
  /// The instants of ascending local times never descend, so the first local time whose
  /// instant lies after `instant` is the answer. Only in the second pass of an overlap does a
  /// later local time have an earlier instant: the search then goes on behind the overlap.
  func nextFixed(after instant: Int64, in zone: ScheduleZone) -> Int64? {
    var from = instant + zone.offset(at: instant) + 1
    while let local = firstLocal(from: from) {
      switch zone.resolve(local: local) {
      case .once(let found): return found
      case .gap(let change):
        if change > instant { return change }
        from = local + 1
      case .twice(let first, _, let end):
        if first > instant { return first }
        from = end
      }
    }
    return nil
  }

  /// Next time of an expression that follows elapsed time.
  ///
  /// Walks from one change of offset to the next. Where the next selected local time is far
  /// away, the walk jumps to shortly before it: local times near it are not selected, so no
  /// change of offset can make one of them fire.
  func nextElapsed(after instant: Int64, in zone: ScheduleZone) -> Int64? {
    let stepSeconds: Int64 = 32 * 3_600
    var start = instant
    var from = instant + zone.offset(at: instant) + 1
    while let local = firstLocal(from: from) {
      let found = local - zone.offset(at: start)
      let end = start + stepSeconds
      if let change = zone.change(after: start, through: min(found, end)) {
        if found < change { return found }
        start = change
        from = change + zone.offset(at: change)
      } else if found <= end {
        return found
      } else {
        start = max(end, found - stepSeconds)
        from = start + zone.offset(at: start)
      }
    }
    return nil
  }
}
