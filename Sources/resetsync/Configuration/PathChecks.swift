import Console
import Effects
import Formats
import Glibc

/// Looks at the files and folders that a configuration names, as `check` does: what a run would
/// stumble over is told before it runs, with file, line and column.
struct PathChecks {
  private let configuration: Configuration
  private let document: SettingsDocument?
  private let files = Files()

  init(_ configuration: Configuration) {
    self.configuration = configuration
    let bytes = try? files.read(configuration.file, bytesMax: Configuration.bytesMax)
    document = bytes.flatMap { try? SettingsDocument($0, file: configuration.file) }
  }

  /// What is wrong with the files that the configuration names, all at once.
  func failures(_ environment: any EnvironmentSource) async -> [Failure] {
    var found = secrets(configuration.api.clientID, "client_id")
    found += secrets(configuration.api.clientSecret, "client_secret")
    if let path = configuration.api.certificateFile {
      found += readable(path, ["api", "ca_file"], "name a PEM file with certificates")
    }
    found += writable(configuration.mirrorPath, ["mirror", "path"])
    found += writable(configuration.conflictLog, ["conflicts", "log"])
    found += writable(configuration.reportPath, ["report", "path"])
    if let path = configuration.review.passwordFile { found += passwords(path) }
    if let words = configuration.alerts.command {
      found += program(words[0], ["alerts", "command"], environment)
    }
    return found
  }

  /// Variables that are not set here; a service may have them all the same.
  func unsetVariables(_ environment: any EnvironmentSource) -> [String] {
    configuration.secretVariables.sorted().filter {
      (environment.value(of: $0) ?? "").isEmpty
    }
  }

  // MARK: - Kinds of places

  private func secrets(_ source: Configuration.SecretSource, _ key: String) -> [Failure] {
    guard case .file(let path) = source else { return [] }
    let place = ["api", key, "file"]
    let problems = readable(path, place, "name the file that holds it")
    guard problems.isEmpty else { return problems }
    guard let facts = try? files.facts(path) else { return [] }
    if facts.isReadableByOthers {
      return [failure(place, "\(path) can be read by others", "chmod 600 \(path)")]
    }
    return facts.size == 0 ? [failure(place, "\(path) is empty", "write the secret into it")] : []
  }

  private func passwords(_ path: String) -> [Failure] {
    let place = ["review", "password_file"]
    let hint = "`resetsync review --password NAME` makes its lines"
    let problems = readable(path, place, hint)
    guard problems.isEmpty else { return problems }
    do {
      let bytes = try files.read(path, bytesMax: DeskServer.passwordBytesMax)
      _ = try PasswordFile(parsing: String(decoding: bytes, as: UTF8.self))
      return []
    } catch {
      return [failure(place, "\(path): \(error)", hint)]
    }
  }

  private func readable(_ path: String, _ keys: [String], _ hint: String) -> [Failure] {
    switch try? files.facts(path)?.kind {
    case nil: return [failure(keys, "there is no file \(path)", "\(hint), or correct the path")]
    case .folder: return [failure(keys, "\(path) is a folder", hint)]
    case .file, .other:
      return unsafe access(path, R_OK) == 0
        ? [] : [failure(keys, "\(path) can't be read by this user", "give it the right to read")]
    }
  }

  /// A file that is made when it is missing, and its folders with it.
  private func writable(_ path: String, _ keys: [String]) -> [Failure] {
    if let facts = try? files.facts(path) {
      if facts.kind == .folder {
        return [failure(keys, "\(path) is a folder", "name a file in it")]
      }
      return unsafe access(path, W_OK) == 0
        ? []
        : [failure(keys, "\(path) can't be written by this user", "give it the right to write")]
    }
    var folder = FilePath.folder(of: path)
    while (try? files.facts(folder)) == nil, folder != "/", !folder.isEmpty {
      folder = FilePath.folder(of: folder)
    }
    guard let facts = try? files.facts(folder), facts.kind == .folder else {
      return [failure(keys, "\(folder) is a file, not a folder", "correct the path")]
    }
    guard unsafe access(folder, W_OK | X_OK) == 0 else {
      let hint = "give this user the right to write there, or name another folder"
      return [failure(keys, "nothing can be made in \(folder) by this user", hint)]
    }
    return []
  }

  private func program(
    _ name: String, _ keys: [String], _ environment: any EnvironmentSource
  ) -> [Failure] {
    let hint = "name a program that exists and may be run"
    guard !name.contains("/") else {
      return unsafe access(name, X_OK) == 0
        ? [] : [failure(keys, "\(name) is no program that this user can run", hint)]
    }
    let folders = (environment.value(of: "PATH") ?? "").split(separator: ":")
    let isThere = folders.contains { unsafe access("\($0)/\(name)", X_OK) == 0 }
    return isThere ? [] : [failure(keys, "no program \(name) in PATH", hint)]
  }

  private func failure(_ keys: [String], _ problem: String, _ hint: String) -> Failure {
    Failure(
      .configuration, "\(place(keys)): \(keys.joined(separator: ".")): \(problem)", hint: hint)
  }

  private func place(_ keys: [String]) -> String {
    guard let place = document?.place(of: keys) else { return configuration.file }
    return "\(configuration.file):\(place.line):\(place.column)"
  }
}
