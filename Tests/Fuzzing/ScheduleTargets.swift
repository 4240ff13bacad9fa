@testable import Pipeline

private let zones: [ScheduleZone] = [
  .utc, try? ScheduleZone("Europe/Rome"), try? ScheduleZone("America/New_York"),
  try? ScheduleZone("Australia/Lord_Howe"), try? ScheduleZone("America/Sao_Paulo"),
].compactMap(\.self)

/// Cron: the next time lies ahead, is the next one from every instant before it, and in UTC no
/// minute in between is selected.
func fuzzCron(_ bytes: [UInt8]) {
  var choices = FuzzChoices(bytes)
  let zone = zones[choices.below(zones.count)]
  // From 1970 to 2106, the past and the future of the zone data.
  let start = Int64(choices.number() >> 32)
  let probes = (0..<3).map { _ in Int64(choices.byte()) }
  let text = String(decoding: choices.rest, as: UTF8.self)
  do throws(CronError) {
    let expression = try CronExpression(parsing: text)
    hold((try? CronExpression(parsing: expression.text)) == expression, "it reads back differently")
    guard let next = expression.next(afterSeconds: start, in: zone) else { return }
    hold(next > start, "the next time is not ahead")
    guard case .fields(let fields) = expression.rule else { return }
    for probe in probes {
      let between = start + (next - start - 1) * probe / 255
      hold(expression.next(afterSeconds: between, in: zone) == next, "a time in between fires")
    }
    if zone == .utc { hold(firstByWalking(fields, after: start, through: next) == next, "late") }
  } catch {
    hold(!error.problem.isEmpty && !error.part.isEmpty, "an error that says nothing")
  }
}

/// The first selected minute after an instant by looking at each, days at a time where none of a
/// day's minutes can be.
private func firstByWalking(_ fields: CronFields, after start: Int64, through end: Int64) -> Int64?
{
  var minute = (start / 60 + 1) * 60
  while minute <= end {
    let day = minute / 86_400
    let date = CivilDay.parts(of: day)
    let isDay = fields.dayOfMonth.contains(Int(date.day))
    let isWeekday = fields.dayOfWeek.contains(CivilDay.weekday(of: day))
    let both = fields.dayOfMonth.startsWithStar || fields.dayOfWeek.startsWithStar
    guard fields.month.contains(Int(date.month)),
      both ? isDay && isWeekday : isDay || isWeekday
    else {
      minute = (day + 1) * 86_400
      continue
    }
    let second = minute - day * 86_400
    if fields.hour.contains(Int(second / 3_600)), fields.minute.contains(Int(second / 60 % 60)) {
      return minute
    }
    minute += 60
  }
  return nil
}
