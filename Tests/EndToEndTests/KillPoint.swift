import Foundation

/// The boundaries of a process with the outside world, at which it can be killed.
enum PointKind: String, CaseIterable {
  /// Before or after each fsync: what a commit is made of.
  case sync
  /// Before or after each piece of a request, and after each piece of an answer.
  case send
  /// Before or after each write into a file.
  case write
  /// Before or after each rename, deletion and truncation.
  case name
}

/// One moment of a run: the n-th call of a kind, before it happens or after it took effect.
struct KillPoint: CustomStringConvertible {
  let kind: PointKind
  let number: Int
  let isAfter: Bool

  var description: String { "\(isAfter ? "after" : "before") \(kind.rawValue) \(number)" }

  /// What the library needs to know to kill here.
  var environment: [String: String] {
    [
      "LD_PRELOAD": KillPointLibrary.path ?? "", "POINT_KINDS": kind.rawValue,
      "POINT_KILL": String(number), "POINT_AFTER": isAfter ? "1" : "0",
    ]
  }

  /// Points spread evenly over all the moments of a run that were counted; all of them, and then
  /// all of them again, where more are asked for.
  static func spread(_ count: Int, over calls: [PointKind: Int]) -> [KillPoint] {
    let all = PointKind.allCases.map { kind in
      (0..<(calls[kind] ?? 0) * 2).map {
        KillPoint(kind: kind, number: $0 / 2 + 1, isAfter: $0 % 2 == 1)
      }
    }.filter { !$0.isEmpty }
    guard !all.isEmpty else { return [] }
    // Every kind gets its share, so that the many writes do not crowd out the few commits.
    let share = (count + all.count - 1) / all.count
    return all.flatMap { points in
      (0..<share).map { place in
        share < points.count ? points[place * points.count / share] : points[place % points.count]
      }
    }
  }
}

/// `Tests/Proof/kill_point.c`, compiled once; nil where there is no C compiler.
enum KillPointLibrary {
  static let path = ProofLibrary.compiled("kill_point")
}

/// Libraries of `Tests/Proof` that are preloaded into the program.
enum ProofLibrary {
  /// Compiles `NAME.c`; nil where there is no C compiler.
  static func compiled(_ name: String) -> String? {
    let source = URL(filePath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "Proof/\(name).c").path
    let target = NSTemporaryDirectory() + "resetsync-\(name)-\(getpid()).so"
    for compiler in ["cc", "clang", "gcc"] {
      let process = Process()
      process.executableURL = URL(filePath: "/usr/bin/env")
      process.arguments = [compiler, "-shared", "-fPIC", "-O1", "-o", target, source, "-ldl"]
      process.standardError = FileHandle.nullDevice
      guard (try? process.run()) != nil else { continue }
      process.waitUntilExit()
      if process.terminationStatus == 0 { return target }
    }
    return nil
  }
}

extension Shop {
  /// The mirror's files that a power loss may cut.
  static let mirrorFiles = ["mirror.sqlite", "mirror.sqlite-wal"]

  /// How often a command makes calls of a kind, by running it to its end.
  func calls(of kind: PointKind, in arguments: [String]) async throws -> Int {
    var counted = program
    let point = KillPoint(kind: kind, number: 0, isAfter: false)
    counted.environment.merge(point.environment) { $1 }
    counted.environment["POINT_COUNT"] = folder + "/count"
    _ = try await counted.run(arguments)
    let text = try String(contentsOfFile: folder + "/count", encoding: .utf8)
    return Int(text) ?? 0
  }

  /// Runs a command and kills it at a point; whether it died there.
  func kill(_ arguments: [String], at point: KillPoint, durable: String? = nil) async throws -> Bool
  {
    var dying = program
    dying.environment.merge(point.environment) { $1 }
    dying.environment["POINT_DURABLE"] = durable
    return try await dying.run(arguments).exit == -SIGKILL
  }

  /// Starts a folder that follows what the disk holds of the mirror for certain.
  func startDurable() throws -> String {
    let durable = folder + "/durable"
    try? FileManager.default.removeItem(atPath: durable)
    try FileManager.default.createDirectory(atPath: durable, withIntermediateDirectories: true)
    for name in Self.mirrorFiles
    where FileManager.default.fileExists(atPath: "\(folder)/var/\(name)") {
      try FileManager.default.copyItem(
        atPath: "\(folder)/var/\(name)", toPath: "\(durable)/\(name)")
    }
    return durable
  }

  /// Takes away from the mirror what was never synced; `tornBytes` of it stay in the log.
  func losePower(keeping durable: String, tornBytes: Int) throws {
    let files = FileManager.default
    for name in Self.mirrorFiles {
      let path = "\(folder)/var/\(name)"
      let now = files.contents(atPath: path) ?? Data()
      var kept = files.contents(atPath: "\(durable)/\(name)")
      if name.hasSuffix("-wal"), let synced = kept, now.starts(with: synced) {
        kept = now.prefix(synced.count + tornBytes)
      }
      if files.fileExists(atPath: path) { try files.removeItem(atPath: path) }
      if let kept { try kept.write(to: URL(filePath: path)) }
    }
    try? files.removeItem(atPath: "\(folder)/var/mirror.sqlite-shm")
  }
}
