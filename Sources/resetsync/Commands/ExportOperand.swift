import Effects
import Exports
import Formats

/// An export that was named on the command line.
struct ExportOperand {
  /// How many names of a folder a message lists.
  private static let namesMax = 5

  /// The file at a path as it was typed.
  ///
  /// Throws `ExportRefusal` where it is a folder or isn't there, with what is there instead.
  static func file(_ typed: String, _ world: World) throws -> ExportFile {
    let path = world.path(typed)
    guard let facts = try? Files().facts(path) else { throw missing(typed, path) }
    guard facts.kind == .folder else { return try ExportFile(path: path) }
    let names = names(in: path)
    throw ExportRefusal(
      .unreadable, "this is a folder, not an export", file: typed,
      advice: names.isEmpty
        ? "it is empty: name a file that the ERP or CRM has exported"
        : "name one of its files: \(list(names))")
  }

  private static func missing(_ typed: String, _ path: String) -> ExportRefusal {
    let folder = FilePath.folder(of: path)
    guard Files().exists(folder) else {
      return ExportRefusal(
        .unreadable, "there is no folder \(folder)", file: typed, advice: "correct the path")
    }
    let names = names(in: folder)
    let name = FilePath.name(of: path)
    let near = nearestName(to: name, among: names) ?? names.first { $0.hasPrefix(name) }
    let there = names.isEmpty ? "its folder is empty" : "in its folder are: \(list(names))"
    return ExportRefusal(
      .unreadable, "there is no such file", file: typed,
      advice: near.map { "did you mean \($0)?" } ?? there)
  }

  private static func names(in folder: String) -> [String] {
    ((try? Files().list("\(ExportPattern.escaped(folder))/*")) ?? [])
      .map(FilePath.name(of:)).sorted()
  }

  private static func list(_ names: [String]) -> String {
    let more = names.count > namesMax ? " and \(names.count - namesMax) more" : ""
    return names.prefix(namesMax).joined(separator: ", ") + more
  }
}
