// swift-tools-version: 6.2
import PackageDescription

/// The house settings: every module is built the same way, and a warning fails the build.
let house: [SwiftSetting] = [
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  .strictMemorySafety(),
]

/// One room of the house: a library target that may import the named rooms below it and no other.
func room(_ name: String, on lower: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: lower, swiftSettings: house)
}

/// The tests of one room; file names mirror the source.
func tests(
  of name: String, with others: [Target.Dependency] = [], excluding: [String] = []
) -> Target {
  .testTarget(
    name: "\(name)Tests",
    dependencies: [.init(stringLiteral: name), "TestKit"] + others,
    exclude: excluding,
    swiftSettings: house)
}

/// Set to build the fuzzing program in place of door and tests (`Tests/Proof/fuzz.py`).
///
/// That program takes the decoder of the configuration along, which lives at the door.
let isFuzzing = Context.environment["RESETSYNC_FUZZING"] != nil
let fuzzing: Target = .executableTarget(
  name: "Fuzzing",
  dependencies: [
    "CommerceLayer", "Effects", "Exports", "Formats", "HTTP", "Pipeline", "Reconciliation",
    "TestKit",
  ],
  path: "Tests/Fuzzing", exclude: ["Corpus", "Dictionaries"],
  swiftSettings: house)

let package = Package(
  name: "resetsync",
  products: [.executable(name: "resetsync", targets: ["resetsync"])],
  targets: [
    // Floor 0: what Swift can't call by itself.
    .systemLibrary(
      name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
    .systemLibrary(
      name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
    .systemLibrary(name: "CProcessor"),

    // Floor 1
    room("Formats", on: ["CProcessor"]),
    room("HTTP", on: ["CCurl"]),
    room("SQLite", on: ["CSQLite"]),

    // Floor 2
    room("Reconciliation", on: ["Formats"]),
    room("Effects", on: ["Formats"]),

    // Floor 3
    room("CommerceLayer", on: ["HTTP", "Formats", "Effects"]),
    room("Exports", on: ["Reconciliation", "Formats", "Effects"]),
    room("Mirror", on: ["SQLite", "Reconciliation", "Formats"]),

    // Floor 4
    room("Engine", on: ["Mirror", "Reconciliation", "Formats", "Effects"]),

    // Floor 5
    room(
      "Pipeline",
      on: [
        "Engine", "CommerceLayer", "Exports", "Mirror", "Reconciliation", "Formats", "Effects",
      ]),
    room("Console", on: ["Mirror", "Reconciliation", "Formats", "HTTP", "Effects"]),
    room("Sandbox", on: ["HTTP", "Formats", "Effects"]),

    // Floor 6: the door
    .executableTarget(
      name: "resetsync",
      dependencies: [
        "Pipeline", "Console", "Sandbox", "CommerceLayer", "Exports", "Mirror",
        "Reconciliation", "Effects", "Formats", "HTTP",
      ],
      swiftSettings: house),

    // Tests
    .target(
      name: "TestKit", dependencies: ["Effects", "Formats", "Reconciliation"],
      path: "Tests/TestKit",
      swiftSettings: house),
    .target(
      name: "MirrorKit",
      dependencies: ["TestKit", "Engine", "Mirror", "Reconciliation", "SQLite", "Formats"],
      path: "Tests/MirrorKit", swiftSettings: house),
    .target(
      name: "SandboxKit", dependencies: ["HTTP"], path: "Tests/SandboxKit",
      swiftSettings: house),
    .executableTarget(
      name: "Benchmarks",
      dependencies: [
        "Pipeline", "Sandbox", "CommerceLayer", "Exports", "Mirror", "Reconciliation", "Effects",
        "Formats", "HTTP", "TestKit",
      ],
      path: "Tests/Benchmarks", exclude: ["Scripts"], swiftSettings: house),
    tests(of: "Benchmarks", with: ["Formats", "Mirror", "Reconciliation"]),
    tests(of: "Formats"),
    tests(of: "HTTP"),
    tests(of: "SQLite"),
    tests(of: "Reconciliation", with: ["Formats"]),
    tests(of: "Effects", with: ["Formats"]),
    tests(of: "CommerceLayer", with: ["SandboxKit", "Sandbox", "HTTP", "Formats", "Effects"]),
    tests(of: "Exports", with: ["Reconciliation", "Formats", "Effects"]),
    tests(
      of: "Mirror",
      with: [
        "MirrorKit", "Engine", "SQLite", "CSQLite", "Reconciliation", "Formats", "Effects",
      ],
      excluding: ["Stored"]),
    tests(of: "Engine", with: ["MirrorKit", "Mirror", "Reconciliation", "SQLite", "Formats"]),
    tests(
      of: "Pipeline",
      with: [
        "SandboxKit", "Engine", "CommerceLayer", "Exports", "HTTP", "Mirror", "Reconciliation",
        "Sandbox", "SQLite", "Formats", "Effects",
      ]),
    tests(of: "Sandbox", with: ["HTTP", "Formats", "Effects"]),
    tests(
      of: "Console", with: ["Engine", "Mirror", "Reconciliation", "Formats", "HTTP", "Effects"],
      excluding: ["Golden"]),
    .testTarget(name: "HouseRulesTests", swiftSettings: house),
    .testTarget(
      name: "EndToEndTests", dependencies: ["Benchmarks", "resetsync", "TestKit"],
      swiftSettings: house),
  ],
  swiftLanguageModes: [.v6]
)

if isFuzzing {
  let isReplaced = { (target: Target) in target.name == "resetsync" || target.type == .test }
  package.products = []
  package.targets = package.targets.filter { !isReplaced($0) } + [fuzzing]
}
