public import Formats

/// How much a log line matters; the order is the order of weight.
public enum LogLevel: Int, Sendable, Comparable, CaseIterable {
  /// For finding a fault in the program.
  case debug
  /// What it does.
  case info
  /// What a person may want to know.
  case notice
  /// What a person should look at.
  case warning
  /// What went wrong.
  case error

  /// The name in configurations and log lines, such as `warning`.
  public var name: String { String(describing: self) }

  /// Finds a level by its name.
  public init?(name: String) {
    guard let level = Self.allCases.first(where: { $0.name == name }) else { return nil }
    self = level
  }

  /// Whether the left one weighs less.
  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// The form of log lines.
public enum LogFormat: String, Sendable, CaseIterable {
  /// One line for people: time, level, message, fields as `name=value`.
  case text
  /// One JSON object per line for machines.
  case json
}

/// Where finished log lines go; one call per line, without the line ending, from any thread.
public protocol LogSink: Sendable {
  /// Takes one line.
  func write(_ line: String)
}

/// A named value of a log line.
public enum LogValue: Sendable, Equatable {
  /// A text.
  case text(String)
  /// A whole number.
  case int(Int)
  /// A number with a fraction.
  case double(Double)
  /// A truth value.
  case bool(Bool)
  /// Nothing known.
  case null

  /// A text, or null.
  public init(_ text: String?) { self = text.map(Self.text) ?? .null }
  /// A secret shows only that it is there.
  public init(_ secret: Secret) { self = .text(secret.description) }
  /// An instant in RFC 3339.
  public init(_ time: Timestamp) { self = .text(time.rfc3339) }
}

extension LogValue: ExpressibleByStringLiteral, ExpressibleByStringInterpolation,
  ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral, ExpressibleByFloatLiteral
{
  /// A text.
  public init(stringLiteral value: String) { self = .text(value) }
  /// A whole number.
  public init(integerLiteral value: Int) { self = .int(value) }
  /// A truth value.
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  /// A number.
  public init(floatLiteral value: Double) { self = .double(value) }
}

/// Writes what happens, one line each, to a sink; a value that travels with the work.
///
/// Fields whose name speaks of a secret are masked, whatever they hold.
public struct Log: Sendable {
  /// Names and values of a line, in the order given.
  public typealias Fields = KeyValuePairs<String, LogValue>

  /// Lines below this level are not made.
  public let level: LogLevel
  private let format: LogFormat
  private let time: any TimeSource
  private let sink: any LogSink
  private var context: [(name: String, value: LogValue)] = []

  /// Makes a log that stamps its lines by `time` and hands them to `sink`.
  public init(
    level: LogLevel = .info, format: LogFormat = .text, time: any TimeSource, sink: any LogSink
  ) {
    self.level = level
    self.format = format
    self.time = time
    self.sink = sink
  }

  /// A log whose lines all carry these fields first.
  public func with(_ fields: Fields) -> Log {
    var log = self
    log.context += fields.map { ($0.key, $0.value) }
    return log
  }

  /// Writes a line unless the level is below the log's.
  public func write(_ level: LogLevel, _ message: @autoclosure () -> String, _ fields: Fields) {
    guard level >= self.level else { return }
    let line = LogLine(
      time: time.now, level: level, message: message(),
      fields: context + fields.map { ($0.key, $0.value) })
    sink.write(format == .text ? line.text : line.json)
  }

  /// Writes a line for finding a fault in the program.
  public func debug(_ message: @autoclosure () -> String, _ fields: Fields = [:]) {
    write(.debug, message(), fields)
  }

  /// Writes a line about what the program does.
  public func info(_ message: @autoclosure () -> String, _ fields: Fields = [:]) {
    write(.info, message(), fields)
  }

  /// Writes a line that a person may want to know.
  public func notice(_ message: @autoclosure () -> String, _ fields: Fields = [:]) {
    write(.notice, message(), fields)
  }

  /// Writes a line that a person should look at.
  public func warning(_ message: @autoclosure () -> String, _ fields: Fields = [:]) {
    write(.warning, message(), fields)
  }

  /// Writes a line about what went wrong.
  public func error(_ message: @autoclosure () -> String, _ fields: Fields = [:]) {
    write(.error, message(), fields)
  }
}
