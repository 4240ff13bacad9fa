import Foundation

/// The arithmetic of the table.
enum Statistics {
  /// The middle of the figures, the mean of the two middle ones where their count is even; nil
  /// without figures.
  static func median(_ figures: [Double]) -> Double? {
    guard !figures.isEmpty else { return nil }
    let sorted = figures.sorted()
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  }

  /// The exponent `e` of `figure ≈ c · sizeᵉ`: the slope of the least-squares line through the
  /// logarithms; nil with fewer than two different sizes or a figure that is not positive.
  static func exponent(_ points: [(size: Double, figure: Double)]) -> Double? {
    guard points.allSatisfy({ $0.size > 0 && $0.figure > 0 }) else { return nil }
    let logs = points.map { (x: log($0.size), y: log($0.figure)) }
    let count = Double(logs.count)
    let (meanX, meanY) = (logs.map(\.x).reduce(0, +) / count, logs.map(\.y).reduce(0, +) / count)
    let spread = logs.map { ($0.x - meanX) * ($0.x - meanX) }.reduce(0, +)
    guard spread > 0 else { return nil }
    return logs.map { ($0.x - meanX) * ($0.y - meanY) }.reduce(0, +) / spread
  }
}
