import Glibc

/// A path in a folder of its own, deleted with everything beside it at the end.
@safe final class TemporaryFile {
  let folder: String
  var path: String { folder + "/test.sqlite" }

  init() {
    var template = Array("/tmp/resetsync-sqlite-XXXXXX".utf8CString)
    folder = unsafe template.withUnsafeMutableBufferPointer { buffer in
      unsafe String(cString: mkdtemp(buffer.baseAddress!)!)
    }
  }

  deinit {
    for name in ["test.sqlite", "test.sqlite-wal", "test.sqlite-shm", "copy.sqlite"] {
      unsafe unlink(folder + "/" + name)
    }
    unsafe rmdir(folder)
  }
}
