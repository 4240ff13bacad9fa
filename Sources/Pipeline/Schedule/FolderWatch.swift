internal import Dispatch
public import Effects
internal import Formats
internal import Foundation

/// Notices changes in folders: files that arrive, change, move or go.
///
/// Uses the kernel's notices (`inotify(7)`). A folder that it can't watch so (not there yet, too
/// many watches, a network file system that does not tell) is looked at every `pollSeconds`;
/// all folders are, more rarely, since some file systems accept a watch and never report.
public final class FolderWatch: Sendable {
  /// Called with the path of a folder in which something changed; may come from any thread, may
  /// come many times for one change, and once too often rather than once too few.
  public typealias OnChange = @Sendable (_ folder: String) -> Void

  private let folders: [String]
  private let time: any TimeSource
  private let log: Log
  private let onChange: OnChange
  private let queue = DispatchQueue(label: "folder watch")

  /// How often folders without kernel notices are looked at, in seconds.
  public static let pollSeconds = 10.0
  /// How many rounds of `pollSeconds` pass before folders with kernel notices are looked at too.
  static let roundsPerSweep = 30

  /// Prepares to watch folders, not what lies in folders inside them.
  public init(
    folders: [String], time: any TimeSource, log: Log, onChange: @escaping OnChange
  ) {
    self.folders = Array(Set(folders)).sorted()
    self.time = time
    self.log = log
    self.onChange = onChange
  }

  /// Watches until the task is cancelled.
  public func run() async {
    let notices = FolderNotices(onChange: onChange)
    defer { notices?.close() }
    if notices == nil { log.notice("folders are polled: the kernel gives no notices") }
    var rounds = FolderRounds(folders: folders)
    while !Task.isCancelled {
      // A network file system may hang: that must not hold up a thread that tasks share.
      let (changed, next) = await withCheckedContinuation { continuation in
        queue.async { [rounds] in
          var rounds = rounds
          let changed = rounds.look(notices)
          continuation.resume(returning: (changed, rounds))
        }
      }
      rounds = next
      for folder in changed { onChange(folder) }
      do { try await time.sleep(seconds: Self.pollSeconds) } catch { return }
    }
  }
}

/// What is known of the folders from one look to the next.
struct FolderRounds {
  let folders: [String]
  private var snapshots: [String: FolderSnapshot] = [:]
  private var watched: Set<String> = []
  private var round = 0

  init(folders: [String]) { self.folders = folders }

  /// Asks for notices where there are none yet, looks at the folders whose turn it is, and says
  /// which have changed since they were last looked at.
  mutating func look(_ notices: FolderNotices?) -> [String] {
    defer { round += 1 }
    return folders.filter { folder in
      let isWatched = notices?.watch(folder) ?? false
      // A folder whose watch has just begun may have changed before: look at it once more.
      let wasWatched = isWatched ? !watched.insert(folder).inserted : false
      if !isWatched { watched.remove(folder) }
      if wasWatched, round % FolderWatch.roundsPerSweep != 0 { return false }
      let snapshot = FolderSnapshot(folder)
      let known = snapshots.updateValue(snapshot, forKey: folder)
      return known != nil && known != snapshot
    }
  }
}

/// Names, sizes and times of what lies in a folder; equal as long as nothing changed.
struct FolderSnapshot: Equatable {
  private var files: [String: [Int64]] = [:]

  /// Files that are looked at; of a fuller folder only the number of names counts.
  static let filesMax = 10_000

  init(_ folder: String) {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    files["/"] = [Int64(names.count)]
    for name in names.sorted().prefix(Self.filesMax) {
      guard let facts = try? Files().facts(folder + "/" + name) else { continue }
      files[name] = [Int64(facts.size), facts.modified.microseconds]
    }
  }
}
