/// What one server allows its clients; each limit answers with its own status when it is exceeded.
public struct HTTPServerLimits: Sendable, Equatable {
  /// Longest request line, in bytes without its line end; beyond it 414.
  public var requestLineBytesMax = 16_384
  /// Largest header section (and trailer section), in bytes; beyond it 431.
  public var headerBytesMax = 32_768
  /// Most field lines in one message; beyond it 431.
  public var headerCountMax = 100
  /// Largest request content, in bytes after chunk decoding; beyond it 413.
  public var bodyBytesMax = 4_194_304
  /// Most connections at once; a further one takes the place of the one that has kept the server
  /// waiting longest, or is answered 503 and closed.
  public var connectionsMax = 1_024
  /// How long a connection may keep the server waiting for a request before it must make room for
  /// others, in seconds.
  public var makesRoomAfterSeconds = 2.0
  /// Most requests on one connection; the last one is answered with `Connection: close`.
  public var requestsPerConnectionMax = 1_000_000
  /// How long a connection may stay silent between requests, in seconds; then it is closed.
  public var idleSecondsMax = 60.0
  /// How long a header section may take from its first byte, in seconds; beyond it 408.
  public var headerSecondsMax = 10.0
  /// How long a content may take, in seconds; beyond it 408.
  public var bodySecondsMax = 30.0
  /// How long an answer may take to be accepted by the client, in seconds; then it is given up.
  public var sendSecondsMax = 30.0
  /// How long input is still read after a final answer, so that the client sees it, in seconds.
  public var lingerSecondsMax = 1.0
  /// Stack of a connection's thread, in bytes; handlers run on it.
  public var threadStackBytes = 1_048_576

  /// The limits used unless a caller says otherwise.
  public static let standard = HTTPServerLimits()

  /// Makes the standard limits, to be changed one by one.
  public init() {}
}
