import Testing

struct HabitTests {
  /// A text in quotes may be longer: breaking it would hide what it says.
  @Test func `no line is longer than 100 columns`() {
    for file in HouseTree.files {
      let wrong = file.prose.places { $0.count > 100 && !$0.contains("\"") }
      #expect(wrong.isEmpty, "\(wrong.joined(separator: "\n"))")
    }
  }

  @Test func `no file is longer than 600 lines`() {
    let long = HouseTree.files.filter { $0.lines.count > 600 }.map(\.path)
    #expect(long.isEmpty, "\(long.joined(separator: "\n"))")
  }

  @Test func `the clock is read and slept on in Effects alone`() {
    let readings = [
      "Date()", "Date.now", "ContinuousClock", "Task.sleep", "Thread.sleep", "usleep(",
    ]
    for file in HouseTree.sources where file.module != "Effects" {
      let wrong = file.places { line in readings.contains { line.contains($0) } }
      #expect(wrong.isEmpty, "\(wrong.joined(separator: "\n"))")
    }
  }

  @Test func `nothing in Sources can trap on bad input by design`() {
    let traps = ["try!", "as!", "fatal" + "Error("]
    for file in HouseTree.sources {
      let wrong = file.places { line in traps.contains { line.contains($0) } }
      #expect(wrong.isEmpty, "\(wrong.joined(separator: "\n"))")
    }
  }

  @Test func `tests need no sleeps`() {
    let sleeps = ["Task." + "sleep", "Thread." + "sleep", "u" + "sleep("]
    for file in HouseTree.files where !file.isSource && file.module != "HouseRulesTests" {
      let wrong = file.places { line in sleeps.contains { line.contains($0) } }
      #expect(wrong.isEmpty, "\(wrong.joined(separator: "\n"))")
    }
  }

  @Test func `the two sides have one name each`() {
    let others = ["leftSide", "rightSide", "localSide", "sideA", "sideB", "masterSide", "slave"]
    for file in HouseTree.sources {
      let wrong = file.places { line in others.contains { line.contains($0) } }
      #expect(wrong.isEmpty, "\(wrong.joined(separator: "\n"))")
    }
  }

  @Test func `unfinished work has no place`() {
    let words = [
      "TO" + "DO", "FIX" + "ME", "XX" + "X:", "simplified " + "for",
    ]
    for file in HouseTree.files {
      let wrong = file.places { line in words.contains { line.contains($0) } }
      #expect(wrong.isEmpty, "\(wrong.joined(separator: "\n"))")
    }
  }

  @Test func `every folder is named after what it holds`() {
    let vague: Set<Substring> = ["Core", "Utils", "Util", "Common", "Helpers", "Misc"]
    let wrong = HouseTree.files.filter { file in
      file.path.split(separator: "/").contains { vague.contains($0) }
    }
    #expect(wrong.isEmpty, "\(wrong.map(\.path).joined(separator: "\n"))")
  }
}
