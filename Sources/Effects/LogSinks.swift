internal import Foundation

/// Log lines to standard error, each in one write so that processes don't mix theirs.
public struct StandardErrorSink: LogSink {
  /// Makes a sink; it holds nothing.
  public init() {}

  /// Writes the line; a broken standard error is ignored, since there is nowhere to say so.
  public func write(_ line: String) {
    let bytes = Array((line + "\n").utf8)
    var sent = 0
    while sent < bytes.count {
      let count = unsafe bytes[sent...].withUnsafeBytes {
        unsafe Foundation.write(STDERR_FILENO, $0.baseAddress, $0.count)
      }
      if count < 0 && errno == EINTR { continue }
      if count <= 0 { return }
      sent += count
    }
  }
}

/// Keeps log lines in memory, the newest `linesMax` of them.
public final class MemorySink: LogSink {
  private let kept = Lock<[String]>([])
  private let linesMax: Int

  /// Makes an empty sink; 10,000 lines unless said otherwise.
  public init(linesMax: Int = 10_000) {
    self.linesMax = linesMax
  }

  /// The lines, oldest first.
  public var lines: [String] { kept.withLock { $0 } }

  /// Keeps the line.
  public func write(_ line: String) {
    kept.withLock { lines in
      lines.append(line)
      if lines.count > linesMax { lines.removeFirst(lines.count - linesMax) }
    }
  }
}

/// Drops every line.
public struct NoSink: LogSink {
  /// Makes a sink; it holds nothing.
  public init() {}
  /// Drops the line.
  public func write(_ line: String) {}
}
