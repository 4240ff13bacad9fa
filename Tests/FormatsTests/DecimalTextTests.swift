import Formats
import Testing

@Suite struct DecimalTextTests {
  @Test(arguments: [
    ("10.50", DecimalText.Mark.point, "10.50"), ("10,50", .comma, "10.50"),
    ("1,234.56", .point, "1234.56"),
    ("1.234,56", .comma, "1234.56"), ("1.234.567,8", .comma, "1234567.8"),
    ("1 234,5", .comma, "1234.5"), ("1\u{A0}234,5", .comma, "1234.5"),
    ("1\u{202F}234.5", .point, "1234.5"), ("1'234.50", .point, "1234.50"),
    ("1’234.50", .point, "1234.50"), ("10.500-", .point, "-10.500"), ("10,50 -", .comma, "-10.50"),
    ("-5", .point, "-5"), ("+5", .point, "5"), ("\u{2212}5", .point, "-5"), (" 7 ", .point, "7"),
    ("007", .point, "7"), ("00.50", .point, "0.50"), (".5", .point, "0.5"), ("0", .point, "0"),
    ("-0,00", .comma, "0.00"), ("000", .point, "0"), ("1.5E+3", .point, "1.5e3"),
    ("2e-7", .point, "2e-7"), ("12345678901234567890.10", .point, "12345678901234567890.10"),
  ])
  func `local spellings become JSON numbers`(text: String, mark: DecimalText.Mark, json: String)
    throws
  {
    let spelling = try #require(DecimalText.jsonSpelling(text, mark: mark))
    #expect(spelling == json)
    #expect(JSONNumber(spelling) != nil)
  }

  @Test(arguments: [
    "", " ", "-", "+", ".", ",", "5.", "1,23", "12,34.5", "1,2345", ",123", "1,,234", "1,234,",
    "1 234'567", "(5)", "5 EUR", "€5", "--5", "-5-", "+5-", "1.2.3", "1e", "1e+", "e5", "1e5.5",
    "0x10", "NaN", "١", "５", "1-2", "1 23",
  ])
  func `anything else is refused`(text: String) {
    #expect(DecimalText.jsonSpelling(text) == nil)
  }

  @Test(arguments: ["1.23457E+11", "1,23457E+11", "1E+15", "1.2e+20", "9.99E+100"])
  func `shortened keys are seen`(text: String) { #expect(DecimalText.looksShortened(text)) }

  @Test(arguments: [
    "", "E", "1E5", "12.3E+11", "1.E+11", "1.23E+1", "AE+11", "1E+1x", "1E-15", "123",
  ])
  func `other keys are not`(text: String) { #expect(!DecimalText.looksShortened(text)) }

  @Test func `random numbers keep their value and digits`() throws {
    var random = SeededGenerator(seed: 21)
    for _ in 0..<500 {
      let whole = random.below(1_000_000_000)
      let fraction = String(1000 + random.below(1000)).dropFirst()
      let digits = Array(String(whole).utf8)
      var grouped: [UInt8] = []
      for (place, digit) in digits.enumerated() {
        if place > 0, (digits.count - place) % 3 == 0 { grouped.append(0x2E) }
        grouped.append(digit)
      }
      let text = String(decoding: grouped, as: UTF8.self) + "," + fraction
      #expect(DecimalText.jsonSpelling(text, mark: .comma) == "\(whole).\(fraction)")
    }
  }
}
