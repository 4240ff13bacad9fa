import Effects
import Formats
import Foundation

/// Measures the program beside other tools on the same work, and prints a table.
///
/// No test measures time; this does, when it is asked to.
@main
enum BenchmarkProgram {
  static func main() async {
    var words = Array(CommandLine.arguments.dropFirst())
    do {
      if words.first == "inner", words.count > 1 {
        return try await InnerCommand.run(words[1], .init(Array(words.dropFirst(2))))
      }
      if words.contains("--help") || words.contains("-h") { return print(Options.usage) }
      if words.first == "--" { words.removeFirst() }
      try measure(try Options(words))
    } catch {
      FileHandle.standardError.write(Data("bench: \(error)\n".utf8))
      exit(1)
    }
  }

  private static func measure(_ options: Options) throws {
    let machine = Machine()
    let bench = try Bench(options)
    defer { if !options.keeps { try? Scratch.remove(bench.folder) } }
    bench.say(machine.line)
    if let warning = machine.warning { bench.say(warning) }
    var findings: [Finding] = []
    var growth: [GrowthRows.Line] = []
    if options.isGrowth {
      growth = GrowthRows.measure(bench)
    } else {
      for group in Groups.all where options.only.isEmpty || options.only.contains(group.name) {
        do {
          findings += try group.measure(bench)
        } catch {
          bench.skip(group.name, "\(error)")
        }
      }
    }
    report(machine, bench, findings, growth)
    if let path = options.json {
      let document = ResultJSON.document(
        machine, options, findings: findings, skipped: bench.skipped, growth: growth)
      try Files().write(Array((document.written() + "\n").utf8), to: path)
    }
  }

  private static func report(
    _ machine: Machine, _ bench: Bench, _ findings: [Finding], _ growth: [GrowthRows.Line]
  ) {
    let options = bench.options
    print(machine.line)
    if let warning = machine.warning { print("Attention: \(warning).") }
    print("seed \(options.seed), median of \(options.rounds) rounds; peak is resident memory")
    print("(figures below \(Machine.ownPeakBytes / 1_000_000) MB would show as that)\n")
    if !findings.isEmpty {
      print(TableText.table(findings))
      print("\n" + TableText.notes(findings))
    }
    if !growth.isEmpty { print(TableText.growth(growth)) }
    for skipped in bench.skipped { print("skipped: \(skipped.name): \(skipped.reason)") }
  }
}
