/// The guards of an import (Contract#Exports).
public enum ExportGuard: String, Sendable, Hashable, CaseIterable {
  /// Too many rejected rows.
  case rejects
  /// Older than the last accepted export.
  case older
  /// Older than the mapping allows.
  case maxAge = "max_age"
  /// Shrunk against the last accepted full exports.
  case shrink
  /// Grown against the last accepted full exports.
  case growth
  /// Too few keys in common with the last one.
  case overlap
  /// One column changed on too many rows.
  case changedColumn = "changed_column"
}

/// The setting of one guard.
public enum GuardSetting: Sendable, Hashable {
  /// The guard doesn't act.
  case off
  /// A figure: a share, or seconds for `max_age`.
  case figure(Double)
}

/// The guards a mapping or the configuration sets; those that are missing keep their default.
public struct GuardOverrides: Sendable, Hashable {
  /// The settings by guard.
  public var settings: [ExportGuard: GuardSetting]

  /// Takes the settings as they are.
  public init(_ settings: [ExportGuard: GuardSetting] = [:]) { self.settings = settings }
}
