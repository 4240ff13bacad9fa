import Effects
import Foundation

/// The shipped mappings and sample exports, wherever the program was installed.
struct DemoSamples: Sendable {
  /// The folder `Mappings`.
  let folder: String

  /// The most bytes of a sample.
  private static let bytesMax = 16 << 20

  /// Looks beside the current folder, above the program, and where packages put it.
  static func find(_ world: World) throws -> DemoSamples {
    var places = [world.directory + "/Mappings"]
    if let named = world.environment.value(of: "RESETSYNC_SHARE") {
      places.insert(named + "/Mappings", at: 0)
    }
    var above = Bundle.main.executableURL?.resolvingSymlinksInPath().deletingLastPathComponent()
    while let folder = above, folder.path != "/" {
      places.append(folder.appending(path: "Mappings").path)
      above = folder.deletingLastPathComponent()
    }
    places.append("/usr/share/resetsync/Mappings")
    guard let found = places.first(where: { Files().exists($0 + "/samples/demo-story.json") })
    else {
      throw Failure(
        .configuration, "the shipped samples (Mappings/samples) were not found",
        hint: "run it in the folder of the source, or set RESETSYNC_SHARE to the folder above")
    }
    return DemoSamples(folder: found)
  }

  /// A file of the samples.
  func read(_ name: String) throws -> [UInt8] {
    try Files().read(folder + "/samples/" + name, bytesMax: Self.bytesMax)
  }

  /// The mapping files.
  func mappings() throws -> [String] { try Files().list(folder + "/*.json").sorted() }

  /// The sample exports of all systems.
  func exports() throws -> [String] { try Files().list(folder + "/samples/*/*").sorted() }
}
