/// What the command line asks for.
struct Options: Sendable {
  /// Customers on each side.
  var size = 1_000_000
  /// The seed of the generated data.
  var seed: UInt64 = 1
  /// How often each work is measured; the median is shown.
  var rounds = 3
  /// Names of groups to measure; all when empty.
  var only: [String] = []
  /// Where to write the results as JSON.
  var json: String?
  /// Where data and databases go; a folder of its own unless given.
  var work: String?
  /// The `resetsync` to measure; the one beside this program unless given.
  var program: String?
  /// A Python with `duckdb` and `dlt`.
  var python: String?
  /// Measures resetsync alone.
  var skipsOthers = false
  /// Leaves the folder with data and databases.
  var keeps = false
  /// Measures growth over `growthSizes` instead of the table.
  var isGrowth = false
  /// The largest size of the growth table.
  var growthMax = 5_000_000

  static let growthSizes = [10_000, 100_000, 1_000_000, 5_000_000]

  static let usage = """
    usage: Benchmarks [options]

      --size N         customers on each side (1000000)
      --seed S         the seed of the generated data (1)
      --rounds R       how often each work is measured; the median is shown (3)
      --only NAME,...  only these groups: \(Groups.names.joined(separator: ", "))
      --growth         time and memory over 10,000 to 5,000,000 customers instead of the table
      --growth-max N   the largest size of that (5000000)
      --json FILE      write the results as JSON too
      --work DIR       where data and databases go (a folder below the temporary one)
      --keep           leave that folder
      --program PATH   the resetsync to measure (the one beside this program)
      --python PATH    a Python with duckdb and dlt
      --skip-others    measure resetsync alone
    """

  init() {}

  /// Reads the options; throws `BenchmarkError` with what is wrong.
  init(_ words: [String]) throws(BenchmarkError) {
    var left = ArraySlice(words)
    while let word = left.popFirst() {
      let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
      switch parts[0] {
      case "--growth": isGrowth = true
      case "--keep": keeps = true
      case "--skip-others": skipsOthers = true
      default:
        guard let value = parts.count == 2 ? parts[1] : left.popFirst() else {
          throw BenchmarkError("\(word): unknown, or its value is missing")
        }
        try set(parts[0], value)
      }
    }
    for name in only where !Groups.names.contains(name) {
      throw BenchmarkError("--only: no group is named \(name)")
    }
  }

  private mutating func set(_ name: String, _ value: String) throws(BenchmarkError) {
    switch name {
    case "--size": size = try Self.number(name, value, in: 100...50_000_000)
    case "--seed": seed = UInt64(try Self.number(name, value, in: 0...Int.max))
    case "--rounds": rounds = try Self.number(name, value, in: 1...99)
    case "--growth-max": growthMax = try Self.number(name, value, in: 10_000...5_000_000)
    case "--only": only = value.split(separator: ",").map(String.init)
    case "--json": json = value
    case "--work": work = value
    case "--program": program = value
    case "--python": python = value
    default: throw BenchmarkError("unknown option \(name)")
    }
  }

  private static func number(
    _ name: String, _ text: String, in range: ClosedRange<Int>
  ) throws(BenchmarkError) -> Int {
    guard let number = Int(text.replacing("_", with: "")), range.contains(number) else {
      throw BenchmarkError(
        "\(name) takes a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }
}

/// Why something could not be measured, in words.
struct BenchmarkError: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}
