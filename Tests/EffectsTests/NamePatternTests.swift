import Effects
import Testing

@Suite struct NamePatternTests {
  @Test(arguments: [
    ("*.csv", "a.csv", true), ("*.csv", "A.CSV", true), ("*.csv", "folder/a.csv", true),
    ("*.csv", "a.csv.bak", false), ("a?.csv", "a1.csv", true), ("a?.csv", "a.csv", false),
    ("a[0-9].csv", "a7.csv", true), ("a[0-9].csv", "ax.csv", false), ("a.csv", "a.csv", true),
    ("a.csv", "axcsv", false), ("größe*", "Größe.csv", true), ("", "a", false), ("*", "", true),
  ])
  func `stands for names as in a shell`(pattern: String, name: String, expected: Bool) {
    #expect(NamePattern(pattern).matches(name) == expected)
  }
}
