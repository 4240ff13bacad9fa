import Console
import Formats
import Foundation
import Testing

@Suite struct WordsTests {
  @Test(arguments: [
    (0, "0"), (999, "999"), (1_000, "1,000"), (12_408, "12,408"), (-1_234_567, "-1,234,567"),
  ])
  func `numbers get thousands separators`(number: Int, expected: String) {
    #expect(Words.count(number) == expected)
  }

  @Test func `lists read as sentences do`() {
    #expect(Words.list([]) == "")
    #expect(Words.list(["SAP"]) == "SAP")
    #expect(Words.list(["SAP", "Odoo", "Zoho"]) == "SAP, Odoo and Zoho")
    #expect(Words.count(1, "conflict") == "1 conflict")
    #expect(Words.count(2_000, "entry", "entries") == "2,000 entries")
  }

  @Test(arguments: [
    (0.0, "0 s"), (0.25, "250 ms"), (38.0, "38 s"), (240.0, "4 min"), (7_200.0, "2 h"),
    (111_600.0, "31 h"),
    (86_400 * 3.9, "3 d"),
  ])
  func `lengths of time have one unit`(seconds: Double, expected: String) {
    #expect(TimeWords.length(seconds) == expected)
  }

  @Test(arguments: [
    ("2026-11-23T06:12:00Z", "since 07:12"), ("2026-11-22T23:30:00Z", "since 00:30"),
    ("2026-11-22T12:00:00Z", "since yesterday"), ("2026-11-20T12:00:00Z", "since Friday"),
    ("2026-11-16T12:00:00Z", "since 16 Nov"), ("2025-12-31T23:30:00Z", "since 1 Jan"),
    ("2024-02-29T12:00:00Z", "since 29 Feb 2024"),
  ])
  func `since counts days in the time zone`(time: String, expected: String) {
    #expect(SampleReport.times.since(SampleReport.time(time)) == expected)
  }

  @Test(arguments: [
    ("2026-11-23T07:00:12Z", "23 Nov 2026 08:00:12 CET"),
    ("2026-07-01T00:00:00Z", "1 Jul 2026 02:00:00 CEST"),
    ("1969-12-31T22:59:59.5Z", "31 Dec 1969 23:59:59 CET"),
  ])
  func `exact times name their zone`(time: String, expected: String) {
    #expect(SampleReport.times.exact(SampleReport.time(time)) == expected)
  }

  @Test func `the calendar agrees with Foundation over four centuries`() {
    let times = TimeWords(now: Timestamp(microseconds: 0), zone: .gmt)
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = .gmt
    for day in stride(from: -80_000, through: 80_000, by: 97) {
      let seconds = Double(day) * 86_400 + 45_296
      let parts = calendar.dateComponents(
        [.year, .month, .day], from: Date(timeIntervalSince1970: seconds))
      let text = times.exact(Timestamp(microseconds: Int64(seconds) * 1_000_000)).split(
        separator: " ")
      #expect(Int(text[0]) == parts.day && Int(text[2]) == parts.year)
      #expect(text[3] == "12:34:56")
    }
  }
}
