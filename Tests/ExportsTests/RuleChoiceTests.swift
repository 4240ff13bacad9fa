import Exports
import Reconciliation
import Testing

@Suite struct RuleChoiceTests {
  static func mapping(_ paths: [String]) -> Mapping {
    Mapping(
      name: "m", origins: ["m"], exports: paths.map { ExportRule(path: $0, format: .csv) },
      reference: ReferenceRule(columns: ["ID"]), fields: [])
  }

  @Test func `a file named by hand belongs to the rule whose path fits its name`() {
    let two = Self.mapping(["in/kunden_[0-9]*.csv", "in/delta_*.csv"])
    #expect(two.rule(forFileNamed: "kunden_20261201.csv") == two.exports[0])
    #expect(two.rule(forFileNamed: "delta_1.csv") == two.exports[1])
    #expect(two.rule(forFileNamed: "kunden.csv") == nil)
    #expect(two.rule(forFileNamed: ".delta_1.csv") == nil)
    let blurred = Self.mapping(["*.csv", "delta_*.csv"])
    #expect(blurred.rule(forFileNamed: "delta_1.csv") == nil)
    let one = Self.mapping(["in/*.csv"])
    #expect(one.rule(forFileNamed: "anything.txt") == one.export)
  }
}
