public import Effects
public import Formats
public import Reconciliation

/// An export that was found in its folder.
public struct WaitingExport: Sendable, Hashable {
  /// Whether it may be read.
  public enum Readiness: Sendable, Hashable {
    /// Complete, as far as can be told.
    case ready
    /// Changed too recently: it may be read once nothing changes for so many more seconds.
    case settling(seconds: Double)
    /// The file that tells its completion is not there yet, or tells it of an older file.
    case waiting(marker: String, isOlder: Bool)
    /// Parts of it are missing, or are too many: which, in words.
    case incomplete(String)
  }

  /// The whole path.
  public let path: String
  /// The name of the file.
  public let name: String
  /// The size in bytes.
  public let size: Int
  /// When it was last changed.
  public let modified: Timestamp
  /// When the source wrote it: by its name, else by its last change.
  public let generatedAt: Timestamp
  /// Whether it may be read.
  public let readiness: Readiness
  /// The rule by which it was found and is read.
  public let rule: ExportRule

  /// By how many seconds the time in its name or that of the file may lie ahead of the clock.
  public static let aheadSecondsMax = 86_400.0

  /// Whether its name or its file tells a time that lies more than a day ahead.
  public func isAhead(of now: Timestamp) -> Bool {
    max(generatedAt, modified).seconds(since: now) > Self.aheadSecondsMax
  }

  /// An export from its parts.
  public init(
    path: String, size: Int, modified: Timestamp, generatedAt: Timestamp, readiness: Readiness,
    rule: ExportRule
  ) {
    self.rule = rule
    self.path = path
    name = FilePath.name(of: path)
    self.size = size
    self.modified = modified
    self.generatedAt = generatedAt
    self.readiness = readiness
  }
}

/// Finds the exports that a source has delivered.
public struct WaitingExports: Sendable {
  /// Names that end like this are still being written by some transfer tool.
  public static let temporarySuffixes = [
    ".part", ".partial", ".filepart", ".tmp", ".temp", ".incomplete", ".crdownload", ".swp", "~",
  ]

  private let files: Files
  private let time: any TimeSource

  /// A finder over a file system and a clock.
  public init(files: Files, time: any TimeSource) {
    self.files = files
    self.time = time
  }

  /// Looks for the exports of all rules of a source; they come in the order in which they were
  /// written: by the time in the name or, without one, of the last change; then by name with
  /// numbers by value.
  ///
  /// `folder` is the one that holds the mapping.
  public func look(at rules: [ExportRule], in folder: String) -> SourceLook {
    var look = SourceLook()
    var rulesOfPath: [String: Int] = [:]
    for rule in rules {
      let pattern = FilePath.normalized(FilePath.resolve(rule.path, in: folder))
      let found = files.look(for: pattern)
      look.patterns.append(pattern)
      look.folders.append(found.folder)
      if let fault = found.fault { look.faults.append(fault) }
      look.passedOver += found.unread.map { PassedOver($0.path, .unreadable($0.reason)) }
      for path in found.paths {
        rulesOfPath[path, default: 0] += 1
        take(path, rule, &look)
      }
      look.passedOver += unfinished(pattern, beside: Set(found.paths))
    }
    let unclear = rulesOfPath.filter { $0.value > 1 }.keys.sorted()
    let besides = Self.besides(look.exports)
    look.exports.removeAll {
      unclear.contains($0.path) || besides.contains(FilePath.normalized($0.path))
    }
    look.unclear = unclear
    look.exports.sort(by: Self.precedes)
    DeliverySets.gather(&look)
    look.mounts = Set(look.folders).filter(files.isMountPoint).sorted()
    return look
  }

  private func take(_ path: String, _ rule: ExportRule, _ look: inout SourceLook) {
    switch Self.kind(of: FilePath.name(of: path), rule) {
    case .beside: return
    case .unfinished: look.passedOver.append(PassedOver(path, .unfinished))
    case .export:
      do throws(FileError) {
        guard let export = try self.look(path, rule) else { return }
        if let fault = files.readFault(path) { throw fault }
        look.exports.append(export)
      } catch {
        look.passedOver.append(
          PassedOver(path, error.isLinkLoop ? .linkLoop : .unreadable(error.reason)))
      }
    }
  }

  /// Files whose names go on behind the pattern with what a transfer tool adds.
  private func unfinished(_ pattern: String, beside known: Set<String>) -> [PassedOver] {
    files.look(for: pattern + "*").paths.filter { path in
      !known.contains(path) && Self.isTemporary(FilePath.name(of: path))
    }.map { PassedOver($0, .unfinished) }
  }

  /// One export by its path, also outside the pattern; nil where no file is.
  public func look(_ path: String, _ rule: ExportRule) throws(FileError) -> WaitingExport? {
    guard let facts = try files.facts(path), facts.kind == .file else { return nil }
    let name = FilePath.name(of: path)
    let told = FileNameTime(in: name)
    return WaitingExport(
      path: path, size: facts.size, modified: facts.modified,
      generatedAt: told?.generatedAt(modified: facts.modified) ?? facts.modified,
      readiness: readiness(path, facts, rule), rule: rule)
  }

