import Formats
import Foundation

/// A figure with its unit.
struct Quantity: Sendable, Equatable {
  enum Unit: String, Sendable {
    case seconds = "s"
    case rowsPerSecond = "rows/s"
    case microsecondsPerRow = "µs/row"
    case megabytesPerSecond = "MB/s"
    case percent = "%"
    case requests = "requests"
  }

  let value: Double
  let unit: Unit

  init(_ value: Double, _ unit: Unit) {
    self.value = value
    self.unit = unit
  }

  /// Three digits and the unit; times below a second in milliseconds.
  var text: String {
    if unit == .seconds, value < 1 { return "\(Self.digits(value * 1_000)) ms" }
    return unit == .requests
      ? String(Int(value)) : "\(Self.digits(value)) \(unit.rawValue)"
  }

  /// A figure with three significant digits at least, and no more decimals than those need.
  static func digits(_ value: Double) -> String {
    let size = abs(value)
    let decimals = size >= 100 || size == 0 ? 0 : size >= 10 ? 1 : 2
    return String(format: "%.\(decimals)f", value)
  }

  /// A figure as a JSON number of six significant digits.
  static func json(_ value: Double) -> JSONValue {
    JSONNumber(String(format: "%.6g", value)).map { .number($0) } ?? .null
  }
}
