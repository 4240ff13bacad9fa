import Foundation
import Testing

/// The desk in a real browser, as `Tests/Desk/drive_desk.py` plays it.
@Suite(.serialized) struct DeskTests {
  private static let root = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
  private static let hasBrowser = ["chromedriver", "chromium", "python3"].allSatisfy {
    FileManager.default.isExecutableFile(atPath: "/usr/bin/\($0)")
  }

  private static let hasPython = FileManager.default.isExecutableFile(atPath: "/usr/bin/python3")

  private func plays(_ words: String...) async throws {
    let script = Program(
      directory: Self.root.path, executable: URL(filePath: "/usr/bin/python3"))
    let outcome = try await script.run(
      ["Tests/Desk/\(words[0])", Program.executable.path] + words.dropFirst())
    #expect(outcome.exit == 0, "\(outcome.output)\(outcome.errors)")
  }

  @Test(.enabled(if: hasPython, "needs python3"))
  func `what may not pass the doors of the desk does not`() async throws {
    try await plays("guard_desk.py")
  }

  /// `Tests/Desk/load_desk.py PROGRAM --seconds 30` is the long form.
  @Test(.enabled(if: hasPython, "needs python3"))
  func `under load and abuse the server serves the others and stays bounded`() async throws {
    try await plays("load_desk.py", "--seconds", "1")
  }

  @Test(.enabled(if: hasBrowser, "needs Debian's chromium, chromium-driver and python3"))
  func `the desk and the report in headless Chromium`() async throws {
    try await plays("drive_desk.py")
  }
}