  /// The delivery that a file belongs to: itself, or its set with what lies beside it; nil where no
  /// file is.
  public func delivery(of path: String, _ rule: ExportRule) throws(FileError) -> Delivery? {
    guard let export = try look(path, rule) else { return nil }
    guard rule.parts != nil else { return Delivery(export) }
    var look = SourceLook()
    let folder = FilePath.folder(of: path)
    for other in try files.list(FilePath.resolve("*", in: FilePath.pattern(of: folder))) {
      if let found = try self.look(other, rule) { look.exports.append(found) }
    }
    DeliverySets.gather(&look)
    let own = FilePath.name(of: path)
    return look.deliveries.first { $0.files.contains { $0.name == own } }
  }

  private func readiness(
    _ path: String, _ facts: FileFacts, _ rule: ExportRule
  ) -> WaitingExport.Readiness {
    if let marker = rule.doneMarker {
      let name = Self.markerName(marker, for: FilePath.name(of: path))
      let place = FilePath.resolve(name, in: FilePath.folder(of: path))
      guard let told = (try? files.facts(place)) ?? nil else {
        return .waiting(marker: name, isOlder: false)
      }
      // One that is left of the file before tells nothing of this one.
      return told.modified >= facts.modified ? .ready : .waiting(marker: name, isOlder: true)
    }
    // A time in the future can't be the time of a write that goes on now.
    let quiet = abs(time.now.seconds(since: facts.modified))
    return quiet >= rule.settleSeconds ? .ready : .settling(seconds: rule.settleSeconds - quiet)
  }

  /// The name of the file that tells the completion of `name`: `{file}` is the whole name,
  /// `{stem}` the name without its last suffix, `{set}` that of the set of a part.
  public static func markerName(
    _ marker: String, for name: String, ofSet set: String? = nil
  ) -> String {
    let stem = name.lastIndex(of: ".").map { String(name[..<$0]) } ?? name
    let own = replace("{stem}", by: stem, in: replace("{file}", by: name, in: marker))
    return set.map { replace("{set}", by: $0, in: own) } ?? own
  }

  private static func replace(_ word: String, by text: String, in whole: String) -> String {
    whole.split(separator: word, omittingEmptySubsequences: false).joined(separator: text)
  }

  private enum Kind {
    case export
    /// Still being written.
    case unfinished
    /// Hidden, or a file that tells something of an export.
    case beside
  }

  private static func kind(of name: String, _ rule: ExportRule) -> Kind {
    if name.hasPrefix(".") { return .beside }
    if isTemporary(name) { return .unfinished }
    let beside = [rule.doneMarker, rule.proof?.sidecar, rule.proof?.manifest?.path]
    return beside.compactMap(\.self).contains { tells(name, $0) } ? .beside : .export
  }

  /// Whether a file has a name that tells something of an export, whichever that is.
  private static func tells(_ name: String, _ template: String) -> Bool {
    let parts = template.split(separator: "{file}", omittingEmptySubsequences: false)
    guard parts.count == 2, !(parts[0].isEmpty && parts[1].isEmpty) else { return name == template }
    return name.hasPrefix(parts[0]) && name.hasSuffix(parts[1])
  }

  /// The files that tell something of an export that lies there, by its stem or set.
  private static func besides(_ exports: [WaitingExport]) -> Set<String> {
    var paths: Set<String> = []
    for export in exports {
      let rule = export.rule
      let set = rule.parts.flatMap { $0.pattern.matcher.groups(in: export.name)?["set"] }
      for template in [rule.doneMarker, rule.proof?.sidecar, rule.proof?.manifest?.path] {
        guard let template, template.contains("{stem}") || template.contains("{set}") else {
          continue
        }
        let name = markerName(template, for: export.name, ofSet: set)
        let path = FilePath.resolve(name, in: FilePath.folder(of: export.path))
        if path != export.path { paths.insert(FilePath.normalized(path)) }
      }
    }
    return paths
  }

  private static func isTemporary(_ name: String) -> Bool {
    temporarySuffixes.contains(where: name.lowercased().hasSuffix)
  }

  private static func precedes(_ a: WaitingExport, _ b: WaitingExport) -> Bool {
    if a.generatedAt != b.generatedAt { return a.generatedAt < b.generatedAt }
    return natural(a.name).lexicographicallyPrecedes(natural(b.name), by: Part.precedes)
  }

  private enum Part {
    case text(String)
    case number(digits: String)

    static func precedes(_ a: Part, _ b: Part) -> Bool {
      switch (a, b) {
      case (.number(let a), .number(let b)):
        a.utf8.count != b.utf8.count ? a.utf8.count < b.utf8.count : a < b
      case (.text(let a), .text(let b)): a < b
      case (.number, .text): true
      case (.text, .number): false
      }
    }
  }

  /// A name cut into texts and numbers, so that part 10 comes after part 9.
  private static func natural(_ name: String) -> [Part] {
    var parts: [Part] = []
    var rest = name[...]
    while let first = rest.first {
      let isNumber = first.isASCII && first.isNumber
      let run = rest.prefix { ($0.isASCII && $0.isNumber) == isNumber }
      rest = rest.dropFirst(run.count)
      guard isNumber else {
        parts.append(.text(String(run)))
        continue
      }
      let digits = run.drop { $0 == "0" }
      parts.append(.number(digits: String(digits)))
    }
    return parts
  }
}
