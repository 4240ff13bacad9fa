import Testing

@testable import Pipeline

@Suite struct `Cron expressions` {
  @Test(arguments: [
    ("60 * * * *", "field 1 (minute): 60 is above 59"),
    ("* 24 * * *", "field 2 (hour): 24 is above 23"),
    ("* * 0 * *", "field 3 (day of month): 0 is below 1"),
    ("* * 32 * *", "field 3 (day of month): 32 is above 31"),
    ("* * * 0 *", "field 4 (month): 0 is below 1"),
    ("* * * 13 *", "field 4 (month): 13 is above 12"),
    ("* * * * 8", "field 5 (day of week): 8 is above 7"),
    ("5-1 * * * *", "field 1 (minute): the range \"5-1\" runs backwards"),
    ("* 22-2 * * *", "field 2 (hour): the range \"22-2\" runs backwards"),
    ("* * * * 5-1", "field 5 (day of week): the range \"5-1\" runs backwards"),
    ("* * * * FRI-1", "field 5 (day of week): the range \"FRI-1\" runs backwards"),
    ("*/0 * * * *", "field 1 (minute): the step of \"*/0\" is 0"),
    ("*/61 * * * *", "field 1 (minute): the step 61 is above 60; for longer intervals use @every"),
    ("* * * * */8", "field 5 (day of week): the step 8 is above 7"),
    ("*/x * * * *", "field 1 (minute): the step of \"*/x\" is no number"),
    ("1/2/3 * * * *", "field 1 (minute): more than one step in \"1/2/3\""),
    ("1-2-3 * * * *", "field 1 (minute): \"1-2-3\" is no range"),
    ("1,,2 * * * *", "field 1 (minute): an item of the list is empty in \"1,,2\""),
    (", * * * *", "field 1 (minute): an item of the list is empty"),
    ("-5 * * * *", "field 1 (minute): a number is missing in \"-5\""),
    ("5- * * * *", "field 1 (minute): a number is missing in \"5-\""),
    ("+5 * * * *", "field 1 (minute): \"+5\" is not a number"),
    ("1.5 * * * *", "field 1 (minute): \"1.5\" is not a number"),
    ("MON * * * *", "field 1 (minute): \"MON\" is not a number"),
    ("* * * MON *", "field 4 (month): \"MON\" is not a number or one of JAN FEB"),
    ("* * * * JAN", "field 5 (day of week): \"JAN\" is not a number or one of SUN MON"),
    ("* * * * Monday", "field 5 (day of week): \"Monday\" is not a number"),
    ("* * L * *", "field 3 (day of month): \"L\": L, W, # and ? of Quartz are not supported"),
    ("* * ? * *", "field 3 (day of month): \"?\": L, W, # and ? of Quartz are not supported"),
    ("* * * * 5#2", "field 5 (day of week): \"5#2\": L, W, # and ? of Quartz"),
    ("99999999999999999999 * * * *", "field 1 (minute): \"99999999999999999999\" is not a number"),
    ("٣ * * * *", "field 1 (minute): \"٣\" is not a number"),
    ("* * * *", "expression: 4 fields found, 5 expected"),
    ("* * * * * *", "expression: 6 fields found, 5 expected"),
    ("hello", "expression: 1 fields found, 5 expected"),
    ("", "expression: is empty"),
    ("   ", "expression: is empty"),
    ("@dayly", "@dayly: is no macro: did you mean @daily?"),
    ("@x", "@x: is no macro, use one of @annually"),
    ("@reboot", "@reboot: is not supported"),
    ("@daily 5", "@daily: takes nothing after it"),
    ("@every", "@every: needs one interval"),
    ("@every 5", "@every: \"5\" is no duration"),
    ("@every 0s", "@every: \"0s\" is below one second"),
    ("@every -5m", "@every: \"-5m\" is no duration"),
    ("@every 1m1h", "@every: in \"1m1h\" each unit may stand once, largest first"),
    ("@every 5m5m", "@every: in \"5m5m\" each unit may stand once, largest first"),
    ("@every 1.5h", "@every: \"1.5h\" is no duration"),
    ("@every 500ms", "@every: \"500ms\" is no duration"),
    ("@every 400d", "@every: 400d is above 366 days"),
    ("@every 999999999d", "@every: \"999999999d\" is above 3660 days"),
    ("@every 1h 30m", "@every: needs one interval"),
  ])
  func `name the part that is wrong`(_ text: String, _ message: String) {
    let error = #expect(throws: CronError.self) { try CronExpression(parsing: text) }
    #expect(error?.description.hasPrefix(message) == true, "\(error?.description ?? "none")")
  }

