import Formats
import Testing

@Suite struct DatePatternTests {
  @Test(arguments: [
    ("dd.MM.yyyy HH:mm", "03.04.2024 17:05", "2024-04-03T17:05:00.000000Z"),
    ("yyyyMMdd", "20240229", "2024-02-29T00:00:00.000000Z"),
    ("yyyyMMddHHmmss", "20240229235959", "2024-02-29T23:59:59.000000Z"),
    ("M/d/yyyy H:mm", "8/25/2020 13:03", "2020-08-25T13:03:00.000000Z"),
    ("M/d/yyyy H:mm", "12/31/2154 23:59", "2154-12-31T23:59:00.000000Z"),
    ("M/d/yyyy h:mm a", "1/2/2024 12:30 AM", "2024-01-02T00:30:00.000000Z"),
    ("M/d/yyyy hh:mm a", "1/2/2024 12:30 pm", "2024-01-02T12:30:00.000000Z"),
    ("d. MMMM yyyy", "3. März 2024", "2024-03-03T00:00:00.000000Z"),
    ("d. MMMM yyyy", "3. MÄRZ 2024", "2024-03-03T00:00:00.000000Z"),
    ("dd-MMM-yy", "07-Okt-24", "2024-10-07T00:00:00.000000Z"),
    ("dd-MMM-yy", "07-DEC-71", "1971-12-07T00:00:00.000000Z"),
    ("d MMM. yyyy", "7 Sept. 2024", "2024-09-07T00:00:00.000000Z"),
    ("d MMM yyyy", "7 Sept. 2024", "2024-09-07T00:00:00.000000Z"),
    ("MMMM d, yyyy", "May 1, 2024", "2024-05-01T00:00:00.000000Z"),
    ("yyyy-MM-dd'T'HH:mm:ss.SSS", "2024-01-02T03:04:05.678", "2024-01-02T03:04:05.678000Z"),
    ("yyyy-MM-dd HH:mm:ss.SSSSSSS", "2024-01-02 03:04:05.1234567", "2024-01-02T03:04:05.123456Z"),
    ("yyyy'年'MM''dd", "2024年01'02", "2024-01-02T00:00:00.000000Z"),
  ])
  func `texts are read by a pattern`(pattern: String, text: String, expected: String) throws {
    let civil = try #require(try DatePattern(pattern).parse(text))
    #expect(Timestamp(civil)?.rfc3339Microseconds == expected)
  }

  @Test(arguments: [
    ("dd.MM.yyyy", "3.4.2024"), ("dd.MM.yyyy", "31.04.2024"), ("dd.MM.yyyy", "03.04.24"),
    ("dd.MM.yyyy", "03.04.2024 "), ("dd.MM.yyyy", " 03.04.2024"), ("dd.MM.yyyy", "03/04/2024"),
    ("dd.MM.yyyy", ""), ("yyyyMMdd", "00000000"), ("yyyyMMdd", "2024229"),
    ("M/d/yyyy h:mm a", "1/2/2024 13:30 AM"), ("M/d/yyyy h:mm a", "1/2/2024 0:30 AM"),
    ("dd.MM.yyyy HH:mm", "03.04.2024 24:00"), ("d MMM yyyy", "7 Foo 2024"),
    ("dd.MM.yyyy", "٠٣.٠٤.٢٠٢٤"), ("d.M.yyyy", "123.4.2024"),
  ])
  func `a text that does not fit exactly is refused`(pattern: String, text: String) throws {
    #expect(try DatePattern(pattern).parse(text) == nil)
  }

  @Test(arguments: [
    "", "dd.MM", "dd.mm.yyyy", "yyyy-MM-dd z", "yyyy-MM-dd 'T", "yyyyy-MM-dd", "yyyy-MM-dd dd",
    "yyyy-MM-dd hh:mm", "yyyy-MM-dd HH a", "yyyy-MM-dd HH hh a", "DD.MM.YYYY",
  ])
  func `what is no pattern is refused in words`(pattern: String) {
    #expect(throws: DatePattern.Fault.self) { try DatePattern(pattern) }
  }

  @Test func `formatting`() throws {
    let civil = try #require(Timestamp(rfc3339: "2024-03-05T00:07:08.09Z")).civil()
    #expect(try DatePattern("dd.MM.yyyy HH:mm:ss.SSS").format(civil) == "05.03.2024 00:07:08.090")
    #expect(try DatePattern("d MMM yy h:m a").format(civil) == "5 Mar 24 12:7 AM")
    #expect(try DatePattern("MMMM d, yyyy").format(civil) == "March 5, 2024")
  }

  @Test(arguments: [
    "dd.MM.yyyy HH:mm:ss.SSSSSS", "yyyyMMddHHmmssSSSSSS", "M/d/yyyy h:m:s.SSSSSS a",
  ])
  func `random instants survive formatting and reading`(text: String) throws {
    let pattern = try DatePattern(text)
    var random = SeededGenerator(seed: 8)
    for _ in 0..<300 {
      let micros = Int64.random(in: 0...253_402_300_799_999_999, using: &random)
      let civil = Timestamp(microseconds: micros).civil()
      #expect(pattern.parse(pattern.format(civil)) == civil)
    }
  }
}
