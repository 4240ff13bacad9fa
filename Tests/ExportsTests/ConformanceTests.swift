import Exports
import Formats
import TestKit
import Testing

/// What public suites ask of a reader of JSON and CSV, asked of the preview.
@Suite struct ConformanceTests {
  @Test func `takes every sound JSON text`() {
    #expect(JSONSuite.sound.count == 87)
    for (name, bytes) in JSONSuite.sound {
      let refusal = ExportFixtures.refusal(bytes, "\(name).json")
      #expect(refusal == nil, "\(name): \(refusal?.description ?? "")")
    }
  }

  @Test func `refuses every broken JSON text`() {
    #expect(JSONSuite.broken.count == 168)
    for (name, bytes) in JSONSuite.broken {
      #expect(ExportFixtures.refusal(bytes, "\(name).json") != nil, "\(name) was taken")
    }
  }

  struct Delimited: Sendable, CustomTestStringConvertible {
    let name: String
    let text: String
    let columns: [String]
    let rows: [[String]]
    var rejectedLines: [Int] = []
    var testDescription: String { name }
  }

  static let delimited: [Delimited] = [
    Delimited(
      name: "comma_in_quotes", text: "first,last,city\nJohn,Doe,\"Anytown, WW\"\n",
      columns: ["first", "last", "city"], rows: [["John", "Doe", "Anytown, WW"]]),
    Delimited(
      name: "empty", text: "a,b,c\n1,\"\",\"\"\n2,3,4\n", columns: ["a", "b", "c"],
      rows: [["1", "", ""], ["2", "3", "4"]]),
    Delimited(
      name: "empty_crlf", text: "a,b,c\r\n1,\"\",\"\"\r\n2,3,4\r\n", columns: ["a", "b", "c"],
      rows: [["1", "", ""], ["2", "3", "4"]]),
    Delimited(
      name: "escaped_quotes", text: "a,b\n1,\"ha \"\"ha\"\" ha\"\n3,4\n", columns: ["a", "b"],
      rows: [["1", "ha \"ha\" ha"], ["3", "4"]]),
    Delimited(
      name: "json",
      text: "key,val\n1,\"{\"\"type\"\": \"\"Point\"\", \"\"at\"\": [102.0, 0.5]}\"\n",
      columns: ["key", "val"], rows: [["1", "{\"type\": \"Point\", \"at\": [102.0, 0.5]}"]]),
    Delimited(
      name: "location_coordinates", text: "lat,lon\n\"40.7\",\"-73.9\"\n", columns: ["lat", "lon"],
      rows: [["40.7", "-73.9"]]),
    Delimited(
      name: "newlines", text: "a,b,c\n1,2,3\n\"Once upon \na time\",5,6\n7,8,9\n",
      columns: ["a", "b", "c"],
      rows: [["1", "2", "3"], ["Once upon \na time", "5", "6"], ["7", "8", "9"]]),
    Delimited(
      name: "newlines_crlf", text: "a,b,c\r\n1,2,3\r\n\"Once upon \r\na time\",5,6\r\n",
      columns: ["a", "b", "c"], rows: [["1", "2", "3"], ["Once upon \r\na time", "5", "6"]]),
    Delimited(
      name: "quotes_and_newlines", text: "a,b\n1,\"ha \n\"\"ha\"\" \nha\"\n3,4\n",
      columns: ["a", "b"], rows: [["1", "ha \n\"ha\" \nha"], ["3", "4"]]),
    Delimited(
      name: "simple", text: "a,b,c\n1,2,3\n", columns: ["a", "b", "c"], rows: [["1", "2", "3"]]),
    Delimited(
      name: "simple_crlf", text: "a,b,c\r\n1,2,3\r\n", columns: ["a", "b", "c"],
      rows: [["1", "2", "3"]]),
    Delimited(
      name: "utf8", text: "a,b,c\n1,2,3\n4,5,ʤ\n", columns: ["a", "b", "c"],
      rows: [["1", "2", "3"], ["4", "5", "ʤ"]]),
    Delimited(
      name: "no line end at the end", text: "a,b\n1,2", columns: ["a", "b"], rows: [["1", "2"]]),
    Delimited(
      name: "byte order mark", text: "\u{FEFF}a,b\n1,2\n", columns: ["a", "b"],
      rows: [["1", "2"]]),
    Delimited(
      name: "separator line", text: "sep=;\na;b\n1;2,5\n", columns: ["a", "b"],
      rows: [["1", "2,5"]]),
    Delimited(
      name: "empty cells are texts", text: "a,b,c\n,,\n1,,3\n", columns: ["a", "b", "c"],
      rows: [["", "", ""], ["1", "", "3"]]),
    Delimited(
      name: "one column with an empty line", text: "a\n1\n\n3\n", columns: ["a"],
      rows: [["1"], [""], ["3"]]),
    Delimited(
      name: "blank lines", text: "a,b\n\n1,2\n\n\n3,4\n", columns: ["a", "b"],
      rows: [["1", "2"], ["3", "4"]]),
    Delimited(
      name: "spaces stay", text: "a,b\n  1 , 2  \n", columns: ["a", "b"],
      rows: [["  1 ", " 2  "]]),
    Delimited(
      name: "space before a quote", text: "a,b\n1, \"x\"\n", columns: ["a", "b"],
      rows: [["1", "x"]]),
    Delimited(
      name: "backslash before a quote", text: "a,b\n1,\"x\\\"y\"\n2,z\n", columns: ["a", "b"],
      rows: [["1", "x\"y"], ["2", "z"]]),
    Delimited(
      name: "lone carriage returns", text: "a,b\r1,2\r3,4\r", columns: ["a", "b"],
      rows: [["1", "2"], ["3", "4"]]),
    Delimited(
      name: "mixed line ends", text: "a,b\r\n1,2\n3,4\r", columns: ["a", "b"],
      rows: [["1", "2"], ["3", "4"]]),
    Delimited(
      name: "tabs", text: "a\tb\n1\t2\n", columns: ["a", "b"], rows: [["1", "2"]]),
    Delimited(
      name: "repeated and empty names", text: "a,a,\n1,2,3\n", columns: ["a", "a", ""],
      rows: [["1", "2", "3"]]),
    Delimited(
      name: "ragged rows", text: "a,b\n1\n1,2,3\n4,5\n", columns: ["a", "b"], rows: [["4", "5"]],
      rejectedLines: [2, 3]),
    Delimited(
      name: "a quote inside a bare field", text: "a,b\n1,x\"y\n2,z\n", columns: ["a", "b"],
      rows: [["2", "z"]], rejectedLines: [2]),
    Delimited(
      name: "text behind a quote", text: "a,b\n1,\"x\"y\n2,z\n", columns: ["a", "b"],
      rows: [["2", "z"]], rejectedLines: [2]),
    Delimited(
      name: "all empty", text: "a,b,c\n,,\n,,\n", columns: ["a", "b", "c"],
      rows: [["", "", ""], ["", "", ""]]),
    Delimited(
      name: "spaces in quotes", text: "a,b\n\" one \",\" two \"\n", columns: ["a", "b"],
      rows: [[" one ", " two "]]),
    Delimited(
      name: "trailing delimiters", text: "a,b,\n1,2,\n", columns: ["a", "b", ""],
      rows: [["1", "2", ""]]),
    Delimited(
      name: "empty last cell at the end of the text", text: "a,b\n1,", columns: ["a", "b"],
      rows: [["1", ""]]),
    Delimited(
      name: "nothing but quotes", text: "a\n\"\"\"\"\"\"\n", columns: ["a"], rows: [["\"\""]]),
    Delimited(
      name: "carriage return in quotes", text: "a,b\r\n\"1\r2\",\"3\n4\"\r\n", columns: ["a", "b"],
      rows: [["1\r2", "3\n4"]]),
    Delimited(
      name: "quotes, delimiter and break in the header", text: "\"a,1\",\"b \"\"x\"\"\ny\"\n1,2\n",
      columns: ["a,1", "b \"x\"\ny"], rows: [["1", "2"]]),
    Delimited(
      name: "byte order mark before a quote", text: "\u{FEFF}\"a\",\"b\"\n1,2\n",
      columns: ["a", "b"], rows: [["1", "2"]]),
    Delimited(
      name: "separator line in quotes", text: "\"sep=|\"\r\na|b\r\n1|2\r\n", columns: ["a", "b"],
      rows: [["1", "2"]]),
    Delimited(
      name: "backslash at the end of quotes",
      text: "a,b\n\"C:\\dir\\\",1\n\"D:\\\",2\n", columns: ["a", "b"],
      rows: [["C:\\dir\\", "1"], ["D:\\", "2"]]),
    Delimited(
      name: "separators of Unicode are text", text: "a,b\n1,x\u{2028}\u{85}\u{C}\u{1A}y\n",
      columns: ["a", "b"], rows: [["1", "x\u{2028}\u{85}\u{C}\u{1A}y"]]),
    Delimited(name: "header only", text: "a,b\n", columns: ["a", "b"], rows: []),
  ]

  @Test(arguments: delimited)
  func `reads delimited text as the suites expect`(_ expected: Delimited) throws {
    let preview = try ExportFixtures.preview(expected.text, "x.csv")
    #expect(preview.columns == expected.columns)
    #expect(preview.rows == expected.rows)
    #expect(preview.rejected.map(\.line) == expected.rejectedLines)
    #expect(preview.total == expected.rows.count + expected.rejectedLines.count)
  }

  @Test func `says where a quote is opened that nobody closes`() {
    let refusal = ExportFixtures.refusal("a,b\n1,\"x\n2,3\n", "x.csv")
    #expect(refusal?.code == .malformed)
    #expect(refusal?.line == 2)
    #expect(refusal?.column == 3)
  }

  @Test func `says on which line zero bytes begin`() {
    let refusal = ExportFixtures.refusal("a,b\n1,2\n\0\0\0\0", "x.csv")
    #expect(refusal?.code == .truncated)
    #expect(refusal?.line == 3)
  }
}
