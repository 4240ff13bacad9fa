import Effects
import Formats
import Foundation

/// Where and when the figures were taken.
struct Machine: Sendable {
  let processor: String
  let cores: Int
  let memoryBytes: Int
  let kernel: String
  let date: Timestamp
  /// Processes that wanted to run during the last minute, on average, before the first figure.
  let load: Double

  /// Above it others work on the machine, and the figures say little.
  static let loadMax = 0.5

  init() {
    let lines = Self.text("/proc/cpuinfo").split(separator: "\n")
    processor = Self.value(of: "model name", in: lines) ?? "unknown processor"
    cores = ProcessInfo.processInfo.activeProcessorCount
    memoryBytes = Int(ProcessInfo.processInfo.physicalMemory)
    let system = Self.text("/proc/sys/kernel/ostype").trimmed
    kernel = "\(system) \(Self.text("/proc/sys/kernel/osrelease").trimmed)"
    date = SystemTime().now
    load = Self.text("/proc/loadavg").split(separator: " ").first.flatMap { Double($0) } ?? 0
  }

  /// One line for people.
  var line: String {
    let gigabytes = (Double(memoryBytes) / 1e9).rounded()
    return "\(processor), \(cores) cores, \(Int(gigabytes)) GB, \(kernel), \(date.rfc3339)"
  }

  /// What to tell people if the machine is busy.
  var warning: String? {
    load > Self.loadMax ? "others work on this machine (load \(load)): figures are too high" : nil
  }

  var json: JSONObject {
    [
      "processor": .string(processor), "cores": .int(cores), "memory_bytes": .int(memoryBytes),
      "kernel": .string(kernel), "date": .string(date.rfc3339), "load": Quantity.json(load),
    ]
  }

  /// The most memory that this process had resident at once; what it starts can't show less.
  static var ownPeakBytes: Int {
    let lines = text("/proc/self/status").split(separator: "\n")
    let kibibytes = value(of: "VmHWM", in: lines)?.split(separator: " ").first.flatMap { Int($0) }
    return (kibibytes ?? 0) * 1_024
  }

  private static func value(of name: String, in lines: [Substring]) -> String? {
    let line = lines.first { $0.hasPrefix(name) }
    return line?.split(separator: ":", maxSplits: 1).last.map { String($0).trimmed }
  }

  private static func text(_ path: String) -> String {
    (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
  }
}

extension String {
  fileprivate var trimmed: String { trimmingCharacters(in: .whitespacesAndNewlines) }
}