  @Test func `refuse an expression that is too long`() {
    let text = String(repeating: "1,", count: 200) + "1 * * * *"
    #expect(throws: CronError.self) { try CronExpression(parsing: text) }
  }

  @Test(arguments: [
    ("@every 90s", 90), ("@every 1h30m", 5_400), ("@every 1d", 86_400), ("@EVERY 1m", 60),
    ("@every 2h0m1s", 7_201),
  ])
  func `read intervals`(_ text: String, _ seconds: Int64) throws {
    #expect(try CronExpression(parsing: text).rule == .every(seconds: seconds))
  }

  @Test func `keep the text as written, but for blanks`() throws {
    #expect(try CronExpression(parsing: "  0\t7  * * 1-5 \n").text == "0 7 * * 1-5")
    #expect(try CronExpression(parsing: "@Daily").description == "@Daily")
  }

  @Test(arguments: [
    ("0 2 * * *", true), ("0 2,3 * * *", true), ("0 0-23 * * *", true), ("*/5 2 * * *", true),
    ("0 * * * *", false), ("0 */2 * * *", false), ("0 1,*/6 * * *", false),
    ("0 1,* * * *", false), ("0 8-18/2 * * *", false), ("0 2/12 * * *", false),
    ("@daily", true), ("@hourly", false), ("@every 1h", false),
  ])
  func `know whether they name their hours`(_ text: String, _ isFixed: Bool) throws {
    #expect(try CronExpression(parsing: text).isFixedTime == isFixed)
  }
}

@Suite struct `Schedule zones` {
  @Test(arguments: [
    ("Europe/Rom", "Europe/Rome"), ("europe/rome", "Europe/Rome"), ("Rome", "Europe/Rome"),
    ("new_york", "America/New_York"), ("Asia/Kolkatta", "Asia/"),
  ])
  func `suggest the nearest name`(_ wrong: String, _ near: String) {
    let error = #expect(throws: CronError.self) { try ScheduleZone(wrong) }
    #expect(error?.part == "time zone")
    #expect(error?.problem.contains("did you mean \(near)") == true, "\(error?.problem ?? "")")
  }

  @Test func `say what a name looks like when nothing is near`() {
    let error = #expect(throws: CronError.self) { try ScheduleZone("Zzzzzzzzzzzzz") }
    #expect(error?.problem.contains("use an IANA name") == true)
  }

  @Test(arguments: [
    ("Europe/Rome", "2026-03-29T01:00:00Z", "2026-03-29T03:00:00+02:00"),
    ("America/New_York", "2026-01-01T00:00:00Z", "2025-12-31T19:00:00-05:00"),
    ("Asia/Kolkata", "2026-01-01T00:00:00Z", "2026-01-01T05:30:00+05:30"),
    ("Australia/Lord_Howe", "2026-07-01T00:00:01Z", "2026-07-01T10:30:01+10:30"),
    ("UTC", "2026-01-01T00:00:00Z", "2026-01-01T00:00:00+00:00"),
    ("UTC", "1969-12-31T23:59:59Z", "1969-12-31T23:59:59+00:00"),
  ])
  func `write local times with their offset`(
    _ name: String, _ time: String, _ text: String
  ) throws {
    #expect(try ScheduleZone(name).text(ofSeconds: try instant(time)) == text)
  }

