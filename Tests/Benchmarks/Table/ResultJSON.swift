import Formats

/// The results as programs read them.
enum ResultJSON {
  static func document(
    _ machine: Machine, _ options: Options, findings: [Finding], skipped: [Skipped],
    growth: [GrowthRows.Line]
  ) -> JSONObject {
    [
      "machine": .object(machine.json), "size": .int(options.size),
      "seed": .number(JSONNumber(Int(options.seed))), "rounds": .int(options.rounds),
      "own_peak_bytes": .int(Machine.ownPeakBytes),
      "findings": .array(findings.map { .object(finding($0)) }),
      "growth": .array(growth.map { .object(line($0)) }),
      "skipped": .array(
        skipped.map { .object(["name": .string($0.name), "reason": .string($0.reason)]) }),
    ]
  }

  private static func finding(_ finding: Finding) -> JSONObject {
    [
      "name": .string(finding.name), "work": .string(finding.work),
      "compared": .string(finding.compared), "unit": .string(finding.figure.unit.rawValue),
      "median": Quantity.json(finding.figure.value),
      "samples": .array(finding.samples.map(Quantity.json)),
      "runs": .array(finding.runs.map { .object(usage($0)) }),
      "peak_bytes": finding.peakBytes.map { .int($0) } ?? .null,
      "other": finding.other.map { .object(other($0)) } ?? .null,
      "ratio": finding.ratio.map(Quantity.json) ?? .null,
      "goal": finding.goal.map { .string($0.text(finding.figure.unit)) } ?? .null,
      "met": finding.isMet.map { .bool($0) } ?? .null,
    ]
  }

  private static func other(_ other: Finding.Other) -> JSONObject {
    [
      "name": .string(other.name), "median": Quantity.json(other.figure.value),
      "samples": .array(other.samples.map(Quantity.json)),
      "runs": .array(other.runs.map { .object(usage($0)) }),
    ]
  }

  private static func usage(_ usage: Usage) -> JSONObject {
    [
      "seconds": Quantity.json(usage.seconds), "user_seconds": Quantity.json(usage.userSeconds),
      "system_seconds": Quantity.json(usage.systemSeconds), "peak_bytes": .int(usage.peakBytes),
    ]
  }

  private static func line(_ line: GrowthRows.Line) -> JSONObject {
    let points = line.points.map { point -> JSONValue in
      .object(["size": .int(point.size), "usage": .object(usage(point.usage))])
    }
    return [
      "work": .string(line.work), "points": .array(points),
      "exponent": line.exponent.map(Quantity.json) ?? .null,
      "memory_exponent": line.memoryExponent.map(Quantity.json) ?? .null,
    ]
  }
}
