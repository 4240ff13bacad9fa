import Formats
import Testing

@Suite struct CivilDateTests {
  @Test func `days run on without gap through 1,200 years`() throws {
    var date = try #require(CivilDate(year: 1400, month: 1, day: 1))
    var days = date.daysSinceEpoch
    while date.year < 2600 {
      #expect(date.daysSinceEpoch == days)
      #expect(CivilDate(daysSinceEpoch: days) == date)
      days += 1
      let next =
        CivilDate(year: date.year, month: date.month, day: date.day + 1)
        ?? CivilDate(year: date.year, month: date.month + 1, day: 1)
        ?? CivilDate(year: date.year + 1, month: 1, day: 1)
      date = try #require(next)
    }
  }

  @Test(arguments: [
    (1970, 1, 1, 0, 4), (2000, 2, 29, 11016, 2), (1969, 12, 31, -1, 3), (2026, 11, 23, 20780, 1),
    (0, 3, 1, -719_468, 3),
  ])
  func `known days`(year: Int, month: Int, day: Int, days: Int, weekday: Int) throws {
    let date = try #require(CivilDate(year: year, month: month, day: day))
    #expect(date.daysSinceEpoch == days)
    #expect(date.weekday == weekday)
  }

  @Test(arguments: [
    (2023, 2, 29), (1900, 2, 29), (2024, 4, 31), (2024, 0, 1), (2024, 13, 1), (2024, 1, 0),
  ])
  func `days that the calendar lacks are refused`(year: Int, month: Int, day: Int) {
    #expect(CivilDate(year: year, month: month, day: day) == nil)
  }
}
