import Testing

@testable import Exports

@Suite struct SpreadsheetNumberTests {
  @Test(
    arguments: [
      ("1002.0", "1002"), ("1.0000042E7", "10000042"), ("2.2999999999999998", "2.3"),
      ("78.459999999999994", "78.46"), ("1.2E7", "12000000"), ("-0", "0"), ("-0.0", "0"),
      ("0.30000000000000004", "0.30000000000000004"), ("1.001E3", "1001"), ("1E-3", "0.001"),
      ("19.899999999999999", "19.9"), ("1e-7", "0.0000001"), ("-1.5e-10", "-0.00000000015"),
      ("999999999999999", "999999999999999"), ("12345678901234567", "12345678901234568"),
      ("1.2345678901234567E+19", "12345678901234567000"), ("100", "100"), ("+5", "5"),
      (".5", "0.5"), ("5.", "5"), ("00012", "12"), ("1e21", "1e21"), ("-1.25E+40", "-1.25e40"),
      ("1e-40", "1e-40"), ("123456.789", "123456.789"), ("1E+15", "1000000000000000"),
      ("4.9406564584124654E-324", "5e-324"), ("1.7976931348623157E+308", "1.7976931348623157e308"),
      ("0.1", "0.1"), ("44197.541666666664", "44197.541666666664"),
    ] as [(String, String)])
  func `is written in its shortest form`(_ text: String, _ expected: String) throws {
    let number = try #require(SpreadsheetNumber(text))
    #expect(number.text == expected)
    #expect(Double(number.text) == number.value)
  }

  @Test(arguments: [
    "", "abc", "1,5", "0x10", "inf", "nan", "1e999", "1 000", "1_000", "--1", "1e", "e5", ".",
    "1.2.3",
    "١٢",
  ])
  func `is no other text`(_ text: String) { #expect(SpreadsheetNumber(text) == nil) }

  @Test func `has fifteen digits`() throws {
    #expect(try #require(SpreadsheetNumber("999999999999999")).isBeyondDigits == false)
    #expect(try #require(SpreadsheetNumber("1234567890123450")).isBeyondDigits)
    #expect(try #require(SpreadsheetNumber("-1E15")).isBeyondDigits)
    #expect(try #require(SpreadsheetNumber("0.12345678901234567")).isBeyondDigits == false)
  }

  @Test func `has no exponent below fifteen digits, and is the same double`() {
    var state: UInt64 = 88_172_645_463_325_252
    for _ in 0..<20_000 {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      let whole = Double(state % 1_000_000_000_000_000)
      let value = whole / [1, 10, 100, 1_000, 1e6, 1e9][Int(state % 6)]
      let text = SpreadsheetNumber("\(value)")?.text ?? ""
      #expect(Double(text) == value && !text.contains("e"), "\(value)")
    }
  }

  @Test(arguments: [(0, 1, "A1"), (25, 7, "Z7"), (26, 2, "AA2"), (701, 9, "ZZ9"), (702, 1, "AAA1")])
  func `addresses name column and row`(_ column: Int, _ row: Int, _ text: String) throws {
    #expect(CellAddress.text(column: column, row: row) == text)
    let place = try #require(CellAddress.place(text, columnsMax: 16_384))
    #expect(place == (column, row))
  }
}
