import Effects
import Formats
import Reconciliation

/// Which configuration file a command uses, and what stands in it.
struct ConfigurationFile {
  /// Where the program looks when nothing is said, in this order.
  static let standardPaths = ["Config/resetsync.json", "/etc/resetsync/resetsync.json"]

  /// The file, absolute.
  let path: String

  /// Finds the file: `--config`, `RESETSYNC_CONFIG`, then the standard places.
  init(invocation: Invocation, world: World) throws {
    if let named = invocation.value("config") {
      path = FilePath.normalized(FilePath.resolve(named, in: world.directory))
    } else if let named = world.environment.value(of: "RESETSYNC_CONFIG"), !named.isEmpty {
      path = FilePath.normalized(FilePath.resolve(named, in: world.directory))
    } else {
      let places = Self.standardPaths.map { FilePath.resolve($0, in: world.directory) }
      guard let found = places.first(where: Files().exists) else {
        throw Failure(
          .configuration, "no configuration: looked for \(places.joined(separator: " and "))",
          hint: "`resetsync init` writes one to start from; --config FILE names another place;"
            + " `resetsync demo` needs none")
      }
      path = found
    }
  }

  /// Reads and decodes the file.
  func load() throws -> Configuration {
    try Configuration(parsing: try bytes(), file: path)
  }

  /// Where the mirror lies, also in a file that is wrong elsewhere: the kill switch needs no more.
  func mirrorPath() throws -> String {
    do {
      return try load().mirrorPath
    } catch let error as SettingsProblems {
      guard let document = try? SettingsDocument(try bytes(), file: path),
        let named = SettingsReader(document).section("mirror").optionalString("path")
      else { throw error }
      return FilePath.normalized(FilePath.resolve(named, in: FilePath.folder(of: path)))
    }
  }

  /// The patterns of mapping files, from a file that may be wrong elsewhere.
  func mappingPatterns() -> [String] {
    guard let bytes = try? bytes(), let document = try? SettingsDocument(bytes, file: path)
    else { return [] }
    return SettingsReader(document).strings("mappings", default: []).map {
      FilePath.normalized(FilePath.resolve($0, in: FilePath.folder(of: path)))
    }
  }

  private func bytes() throws -> [UInt8] {
    do {
      return try Files().read(path, bytesMax: Configuration.bytesMax)
    } catch {
      throw Failure(.configuration, "\(error)", hint: "check the path and who may read it")
    }
  }
}
