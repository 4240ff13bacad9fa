import Formats
import Mirror
import Reconciliation
import Testing

@testable import Benchmarks

struct DataTests {
  private func text(_ export: ExportText) throws -> [UInt8] {
    var bytes: [UInt8] = []
    try export.write { bytes += $0 }
    return bytes
  }

  @Test func `the same seed makes the same bytes, another seed others`() throws {
    let first = try text(ExportText(size: 2_000, seed: 1))
    #expect(try text(ExportText(size: 2_000, seed: 1)) == first)
    #expect(try text(ExportText(size: 2_000, seed: 2)) != first)
  }

  @Test(arguments: [1, 2, 100, 997, 12_345])
  func `a shuffle visits every number once`(_ count: Int) {
    let shuffle = Shuffle(count: count, seed: 7)
    let numbers = (0..<count).map(shuffle.number(at:))
    #expect(numbers.sorted() == Array(0..<count))
    if count > 100 { #expect(numbers != numbers.sorted()) }
  }

  @Test func `an export has twelve columns in every row, quoted or not, and the order asked for`()
    throws
  {
    for isQuoted in [false, true] {
      var reader = CSVReader()
      reader.feed(
        try text(ExportText(size: 300, seed: 1, order: .shuffled, isQuoted: isQuoted)))
      reader.finish()
      var keys: [String] = []
      while let row = try reader.next() {
        #expect(row.count == ExportText.columns.count)
        #expect(row.isQuoted(0) == isQuoted)
        keys.append(row.text(0))
      }
      keys.removeFirst()
      #expect(keys.sorted() == (0..<300).map { Customer.reference($0) })
      #expect(keys != keys.sorted())
    }
  }

  @Test func `exactly the rows asked for change`() throws {
    let first = try text(ExportText(size: 1_000, seed: 1)).split(separator: 0x0A)
    let second = try text(ExportText(size: 1_000, seed: 1, changed: 100)).split(separator: 0x0A)
    #expect(zip(first, second).count { $0 != $1 } == 100)
  }

  @Test func `resets have an id of their own, metadata that is JSON, and keys of the mapping`()
    throws
  {
    let book = try Site.book()
    let resets = Array(ResetSides(size: 2_000, seed: 1, likeness: .mixed).all)
    #expect(Set(resets.map(\.id)).count == 2_000)
    #expect(Set(resets.map(\.reference)).count == 2_000)
    for reset in resets {
      #expect(try JSONValue(parsing: reset.metadata).objectValue != nil)
      guard case .known("crm", _) = reset.row(book).key else {
        Issue.record("no key for \(reset.reference)")
        return
      }
    }
    #expect(resets == Array(ResetSides(size: 2_000, seed: 1, likeness: .mixed).all))
  }

  @Test func `options are read, and what is wrong with them is told`() throws {
    let options = try Options(["--size", "20_000", "--only=json,csv", "--skip-others"])
    #expect(options.size == 20_000)
    #expect(options.only == ["json", "csv"])
    #expect(options.skipsOthers)
    for wrong in [["--size"], ["--size", "x"], ["--only", "nothing"], ["--what", "1"]] {
      #expect(throws: BenchmarkError.self) { try Options(wrong) }
    }
  }
}
