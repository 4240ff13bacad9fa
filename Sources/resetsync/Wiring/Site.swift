import Effects
import Formats
import Mirror
import Reconciliation

/// A loaded configuration with its mappings: everything a command knows before it touches data.
struct Site: Sendable {
  let configuration: Configuration
  /// The mappings, in the order of the configuration.
  let book: RuleBook
  /// The file of each mapping, by name.
  let mappingFiles: [String: String]

  /// The most bytes of a mapping file.
  static let mappingBytesMax = 1 << 20

  /// Loads configuration and mappings; throws every problem of all files at once.
  static func load(_ invocation: Invocation, _ world: World) throws -> Site {
    let configuration = try ConfigurationFile(invocation: invocation, world: world).load()
    return try Site(configuration)
  }

  init(_ configuration: Configuration) throws {
    self.configuration = configuration
    var problems: [String] = []
    var mappings: [Mapping] = []
    var files: [String: String] = [:]
    for pattern in configuration.mappings {
      let found = try Files().list(pattern)
      if found.isEmpty {
        problems.append("\(configuration.file): mappings: no file matches \(pattern)")
      }
      for path in found.sorted() {
        do {
          let bytes = try Files().read(path, bytesMax: Self.mappingBytesMax)
          let mapping = try Mapping(parsing: bytes, file: path)
          mappings.append(mapping)
          files[mapping.name] = files[mapping.name] ?? path
        } catch {
          problems.append("\(error)")
        }
      }
    }
    book = RuleBook(mappings, graceSeconds: configuration.grace)
    mappingFiles = files
    problems += book.problems
    guard problems.isEmpty else {
      throw Failure(
        .configuration, problems.joined(separator: "\n"),
        hint: "`resetsync check` looks at everything again")
    }
  }

  /// The folder of each mapping file: export paths start there.
  var mappingFolders: [String: String] { mappingFiles.mapValues(FilePath.folder(of:)) }

  /// The mappings that were named, or all; an unknown name suggests the nearest.
  func mappings(named names: [String]) throws -> [Mapping] {
    guard !names.isEmpty else { return book.mappings }
    return try names.map { name in
      if let mapping = book.mapping(name) { return mapping }
      let known = book.mappings.map(\.name)
      let near = nearestName(to: name, among: known).map { "; did you mean “\($0)”?" } ?? ""
      throw Failure(
        .usage, "no mapping is named “\(name)”\(near)",
        hint: "there are: \(known.joined(separator: ", "))")
    }
  }

  /// Opens the mirror; made on first use.
  func openMirror(_ access: Mirror.Access = .readWrite) throws -> Mirror {
    try Mirror.open(path: configuration.mirrorPath, access: access)
  }
}
