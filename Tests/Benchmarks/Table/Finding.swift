/// What a line of the table is measured by.
struct Goal: Sendable, Equatable {
  enum Subject: Sendable {
    /// Our figure itself.
    case figure
    /// Our figure divided by the other's.
    case ratio
  }

  enum Bound: String, Sendable {
    case atMost = "≤"
    case atLeast = "≥"
  }

  let subject: Subject
  let bound: Bound
  let limit: Double

  static func ratio(_ bound: Bound, _ limit: Double) -> Goal { Goal(.ratio, bound, limit) }
  static func figure(_ bound: Bound, _ limit: Double) -> Goal { Goal(.figure, bound, limit) }

  private init(_ subject: Subject, _ bound: Bound, _ limit: Double) {
    self.subject = subject
    self.bound = bound
    self.limit = limit
  }

  /// Whether a figure is within the bound.
  func isMet(by value: Double) -> Bool { bound == .atMost ? value <= limit : value >= limit }

  func text(_ unit: Quantity.Unit) -> String {
    let figure =
      subject == .ratio ? "\(Quantity.digits(limit)) ×" : Quantity(limit, unit).text
    return "\(bound.rawValue) \(figure)"
  }
}

/// One line of the table: a work, what it took us, what it took another tool.
struct Finding: Sendable {
  /// What another tool needed for the same work.
  struct Other: Sendable {
    var name: String
    var figure: Quantity
    var samples: [Double]
    var runs: [Usage] = []
  }

  /// A short name that stays the same.
  var name: String
  var work: String
  /// The median.
  var figure: Quantity
  /// What the median is of, in the figure's unit.
  var samples: [Double]
  /// What the measured processes used.
  var runs: [Usage] = []
  var other: Other?
  var goal: Goal?
  /// What exactly was compared, for people who doubt.
  var compared: String

  /// The most memory of any of our runs; nil where no process of ours was measured.
  var peakBytes: Int? { runs.map(\.peakBytes).max() }

  /// Most memory that a run of ours may have resident.
  static let peakBytesMax = 96_000_000

  /// Our figure divided by the other's.
  var ratio: Double? {
    other.flatMap { $0.figure.value > 0 ? figure.value / $0.figure.value : nil }
  }

  /// Whether the goal is met; nil without goal, or without the other that it needs.
  var isMet: Bool? {
    guard let goal else { return nil }
    switch goal.subject {
    case .figure: return goal.isMet(by: figure.value)
    case .ratio: return ratio.map(goal.isMet(by:))
    }
  }

  /// Times of processes; the figure is the median of their seconds.
  static func times(
    _ name: String, _ work: String, _ runs: [Usage], goal: Goal? = nil, other: Other? = nil,
    compared: String
  ) -> Finding {
    let seconds = runs.map(\.seconds)
    return Finding(
      name: name, work: work, figure: Quantity(Statistics.median(seconds) ?? 0, .seconds),
      samples: seconds, runs: runs, other: other, goal: goal, compared: compared)
  }
}

extension Finding.Other {
  /// Times of processes of another tool.
  init?(_ name: String, _ runs: [Usage]) {
    self.init(name, seconds: runs.map(\.seconds), runs: runs)
  }

  /// Times that another tool took by its own clock, without its start.
  init?(_ name: String, seconds: [Double], runs: [Usage] = []) {
    guard let median = Statistics.median(seconds) else { return nil }
    self.init(
      name: name, figure: Quantity(median, .seconds), samples: seconds, runs: runs)
  }
}

/// What could not be measured, and why.
struct Skipped: Sendable {
  var name: String
  var reason: String
}

extension Finding {
  /// A finding whose figure is the median of samples of any unit.
  init(
    name: String, work: String, rates: [Double], _ unit: Quantity.Unit, runs: [Usage] = [],
    goal: Goal? = nil, compared: String
  ) {
    self.init(
      name: name, work: work, figure: Quantity(Statistics.median(rates) ?? 0, unit),
      samples: rates, runs: runs, goal: goal, compared: compared)
  }
}

extension Finding.Other {
  /// Samples of any unit.
  init?(name: String, rates: [Double], _ unit: Quantity.Unit, runs: [Usage] = []) {
    guard let median = Statistics.median(rates) else { return nil }
    self.init(name: name, figure: Quantity(median, unit), samples: rates, runs: runs)
  }
}
