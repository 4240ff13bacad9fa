public import Formats

/// The state of a conflict (Contract#Conflicts).
public enum ConflictState: String, Sendable, Hashable, CaseIterable {
  /// Found, and given time to settle by itself.
  case inFlight = "in_flight"
  /// Waiting for a person.
  case open
  /// Decided, not yet carried out.
  case decided
  /// Carried out, not yet seen to be gone.
  case applied
  /// Settled by a decision.
  case closed
  /// Put off.
  case snoozed
  /// Moved after the decision; passes at once into open, so it stands in logs, never in the store.
  case lapsed
  /// Gone without a decision.
  case autoClosed = "auto_closed"

  /// Whether it still asks something of a person.
  public var isPending: Bool {
    switch self {
    case .inFlight, .open, .snoozed, .lapsed: true
    case .decided, .applied, .closed, .autoClosed: false
    }
  }
}

/// What an open conflict is.
public enum OpenSubstate: String, Sendable, Hashable, CaseIterable {
  /// First seen in this run.
  case new
  /// Seen before.
  case ongoing
  /// Had been settled before.
  case regressed
  /// A person took back a decision that was carried out: no run closes it, whatever the policies
  /// say, before somebody decides or the sides agree.
  case reopened
}

/// What can happen to a conflict.
public enum ConflictEvent: Sendable, Hashable {
  /// A run finds it.
  case seen(sameFacts: Bool, inFlight: Bool)
  /// A run looks and doesn't find it.
  case gone
  /// A person decides.
  case decide
  /// The decision was carried out; a later run must see that it helped.
  case apply
  /// The decision was carried out with proof: a verified write, or a base that moved.
  case settle
  /// A person puts it off.
  case snooze
  /// The time of a snooze is over.
  case wake
  /// A person opens it again.
  case reopen
}

/// Where a conflict stands in its life.
public struct ConflictLife: Sendable, Hashable {
  /// The state.
  public let state: ConflictState
  /// For open conflicts, what kind of open; `reopened` stays while it is snoozed or decided.
  public let substate: OpenSubstate?
  /// Whether the last decision is one that stays in force (apart, ignore, a link).
  public let isRemembered: Bool

  /// A place in the life of a conflict.
  public init(_ state: ConflictState, _ substate: OpenSubstate? = nil, isRemembered: Bool = false) {
    self.state = state
    self.substate = substate
    self.isRemembered = isRemembered
  }

  /// The states that a new conflict passes: in flight, or open and new.
  public static func born(inFlight: Bool) -> ConflictLife {
    inFlight ? ConflictLife(.inFlight) : ConflictLife(.open, .new)
  }

  /// The states that the event leads through, the last of them the new one; empty when nothing
  /// changes, nil when the event isn't possible here.
  public func after(_ event: ConflictEvent) -> [ConflictLife]? {
    switch event {
    case .seen(let sameFacts, let inFlight): seen(sameFacts: sameFacts, inFlight: inFlight)
    case .gone: gone
    case .decide: decided
    case .apply: applied
    case .settle: settled
    case .snooze: snoozed
    case .wake: state == .snoozed ? [open(.ongoing)] : nil
    case .reopen: reopened
    }
  }

  private func open(_ substate: OpenSubstate) -> ConflictLife {
    ConflictLife(.open, self.substate == .reopened ? .reopened : substate)
  }

  /// Pending or decided: what a person asked anew stays so.
  private func waiting(_ state: ConflictState) -> ConflictLife {
    ConflictLife(state, substate == .reopened ? .reopened : nil)
  }

  private func moved(to state: ConflictState) -> ConflictLife {
    ConflictLife(state, isRemembered: isRemembered)
  }

  private func seen(sameFacts: Bool, inFlight: Bool) -> [ConflictLife] {
    switch state {
    case .inFlight: inFlight ? [] : [open(.new)]
    case .open, .lapsed: substate == .new || substate == nil ? [open(.ongoing)] : []
    case .decided: sameFacts ? [] : [waiting(.lapsed), open(.ongoing)]
    case .applied: sameFacts ? [] : [open(.regressed)]
    case .closed: sameFacts && isRemembered ? [] : [open(.regressed)]
    case .snoozed: sameFacts ? [] : [open(.ongoing)]
    case .autoClosed: [open(.regressed)]
    }
  }

  private var gone: [ConflictLife] {
    switch state {
    case .inFlight, .open, .lapsed, .snoozed, .decided: [ConflictLife(.autoClosed)]
    case .applied: [moved(to: .closed)]
    case .closed: isRemembered ? [ConflictLife(.autoClosed)] : []
    case .autoClosed: []
    }
  }

  private var decided: [ConflictLife]? {
    switch state {
    case .inFlight, .open, .lapsed, .snoozed, .decided: [waiting(.decided)]
    case .applied, .closed, .autoClosed: nil
    }
  }

  private var applied: [ConflictLife]? {
    switch state {
    case .decided: [moved(to: .applied)]
    case .applied, .closed: []
    case .inFlight, .open, .lapsed, .snoozed, .autoClosed: nil
    }
  }

  private var settled: [ConflictLife]? {
    switch state {
    case .decided: [moved(to: .applied), moved(to: .closed)]
    case .applied: [moved(to: .closed)]
    case .closed: []
    case .inFlight, .open, .lapsed, .snoozed, .autoClosed: nil
    }
  }

  private var snoozed: [ConflictLife]? {
    switch state {
    case .inFlight, .open, .lapsed: [waiting(.snoozed)]
    case .snoozed: []
    case .decided, .applied, .closed, .autoClosed: nil
    }
  }

  private var reopened: [ConflictLife]? {
    switch state {
    case .decided, .snoozed, .inFlight: [open(.ongoing)]
    case .applied, .closed, .autoClosed: [open(.reopened)]
    case .open, .lapsed: []
    }
  }
}

/// How long a conflict has been open, in the steps of the report.
public enum AgeBucket: String, Sendable, Hashable, CaseIterable {
  /// Less than a day.
  case upToOneDay = "0–1 d"
  /// One day to less than three.
  case upToThreeDays = "1–3 d"
  /// Three days to less than a week.
  case upToOneWeek = "3–7 d"
  /// A week to less than thirty days.
  case upToThirtyDays = "7–30 d"
  /// Thirty days and more.
  case older = "> 30 d"

  /// The bucket of a conflict first seen then.
  public init(firstSeen: Timestamp, now: Timestamp) {
    let days = now.seconds(since: firstSeen) / 86_400
    switch days {
    case ..<1: self = .upToOneDay
    case ..<3: self = .upToThreeDays
    case ..<7: self = .upToOneWeek
    case ..<30: self = .upToThirtyDays
    default: self = .older
    }
  }
}
