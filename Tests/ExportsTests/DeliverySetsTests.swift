import Effects
import Exports
import Formats
import Reconciliation
import TestKit
import Testing

/// Which files are one delivery, and whether it is complete.
@Suite struct DeliverySetsTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func look(
    _ names: [String], later: Double = 3_600, pattern: String = #"^(?<set>.+)_(?<part>\d+)\.csv"#,
    count: Int? = nil
  ) throws -> SourceLook {
    for name in names { try folder.write("ID\n\(name)\n", to: name) }
    var rule = ExportRule(path: "*", format: .csv)
    rule.parts = PartsRule(pattern: try #require(TextPattern(pattern)), count: count)
    let time = ManualTime(at: SystemTime().now.adding(seconds: later))
    return WaitingExports(files: Files(), time: time).look(at: [rule], in: folder.path)
  }

  private func words(_ look: SourceLook) -> [String] {
    look.deliveries.map { delivery in
      guard case .incomplete(let reason) = delivery.readiness else {
        return delivery.readiness == .ready ? delivery.name : "\(delivery.name) settles"
      }
      return reason
    }
  }

  @Test(arguments: [
    (["k_1.csv", "k_2.csv"], ["k (2 parts)"]), (["k_0.csv", "k_1.csv"], ["k (2 parts)"]),
    (["k_001.csv", "k_2.csv", "k_03.csv"], ["k (3 parts)"]), (["k_1.csv"], ["k (1 part)"]),
    (["k_1.csv", "k_3.csv"], ["k: part 2 is not there yet; there are 1, 3"]),
    (["k_3.csv"], ["k: part 1 and 1 more are not there yet; there is 3"]),
    (["k_1.csv", "k_01.csv"], ["k: part 1 is there twice, as k_01.csv and as k_1.csv"]),
    (["a_1.csv", "b_1.csv", "a_2.csv"], ["a (2 parts)", "b (1 part)"]),
  ])
  func `numbers without a gap are a set`(_ names: [String], _ found: [String]) throws {
    #expect(try words(look(names)).sorted() == found)
  }

  @Test(arguments: [
    (["k_0.csv", "k_1.csv"], 2, ["k (2 parts)"]), (["k_1.csv", "k_2.csv"], 2, ["k (2 parts)"]),
    (["k_1.csv"], 2, ["k: part 2 is not there yet; there is 1"]),
    (["k_2.csv"], 2, ["k: part 1 is not there yet; there is 2"]),
    (
      ["k_1.csv", "k_2.csv", "k_3.csv"], 2,
      ["k: part 3 is there, but an export has 2 parts (\"count\")"]
    ),
  ])
  func `a count tells when a set is whole`(
    _ names: [String], _ count: Int, _ found: [String]
  ) throws {
    #expect(try words(look(names, count: count)) == found)
  }

  @Test func `parts come in the order of their numbers, not of their names`() throws {
    let names = (0...11).map { "k_\($0).csv" }
    let look = try look(names.shuffled())
    #expect(look.deliveries.map { $0.files.map(\.name) } == [names])
    #expect(look.deliveries.first?.size == names.reduce(0) { $0 + $1.utf8.count + 4 })
  }

  @Test func `a set settles with the last of its files`() throws {
    #expect(try words(look(["k_1.csv", "k_2.csv"], later: 1)) == ["k (2 parts) settles"])
  }

  @Test func `parts may be packed, and lie beside what is none`() throws {
    let look = try look(["k_1.csv.zip", "k_2.csv.zip", "readme.csv"])
    #expect(words(look) == ["k (2 parts)"])
    #expect(look.passedOver == [PassedOver(folder.path("readme.csv"), .noPart)])
    #expect(look.exports.count == 2)
  }

  @Test func `deliveries that are numbered come by their numbers`() throws {
    for name in ["d_3.csv", "d_1.csv", "d_10.csv"] { try folder.write("ID\n", to: name) }
    var rule = ExportRule(path: "*", format: .csv)
    rule.proof = ProofRule()
    rule.proof?.sequence = .name(try #require(TextPattern(#"_(\d+)\."#)))
    let look = WaitingExports(files: Files(), time: SystemTime()).look(at: [rule], in: folder.path)
    #expect(look.deliveries.map(\.sequenceNumber) == [1, 3, 10])
  }

  @Test func `what proves a delivery is never one itself`() throws {
    for name in [
      "a.csv", "a.csv.sha256", "a.json", "manifest.csv", "b.csv.sha256", "c.json",
    ] {
      try folder.write("ID\n", to: name)
    }
    var rule = ExportRule(path: "*", format: .csv)
    rule.proof = ProofRule()
    rule.proof?.sidecar = "{file}.sha256"
    rule.proof?.manifest = ProofRule.Manifest(path: "{stem}.json")
    let finder = WaitingExports(files: Files(), time: SystemTime())
    #expect(
      finder.look(at: [rule], in: folder.path).deliveries.map(\.name).sorted()
        == ["a.csv", "c.json", "manifest.csv"])
    rule.proof?.manifest = ProofRule.Manifest(path: "manifest.csv")
    #expect(
      finder.look(at: [rule], in: folder.path).deliveries.map(\.name).sorted()
        == ["a.csv", "a.json", "c.json"])
  }

  // MARK: - Parts that nobody told of

  @Test(arguments: [
    (["K_20261122_001.csv", "K_20261122_002.csv"], #"^(?<set>.+)_(?<part>\d+)\.csv$"#),
    (["part1_20261122.csv", "part2_20261122.csv"], #"^part(?<part>\d+)_(?<set>.+)\.csv$"#),
    (["k-0.csv.gz", "k-1.csv.gz"], #"^(?<set>.+)-(?<part>\d+)\.csv\.gz$"#),
  ])
  func `names that differ in a small number are taken apart by the proposed pattern`(
    _ names: [String], _ pattern: String
  ) throws {
    let groups = UntoldParts.groups(try single(names))
    #expect(groups.map(\.pattern) == [pattern])
    let matcher = try #require(TextPattern(pattern)).matcher
    let found = names.map { matcher.groups(in: $0) }
    #expect(Set(found.map { $0?["set"] }).count == 1)
    #expect(Set(found.map { $0?["part"] }).count == 2)
  }

  @Test(arguments: [
    ["K_20261121.csv", "K_20261122.csv"], ["K_17.csv", "K_18.csv"], ["a.csv", "b.csv"],
    ["K_1_a.csv", "K_2_b.csv"], ["K_20261122_0200.csv", "K_20261122_1400.csv"],
  ])
  func `others are exports of their own`(_ names: [String]) throws {
    #expect(UntoldParts.groups(try single(names)).isEmpty)
  }

  @Test func `keys in common tell one export after the other`() throws {
    let mapping = try ExportReaderTests.mapping()
    let texts = ["1,A,1\n2,B,2\n", "3,C,3\n4,D,4\n", "1,A,1\n3,C,9\n"]
    for (number, rows) in texts.enumerated() {
      try folder.write("id,name,limit\n\(rows)", to: "k_\(number).csv")
    }
    let finder = WaitingExports(files: Files(), time: SystemTime())
    let files = try (0...2).map {
      Delivery(try #require(try finder.look(folder.path("k_\($0).csv"), mapping.export)))
    }
    let group = try #require(UntoldParts.groups(files).first)
    #expect(
      group.sibling(apartFrom: files[0], among: [files[1]], by: mapping) == files[1])
    #expect(group.sibling(apartFrom: files[0], among: [files[1], files[2]], by: mapping) == nil)
  }

  private func single(_ names: [String]) throws -> [Delivery] {
    for name in names { try folder.write("ID\n", to: name) }
    let rule = ExportRule(path: "*", format: .csv)
    return WaitingExports(files: Files(), time: SystemTime()).look(at: [rule], in: folder.path)
      .deliveries
  }
}
