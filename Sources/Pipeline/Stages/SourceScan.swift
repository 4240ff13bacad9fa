import Effects
import Exports
import Formats
import Mirror
import Reconciliation

/// Looks into the folders of a source, remembers how that went, and says what is new of it.
struct SourceScan {
  let parts: RunParts
  let run: String

  /// What lies there, and what is to be told of it.
  struct Found {
    var look: SourceLook
    var source: RunSummary.Source
    var passedOver: [RunSummary.PassedOver] = []
    /// What makes the input of this run one that is not trusted, in words.
    var untrusted: [String] = []
  }

  /// `hasDelivered` says whether an export of the source was ever accepted.
  func scan(_ mapping: Mapping, hasDelivered: Bool) async throws -> Found {
    let folder = parts.mappingFolders[mapping.name] ?? "."
    let look = WaitingExports(files: parts.files, time: parts.time)
      .look(at: mapping.exports, in: folder)
    let fault = try await note(look, of: mapping.name)
    var found = Found(
      look: look,
      source: RunSummary.Source(
        mapping: mapping.name, state: .reachable, reason: fault,
        patterns: look.patterns.map(FilePath.visible), exports: look.exports.count))
    if let fault {
      found.source.state = .unreachable
      found.untrusted.append("\(mapping.name): the source is unreachable: \(fault)")
    } else if look.isEmpty, !hasDelivered {
      found.source.state = .neverDelivered
      found.untrusted.append(
        "\(mapping.name): the source has never delivered: nothing lies at "
          + found.source.patterns.joined(separator: " or "))
    }
    found.untrusted += look.unclear.map { path in
      "\(mapping.name): \(FilePath.visible(path)) fits the paths of more than one of \"exports\" and "
        + "is not read; have each path fit the files of its own export only"
    }
    // What lies in a folder that is gone for now is still known when it is back.
    if fault == nil { try await tell(look.passedOver, of: mapping.name, &found) }
    return found
  }

  /// Why the source is out of reach; nil if it isn't.
  private func note(_ look: SourceLook, of mapping: String) async throws -> String? {
    let before = try await parts.mirror.sources([mapping]).first?.state
    let fault = look.faults.first.map(Self.words) ?? unmounted(look, before)
    let state = try await parts.mirror.noteLook(
      at: mapping, fault: fault, mounts: look.exports.isEmpty ? nil : look.mounts, run: run,
      at: parts.time.now)
    let fields: Log.Fields = ["run": .text(run), "mapping": .text(mapping)]
    if let fault, before?.unreachableSince == nil {
      parts.log.warning("source unreachable: \(fault)", fields)
    } else if fault == nil, let since = before?.unreachableSince, state.unreachableSince == nil {
      parts.log.notice("source reachable again, not since \(since.rfc3339)", fields)
    }
    return fault
  }

  /// An empty folder that was a mount point is what is left of a share that is not mounted.
  private func unmounted(_ look: SourceLook, _ before: SourceState?) -> String? {
    guard look.isEmpty, let mounts = before?.mounts else { return nil }
    return mounts.first { look.folders.contains($0) && !look.mounts.contains($0) }
      .map { "nothing is mounted at \(FilePath.visible($0)), which was a mount point before" }
  }

  private static func words(_ fault: FileError) -> String {
    let folder = FilePath.visible(fault.path)
    return fault.isMissing ? "no folder \(folder)" : "can't look into \(folder): \(fault.reason)"
  }

  /// A file that is passed over is told when it is first seen, and logged.
  private func tell(
    _ passedOver: [PassedOver], of mapping: String, _ found: inout Found
  ) async throws {
    let now = parts.time.now
    let since = try await parts.mirror.noteLying(
      passedOver.map(\.lying), of: mapping, at: now)
    for file in passedOver where since[file.lying] ?? now == now {
      let path = FilePath.visible(file.path)
      found.passedOver.append(.init(mapping: mapping, file: path, reason: file.words))
      let fields: Log.Fields = ["run": .text(run), "mapping": .text(mapping), "file": .text(path)]
      guard file.isTrouble else {
        parts.log.info("passed over: \(file.words)", fields)
        continue
      }
      parts.log.warning("passed over: \(file.words)", fields)
      found.untrusted.append("\(mapping): \(path) is passed over: \(file.words)")
    }
  }
}

extension PassedOver {
  /// How the mirror remembers it.
  fileprivate var lying: LyingFile {
    switch reason {
    case .unfinished: LyingFile(path: path, kind: "unfinished")
    case .linkLoop: LyingFile(path: path, kind: "link_loop")
    case .noPart: LyingFile(path: path, kind: "no_part")
    case .unreadable(let reason): LyingFile(path: path, kind: "unreadable: \(reason)")
    }
  }

  /// Whether something may be lost by it.
  fileprivate var isTrouble: Bool {
    switch reason {
    case .unfinished, .linkLoop: false
    case .noPart, .unreadable: true
    }
  }

  fileprivate var words: String {
    switch reason {
    case .unfinished:
      "its name says that it is still being written; rename it once it is whole"
    case .linkLoop: "it is a link that leads to itself"
    case .noPart:
      "its name is none that \"parts\" of its export takes apart; correct the pattern, or the path"
    case .unreadable(let reason): "it can't be read: \(reason)"
    }
  }
}
