public import Formats
import Foundation

/// A time zone by its name in the tz database.
public struct LocalZone: Sendable, Hashable {
  /// The name, such as `Europe/Berlin`.
  public let name: String
  private let zone: TimeZone

  /// Coordinated universal time.
  public static let utc = LocalZone(name: "UTC", zone: TimeZone(secondsFromGMT: 0) ?? .current)

  /// The zone of this name; nil when the tz database has none.
  public init?(_ name: String) {
    if name == "UTC" || name == "Etc/UTC" {
      self = LocalZone.utc
      return
    }
    guard let zone = TimeZone(identifier: name) else { return nil }
    self.init(name: name, zone: zone)
  }

  private init(name: String, zone: TimeZone) {
    self.name = name
    self.zone = zone
  }

  /// The instant at which clocks of this zone show a time, of one that comes twice the first.
  ///
  /// Nil for a time that a change of the clocks skips.
  public func instant(_ local: CivilDateTime) -> Timestamp? {
    guard let asUTC = Timestamp(local) else { return nil }
    // A zone's offset differs by less than a day from UTC, so the two days around hold both
    // offsets that may apply here.
    let before = offset(at: asUTC.adding(seconds: -86_400))
    let after = offset(at: asUTC.adding(seconds: 86_400))
    for offsetSeconds in [before, after] {
      let candidate = asUTC.adding(seconds: -Double(offsetSeconds))
      if offset(at: candidate) == offsetSeconds { return candidate }
    }
    return nil
  }

  private func offset(at instant: Timestamp) -> Int {
    let seconds = Double(instant.microseconds) / 1_000_000
    return zone.secondsFromGMT(for: Date(timeIntervalSince1970: seconds))
  }

  /// Equal by name.
  public static func == (left: LocalZone, right: LocalZone) -> Bool { left.name == right.name }

  /// Hashes the name.
  public func hash(into hasher: inout Hasher) { hasher.combine(name) }
}
