import Effects
import Exports
import Formats
import Foundation
import Sandbox

/// The folder that a demo plays in: configuration, mappings, exports, mirror, logs, report.
struct DemoFolder: Sendable {
  let path: String
  /// Whether it stays when the demo is over.
  let isKept: Bool
  private let samples: DemoSamples

  init(_ kept: String?, _ world: World, samples: DemoSamples) throws {
    self.samples = samples
    isKept = kept != nil
    path = kept ?? NSTemporaryDirectory() + "resetsync-demo-\(world.random.below(1 << 32))"
    let mirror = path + "/var/resetsync.sqlite"
    if Files().exists(mirror) {
      throw Failure(
        .usage, "\(path) holds a demo already", hint: "name another folder, or remove it first")
    }
    for folder in ["", "/Config", "/Mappings", "/Mappings/samples", "/var"] {
      try Files().makeFolder(path + folder)
    }
    for mapping in try samples.mappings() {
      let target = "\(path)/Mappings/\(FilePath.name(of: mapping))"
      try FileManager.default.copyItem(atPath: mapping, toPath: target)
    }
  }

  var configuration: String { path + "/Config/resetsync.json" }
  var report: String { path + "/var/report.html" }

  /// Puts the exports up to a day of the story into their folders, as a transfer would have done
  /// that night, and dates them so many days later.
  func deliver(until day: CivilDate, datedLater days: Int) throws {
    for export in try samples.exports() {
      let name = FilePath.name(of: export)
      guard let time = FileNameTime(in: name) else { continue }
      let date = time.instant.civil().date
      guard date <= day else { continue }
      let folder = "\(path)/Mappings/samples/\(FilePath.name(of: FilePath.folder(of: export)))"
      let later = CivilDate(daysSinceEpoch: date.daysSinceEpoch + days)
      let target = "\(folder)/\(Self.redated(name, from: date, to: later))"
      guard !Files().exists(target) else { continue }
      try Files().makeFolder(folder)
      try FileManager.default.copyItem(atPath: export, toPath: target)
      let seconds = Double(time.instant.microseconds) / 1e6 + 86_400 * Double(days)
      try FileManager.default.setAttributes(
        [.modificationDate: Date(timeIntervalSince1970: seconds)], ofItemAtPath: target)
    }
  }

  /// The name with another day in it, however it writes days.
  private static func redated(_ name: String, from day: CivilDate, to other: CivilDate) -> String {
    ["", "-"].reduce(name) { name, mark in
      name.replacing(written(day, mark), with: written(other, mark))
    }
  }

  private static func written(_ day: CivilDate, _ mark: String) -> String {
    [day.year, day.month, day.day].map { ($0 < 10 ? "0" : "") + String($0) }
      .joined(separator: mark)
  }

  /// Writes the configuration for a simulator at this address, its credential in two files.
  func write(_ address: SandboxAddress) throws {
    try Files().write(Array(address.clientID.utf8), to: path + "/Config/client_id")
    try Files().write(Array(address.clientSecret.utf8), to: path + "/Config/client_secret")
    let text = """
      // The configuration of the demo; Config/resetsync.json of the project explains every key.
      {
        "api": {
          "base_url": "\(address.baseURL)",
          "token_url": "\(address.tokenURL)",
          "client_id": {"file": "client_id"},
          "client_secret": {"file": "client_secret"},
          "organization": "\(address.organization)",
          "mode": "\(address.mode.rawValue)",
          "limits": "none",  // the simulator of the demo lifts its rate limits
        },
        "mirror": {"path": "../var/resetsync.sqlite"},
        "mappings": ["../Mappings/*.json"],
        "safety": {"first_run": "push"},  // a real configuration leaves this at "approve"
        "conflicts": {"log": "../var/conflicts.ndjson", "grace": "0s"},
        "report": {"path": "../var/report.html"},
      }

      """
    try Files().write(Array(text.utf8), to: configuration)
  }

  /// Leaves the shop's state, so that the simulator can be started on it again.
  func keep(_ sandbox: Sandbox) throws {
    guard isKept else { return }
    try Files().write(Array(sandbox.seedDocument().written().utf8), to: path + "/shop.json")
  }
}
