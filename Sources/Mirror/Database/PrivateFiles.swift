internal import Glibc

/// Files that nobody else may read: the mirror holds e-mail addresses and metadata.
enum PrivateFiles {
  /// Makes the folder (0700) and the empty file (0600) unless they exist.
  ///
  /// A file that exists is not opened: closing it would drop every lock that SQLite holds on it in
  /// this process (fcntl(2)), and the next process to end would delete the log that is in use.
  static func prepare(_ path: String) throws(MirrorError) {
    try makeFolders(of: path)
    let descriptor = unsafe Glibc.open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    if descriptor < 0 && errno == EEXIST { return }
    guard descriptor >= 0 else { throw failure("open", path) }
    close(descriptor)
  }

  /// Throws where a folder stands in the place of the file, which SQLite takes for a bad disk.
  static func refuseFolder(_ path: String) throws(MirrorError) {
    var facts = stat()
    guard unsafe stat(path, &facts) == 0, facts.st_mode & S_IFMT == S_IFDIR else { return }
    throw MirrorError(
      .cannotOpen, "mirror \(path) is a folder", hint: "mirror.path must name a file: correct it")
  }

  /// A path for a new file of mode 0600; an old one there is removed first.
  static func fresh(_ path: String) throws(MirrorError) -> String {
    unsafe unlink(path)
    try prepare(path)
    return path
  }

  /// Makes the folder of a file (0700) unless it is there.
  static func prepareFolder(of path: String) throws(MirrorError) { try makeFolders(of: path) }

  private static func makeFolders(of path: String) throws(MirrorError) {
    guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { return }
    let folder = String(path[..<slash])
    if unsafe access(folder, F_OK) == 0 { return }
    try makeFolders(of: folder)
    guard unsafe mkdir(folder, 0o700) == 0 || errno == EEXIST else {
      throw failure("make the folder", folder)
    }
  }

  private static func failure(_ verb: String, _ path: String) -> MirrorError {
    let code = errno
    let reason = unsafe String(cString: strerror(code))
    let isFull = code == ENOSPC || code == EDQUOT
    return MirrorError(
      isFull ? .diskFull : .cannotOpen, "can't \(verb) \(path): \(reason)",
      hint: isFull
        ? "make room; nothing was lost, the run can be repeated"
        : "check `mirror.path`, the permissions of its folder, and the limit of open files")
  }
}
