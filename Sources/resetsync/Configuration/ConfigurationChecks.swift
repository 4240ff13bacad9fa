import Formats
import HTTP

// What only shows when several keys are seen together.
extension Configuration {
  /// Notes an address that no server could listen on, or that lets strangers decide.
  func checkListen(_ settings: SettingsReader) {
    do {
      _ = try HTTPServerAddress(listen)
    } catch {
      settings.problem(
        "listen", "\"\(listen)\" is no address to listen on",
        hint: "use 127.0.0.1:PORT, [::1]:PORT, localhost:PORT or unix:PATH")
      return
    }
    if let problem = review.refusal(of: listen) {
      settings.problem("listen", problem, hint: Review.listenHint)
    }
  }

  /// Notes files that would overwrite each other: a report in the mirror's place would end it.
  func checkPaths(
    _ settings: SettingsReader, _ mirror: SettingsReader, _ conflicts: SettingsReader?,
    _ report: SettingsReader?
  ) {
    var owners = [file: "this configuration"]
    for suffix in ["", "-wal", "-shm", ".lock", ".email-key"] {
      owners[mirrorPath + suffix] = "the mirror"
    }
    if mirrorPath == file { mirror.problem("path", "is this configuration", hint: Self.apartHint) }
    let places = [
      ("conflicts", conflicts, "log", conflictLog), ("report", report, "path", reportPath),
    ]
    for (section, reader, key, path) in places {
      guard let owner = owners.updateValue("the conflict log", forKey: path) else { continue }
      let (told, place) = reader.map { ($0, key) } ?? (settings, section)
      told.problem(place, "is the file of \(owner)", hint: Self.apartHint)
    }
  }

  private static let apartHint = "give each its own file"
}
