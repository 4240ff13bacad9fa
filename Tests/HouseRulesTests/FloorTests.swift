import Testing

/// The table of floors in the README, as data: what each room may import of ours.
private let mayImport: [String: Set<String>] = [
  "Formats": ["CProcessor"],
  "HTTP": ["CCurl"],
  "SQLite": ["CSQLite"],
  "Reconciliation": ["Formats"],
  "Effects": ["Formats"],
  "CommerceLayer": ["HTTP", "Formats", "Effects"],
  "Exports": ["Reconciliation", "Formats", "Effects"],
  "Mirror": ["SQLite", "Reconciliation", "Formats"],
  "Engine": ["Mirror", "Reconciliation", "Formats", "Effects"],
  "Pipeline": [
    "Engine", "CommerceLayer", "Exports", "Mirror", "Reconciliation", "Formats", "Effects",
  ],
  "Console": ["Mirror", "Reconciliation", "Formats", "HTTP", "Effects"],
  "Sandbox": ["HTTP", "Formats", "Effects"],
  "resetsync": [
    "Pipeline", "Console", "Sandbox", "CommerceLayer", "Exports", "Mirror", "Reconciliation",
    "Effects", "Formats", "HTTP",
  ],
]

/// The toolchain's modules that a room may use; Foundation only above the pure floor, which asks
/// the system for nothing but its encodings (`iconv`).
private let toolchain: [String: Set<String>] = [
  "Formats": ["Glibc", "Synchronization"],
  "Reconciliation": ["Foundation", "Synchronization"],
]

private let toolchainElsewhere: Set<String> = [
  "Foundation", "FoundationXML", "Dispatch", "Glibc", "Synchronization",
]

/// The module that a line imports, if it imports one.
private func importedModule(in line: String) -> String? {
  let words = line.split(separator: " ")
  guard let keyword = words.firstIndex(of: "import"), keyword <= 3 else { return nil }
  let modifiers: Set<Substring> = ["public", "internal", "@preconcurrency", "@testable", "private"]
  guard words[..<keyword].allSatisfy({ modifiers.contains($0) }) else { return nil }
  let kinds: Set<Substring> = ["struct", "class", "enum", "func", "protocol", "var", "let"]
  let names = words[(keyword + 1)...].drop { kinds.contains($0) }
  return names.first.map { String($0.split(separator: ".")[0]) }
}

struct FloorTests {
  @Test func `imports go down, never sideways`() {
    for file in HouseTree.sources {
      guard let ours = mayImport[file.module] else { continue }
      let system = toolchain[file.module] ?? toolchainElsewhere
      let wrong = file.places { line in
        importedModule(in: line).map { !ours.contains($0) && !system.contains($0) } ?? false
      }
      #expect(wrong.isEmpty, "\(wrong.joined(separator: "\n"))")
    }
  }

  @Test func `every room stands in the table`() {
    let rooms = Set(HouseTree.sources.map(\.module)).subtracting(["CCurl", "CProcessor", "CSQLite"])
    #expect(rooms == Set(mayImport.keys))
  }

  @Test func `only Mirror and SQLite talk SQL`() {
    let starts = [
      "SELECT ", "INSERT INTO", "UPDATE ", "DELETE FROM", "CREATE TABLE", "PRAGMA ",
    ]
    for file in HouseTree.sources where !["Mirror", "SQLite"].contains(file.module) {
      let wrong = file.places { line in
        !line.contains("//") && starts.contains { line.contains("\"\($0)") }
      }
      #expect(wrong.isEmpty, "\(wrong.joined(separator: "\n"))")
    }
  }

  @Test func `the rule can see an import that climbs`() {
    #expect(importedModule(in: "public import Mirror") == "Mirror")
    #expect(importedModule(in: "import struct Foundation.URL") == "Foundation")
    #expect(importedModule(in: "  // import nothing") == nil)
  }
}
