internal import Foundation

/// The environment variables of the process, replaceable in tests.
public protocol EnvironmentSource: Sendable {
  /// The value of a variable, nil when it is not set.
  func value(of name: String) -> String?
}

/// The variables that the process was started with.
public struct SystemEnvironment: EnvironmentSource {
  /// Makes a source; it holds nothing.
  public init() {}

  /// The value of a variable, nil when it is not set.
  public func value(of name: String) -> String? {
    unsafe getenv(name).map { unsafe String(cString: $0) }
  }
}

/// Variables that were written down.
public struct FixedEnvironment: EnvironmentSource {
  private let values: [String: String]

  /// Makes a source with exactly these variables.
  public init(_ values: [String: String] = [:]) {
    self.values = values
  }

  /// The value of a variable, nil when it is not among them.
  public func value(of name: String) -> String? { values[name] }
}
