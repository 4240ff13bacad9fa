internal import Dispatch
internal import Effects
internal import Foundation

/// The kernel's notices about folders, read on a queue of its own.
///
/// Unchecked: a dispatch source may be used from any thread but does not say so; the rest is
/// constant or behind a lock.
final class FolderNotices: @unchecked Sendable {
  private struct State {
    var watches: [Int32: String] = [:]
  }

  private let descriptor: Int32
  private let state = Lock(State())
  private let source: any DispatchSourceRead
  private let onChange: FolderWatch.OnChange

  /// What counts as a change, to a file or to the folder itself.
  ///
  /// Single writes don't: a file that still grows reports when it is closed.
  private static let mask = UInt32(
    IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_CREATE | IN_DELETE | IN_DELETE_SELF
      | IN_MOVE_SELF | IN_ATTRIB | IN_ONLYDIR)

  /// Nil if the kernel gives no notices to this process.
  init?(onChange: @escaping FolderWatch.OnChange) {
    let descriptor = inotify_init1(Int32(IN_NONBLOCK) | Int32(IN_CLOEXEC))
    guard descriptor >= 0 else { return nil }
    self.descriptor = descriptor
    self.onChange = onChange
    source = DispatchSource.makeReadSource(
      fileDescriptor: descriptor, queue: DispatchQueue(label: "folder notices"))
    source.setEventHandler { [weak self] in self?.read() }
    source.setCancelHandler { Foundation.close(descriptor) }
    source.activate()
  }

  /// Ends the notices; the descriptor is closed when the queue is done with it.
  func close() { source.cancel() }

  /// Asks for notices about a folder, again if they have ended; false if there will be none.
  func watch(_ folder: String) -> Bool {
    // The lock is held so that a notice can't come before its watch is known.
    state.withLock { state in
      let number = unsafe inotify_add_watch(descriptor, folder, Self.mask)
      guard number >= 0 else {
        state.watches = state.watches.filter { $0.value != folder }
        return false
      }
      if state.watches[number] != folder {
        // The folder was removed and made again: the old watch is about another one.
        state.watches = state.watches.filter { $0.value != folder }
        state.watches[number] = folder
      }
      return true
    }
  }

  private func read() {
    var changed: Set<String> = []
    var buffer = [UInt8](repeating: 0, count: 64 * 1_024)
    while true {
      let count = unsafe buffer.withUnsafeMutableBytes {
        unsafe Foundation.read(descriptor, $0.baseAddress, $0.count)
      }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { break }
      changed.formUnion(folders(in: buffer[..<count]))
    }
    for folder in changed.sorted() { onChange(folder) }
  }

  /// The folders that a buffer of `inotify_event` speaks of: 4 bytes each of watch number, mask,
  /// cookie and length of the name that follows.
  private func folders(in bytes: ArraySlice<UInt8>) -> Set<String> {
    func word(_ offset: Int) -> UInt32 {
      (0..<4).reduce(0) { $0 | UInt32(bytes[offset + $1]) << UInt32(8 * $1) }
    }
    var found: Set<String> = []
    var offset = bytes.startIndex
    while offset + 16 <= bytes.endIndex {
      let number = Int32(bitPattern: word(offset))
      let mask = word(offset + 4)
      offset += 16 + Int(word(offset + 12))
      state.withLock { state in
        if mask & UInt32(IN_Q_OVERFLOW) != 0 { found.formUnion(state.watches.values) }
        if let folder = state.watches[number] { found.insert(folder) }
        if mask & UInt32(IN_IGNORED) != 0 { state.watches[number] = nil }
      }
    }
    return found
  }
}
