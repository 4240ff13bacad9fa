import Foundation
import Testing

/// The desk in a real browser, as `Tests/Desk/drive_desk.py` plays it.
@Suite(.serialized) struct DeskTests {
  private static let root = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
  private static let hasBrowser = ["chromedriver", "chromium", "python3"].allSatisfy {
    FileManager.default.isExecutableFile(atPath: "/usr/bin/\($0)")
  }

  @Test(.enabled(if: hasBrowser, "needs Debian's chromium, chromium-driver and python3"))
  func `the desk and the report in headless Chromium`() async throws {
    let script = Program(
      directory: Self.root.path,
      executable: URL(filePath: "/usr/bin/python3"))
    let outcome = try await script.run(["Tests/Desk/drive_desk.py", Program.executable.path])
    #expect(outcome.exit == 0, "\(outcome.errors)")
  }
}