  @Test func `agree with Foundation's calendar on days over four centuries`() throws {
    for day in stride(from: Int64(-80_000), through: 80_000, by: 37) {
      let parts = CivilDay.parts(of: day)
      #expect(CivilDay.number(year: parts.year, month: parts.month, day: parts.day) == day)
      let text = ScheduleZone.utc.text(ofSeconds: day * 86_400)
      #expect(try instant(String(text.prefix(19)) + "Z") == day * 86_400, "\(text)")
    }
  }
}

@Suite struct `Schedule windows` {
  @Test func `close from the opening to the end, the end not included`() throws {
    let zone = try ScheduleZone("Europe/Rome")
    let windows = ScheduleWindows([try ScheduleWindow(.deny, parsing: "0 20 * * * for 2h")])
    func permits(_ time: String) throws -> Bool {
      windows.permits(atSeconds: try instant(time), in: zone)
    }
    #expect(try permits("2026-01-01T18:59:59Z"))
    #expect(try !permits("2026-01-01T19:00:00Z"))
    #expect(try !permits("2026-01-01T20:59:59Z"))
    #expect(try permits("2026-01-01T21:00:00Z"))
    let next = windows.nextPermitted(fromSeconds: try instant("2026-01-01T19:30:00Z"), in: zone)
    #expect(next == (try instant("2026-01-01T21:00:00Z")))
  }

  @Test func `open only inside of an allow window, and deny wins`() throws {
    let windows = ScheduleWindows([
      try ScheduleWindow(.allow, parsing: "0 9 * * MON-FRI for 8h"),
      try ScheduleWindow(.deny, parsing: "0 12 * * * for 1h30m"),
    ])
    func next(_ time: String) throws -> String? {
      windows.nextPermitted(fromSeconds: try instant(time), in: .utc)
        .map { ScheduleZone.utc.text(ofSeconds: $0) }
    }
    #expect(try next("2026-11-23T10:00:00Z") == "2026-11-23T10:00:00+00:00")
    #expect(try next("2026-11-23T12:00:00Z") == "2026-11-23T13:30:00+00:00")
    #expect(try next("2026-11-23T17:00:00Z") == "2026-11-24T09:00:00+00:00")
    #expect(try next("2026-11-27T17:00:00Z") == "2026-11-30T09:00:00+00:00")
  }

  @Test func `join deny windows that overlap themselves`() throws {
    let windows = ScheduleWindows([try ScheduleWindow(.deny, parsing: "0 1,2,3 * * * for 90m")])
    let next = windows.nextPermitted(fromSeconds: try instant("2026-01-01T01:10:00Z"), in: .utc)
    #expect(next == (try instant("2026-01-01T04:30:00Z")))
    #expect(!windows.permits(atSeconds: try instant("2026-01-01T02:45:00Z"), in: .utc))
  }

  @Test func `permit everything without windows and nothing when no window opens`() throws {
    #expect(ScheduleWindows().permits(atSeconds: 0, in: .utc))
    let never = ScheduleWindows([try ScheduleWindow(.allow, parsing: "0 0 30 2 * for 1h")])
    #expect(never.nextPermitted(fromSeconds: 0, in: .utc) == nil)
  }

  @Test(arguments: [
    ("0 20 * * *", "window: write e.g."), ("0 20 * * * for", "window: write e.g."),
    ("0 25 * * * for 2h", "field 2 (hour): 25 is above 23"),
    ("0 20 * * * for 2x", "duration: \"2x\" is no duration"),
    ("@every 1h for 5m", "window: @every has no time of day"),
    ("0 20 * * * for 40d", "window: 40d is above 31 days"), ("", "window: write e.g."),
  ])
  func `name the part that is wrong`(_ text: String, _ message: String) {
    let error = #expect(throws: CronError.self) { try ScheduleWindow(.deny, parsing: text) }
    #expect(error?.description.hasPrefix(message) == true, "\(error?.description ?? "none")")
  }
}
