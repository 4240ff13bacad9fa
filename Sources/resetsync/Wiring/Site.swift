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

  /// Loads configuration and mappings; throws every problem of all files at once.
  static func load(_ invocation: Invocation, _ world: World) throws -> Site {
    let file = try ConfigurationFile(invocation: invocation, world: world)
    do {
      return try Site(try file.load())
    } catch let error as SettingsProblems {
      let found = MappingFiles(file.mappingPatterns(), of: file.path)
      throw Self.failure(error.problems.map(\.description) + found.problems)
    }
  }

  init(_ configuration: Configuration) throws {
    self.configuration = configuration
    let found = MappingFiles(configuration.mappings, of: configuration.file)
    book = RuleBook(found.mappings, graceSeconds: configuration.grace)
    mappingFiles = found.files
    let problems = found.problems + book.problems
    guard problems.isEmpty else { throw Self.failure(problems) }
  }

  private static func failure(_ problems: [String]) -> Failure {
    let text = problems.joined(separator: "\n")
    let lines = text.split(separator: "\n").count
    let count = lines == 1 ? "1 problem" : "\(lines) problems"
    return Failure(
      .configuration, text,
      hint: "\(count); `resetsync check` looks at everything again")
  }

  /// The folder of each mapping file: export paths start there.
  var mappingFolders: [String: String] { mappingFiles.mapValues(FilePath.folder(of:)) }

  /// The mappings that were named, or all; an unknown name suggests the nearest.
  func mappings(named names: [String]) throws -> [Mapping] {
    guard !names.isEmpty else { return book.mappings }
    return try names.map { name in
      if let mapping = book.mapping(name) { return mapping }
      throw Failure.unknownMapping(name, known: book.mappings.map(\.name))
    }
  }

  /// Makes sure that somebody knows a mapping: the configuration, or the mirror from before.
  func require(mapping name: String?, in mirror: Mirror) async throws {
    guard let name, book.mapping(name) == nil else { return }
    let known = Set(try await mirror.recordCounts().keys).union(book.mappings.map(\.name)).sorted()
    if !known.contains(name) { throw Failure.unknownMapping(name, known: known) }
  }

  /// Makes sure that somebody knows what a filter names: a slip of the pen finds nothing, and
  /// that would look like good news.
  func require(_ filter: ConflictFilter, in mirror: Mirror) async throws {
    try await require(mapping: filter.mapping, in: mirror)
    if let field = filter.field {
      let known = Set(book.mappings.flatMap { $0.fields.map(\.metadata) }).sorted()
      var stored = ConflictFilter()
      stored.field = field
      if !known.contains(field), try await mirror.conflictPage(stored, limit: 0).total == 0 {
        let near = nearestName(to: field, among: known).map { "; did you mean “\($0)”?" } ?? ""
        throw Failure(
          .usage, "no mapping has a field “\(field)”, and no conflict is about one\(near)",
          hint: "there are: \(known.joined(separator: ", "))")
      }
    }
    if let reference = filter.reference, try await !mirror.unknownReferences([reference]).isEmpty {
      var stored = ConflictFilter()
      stored.reference = reference
      if try await mirror.conflictPage(stored, limit: 0).total == 0 {
        throw Failure(
          .usage, "nothing is known of “\(reference)”: no record, no reset, no conflict",
          hint: "type the reference as the source spells it")
      }
    }
  }

  /// Opens the mirror; made on first use.
  func openMirror(_ access: Mirror.Access = .readWrite) throws -> Mirror {
    try Mirror.open(
      path: configuration.mirrorPath, access: access, emailKey: try EmailKey(self).existing())
  }

  /// A mapping with the decimal marks that its accepted exports proved, so that a file is shown as
  /// an import would read it; as it is written where no mirror can be read.
  func knowing(_ mapping: Mapping) async -> Mapping {
    guard Files().exists(configuration.mirrorPath), let mirror = try? openMirror(.readOnly)
    else { return mapping }
    return (try? await mirror.knowing(RuleBook([mapping])).mappings.first) ?? mapping
  }
}

/// The mapping files that patterns name, parsed as far as they can be.
private struct MappingFiles {
  private(set) var mappings: [Mapping] = []
  /// The file of each mapping, by name.
  private(set) var files: [String: String] = [:]
  private(set) var problems: [String] = []

  /// The most bytes of a mapping file.
  private static let bytesMax = 1 << 20

  init(_ patterns: [String], of configuration: String) {
    for pattern in patterns {
      do {
        let found = try Files().list(pattern)
        if found.isEmpty {
          problems.append("\(configuration): mappings: no file matches \(pattern)")
        }
        for path in found.sorted() { read(path) }
      } catch {
        problems.append("\(configuration): mappings: \(error)")
      }
    }
  }

  private mutating func read(_ path: String) {
    do {
      let bytes = try Files().read(path, bytesMax: Self.bytesMax)
      let mapping = try Mapping(parsing: bytes, file: path)
      mappings.append(mapping)
      files[mapping.name] = files[mapping.name] ?? path
    } catch {
      problems.append("\(error)")
    }
  }
}
