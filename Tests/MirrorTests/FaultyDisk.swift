import CSQLite
import Foundation

/// SQLite's default file system, with calls that fail on request for the files of one folder.
///
/// Registered once as the default; files elsewhere are passed through untouched.
final class FaultyDisk: @unchecked Sendable {
  /// A kind of call that can fail.
  enum Call: Int32, CaseIterable {
    case read
    case write
    case sync
    case truncate
    case share

    /// What SQLite is told: `SQLITE_IOERR | number << 8`, macros that Swift does not import.
    var code: Int32 {
      switch self {
      case .read: SQLITE_IOERR | 1 << 8
      case .write: SQLITE_IOERR | 3 << 8
      case .sync: SQLITE_IOERR | 4 << 8
      case .truncate: SQLITE_IOERR | 6 << 8
      case .share: SQLITE_IOERR | 21 << 8
      }
    }
  }

  static let shared = FaultyDisk()

  private let lock = NSLock()
  private var folder: String?
  private var call = Call.write
  private var failsFrom = Int.max
  private var failsTo = 0
  private var seen = 0

  private init() { _ = Self.registration }

  /// Counts calls for files under a folder that are opened from now on; those numbered
  /// `from` to `to` fail.
  func watch(_ folder: String, _ call: Call, failing numbers: ClosedRange<Int>? = nil) {
    lock.withLock {
      self.folder = folder
      self.call = call
      failsFrom = numbers?.lowerBound ?? .max
      failsTo = numbers?.upperBound ?? 0
      seen = 0
    }
  }

  /// Lets everything work again; returns how many calls there were.
  @discardableResult
  func stop() -> Int {
    lock.withLock {
      folder = nil
      failsFrom = .max
      return seen
    }
  }

  fileprivate func watches(_ path: UnsafePointer<CChar>?) -> Bool {
    guard let path = unsafe path else { return false }
    let text = unsafe String(cString: path)
    return lock.withLock { folder.map { text.hasPrefix($0) } ?? false }
  }

  /// What a call is answered instead of being made; nil to make it.
  fileprivate func answer(_ made: Call) -> Int32? {
    lock.withLock {
      guard folder != nil, made == call else { return nil }
      seen += 1
      return (failsFrom...max(failsFrom, failsTo)).contains(seen) ? made.code : nil
    }
  }

  // MARK: The file system

  /// Methods of a file with ours in front, and those they replace.
  @unsafe fileprivate struct Table {
    var methods: sqlite3_io_methods
    var original: UnsafePointer<sqlite3_io_methods>
  }

  nonisolated(unsafe) private static var tables:
    [UnsafePointer<sqlite3_io_methods>: UnsafeMutablePointer<Table>] = unsafe [:]
  nonisolated(unsafe) fileprivate static let base = unsafe sqlite3_vfs_find(nil)!

  private static let registration: Int32 = {
    let ours = UnsafeMutablePointer<sqlite3_vfs>.allocate(capacity: 1)
    unsafe ours.initialize(to: base.pointee)
    unsafe ours.pointee.zName = UnsafePointer(strdup("faulty"))
    unsafe ours.pointee.xOpen = { _, path, file, flags, out in
      let base = unsafe FaultyDisk.base
      let code = unsafe base.pointee.xOpen(base, path, file, flags, out)
      if code == SQLITE_OK, unsafe FaultyDisk.shared.watches(path) {
        unsafe FaultyDisk.shared.wrap(file)
      }
      return code
    }
    return unsafe sqlite3_vfs_register(ours, 1)
  }()

  private func wrap(_ file: UnsafeMutablePointer<sqlite3_file>?) {
    guard let file = unsafe file, let original = unsafe file.pointee.pMethods else { return }
    let table = unsafe lock.withLock {
      if let known = unsafe Self.tables[original] { return unsafe known }
      let made = UnsafeMutablePointer<Table>.allocate(capacity: 1)
      unsafe made.initialize(to: Table(methods: original.pointee, original: original))
      unsafe Self.install(&made.pointee.methods)
      unsafe Self.tables[original] = made
      return unsafe made
    }
    unsafe file.pointee.pMethods = UnsafeRawPointer(table)
      .assumingMemoryBound(to: sqlite3_io_methods.self)
  }

  private static func install(_ methods: inout sqlite3_io_methods) {
    unsafe methods.xRead = { file, into, count, offset in
      unsafe FaultyDisk.shared.answer(.read) ?? original(file).xRead(file, into, count, offset)
    }
    unsafe methods.xWrite = { file, from, count, offset in
      unsafe FaultyDisk.shared.answer(.write) ?? original(file).xWrite(file, from, count, offset)
    }
    unsafe methods.xSync = { file, flags in
      unsafe FaultyDisk.shared.answer(.sync) ?? original(file).xSync(file, flags)
    }
    unsafe methods.xTruncate = { file, size in
      unsafe FaultyDisk.shared.answer(.truncate) ?? original(file).xTruncate(file, size)
    }
    unsafe methods.xShmMap = { file, page, size, extends, out in
      unsafe FaultyDisk.shared.answer(.share)
        ?? original(file).xShmMap(file, page, size, extends, out)
    }
  }
}

/// The methods that ours stand in front of.
private func original(_ file: UnsafeMutablePointer<sqlite3_file>?) -> sqlite3_io_methods {
  unsafe UnsafeRawPointer(file!.pointee.pMethods)
    .assumingMemoryBound(to: FaultyDisk.Table.self).pointee.original.pointee
}
