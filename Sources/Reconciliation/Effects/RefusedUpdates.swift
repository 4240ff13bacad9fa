import Formats

/// Updates that the API refused, and what people decided about them.
public struct RefusedUpdates: Sendable {
  /// What would stand at the remote after each refused update (`PlannedUpdate.intent`), by reset.
  public private(set) var intents: [String: String]
  /// The conflicts about refused updates that a person wants to be sent again, by reset.
  private let retries: [String: String]
  /// Of those, the ones whose update is still due and planned anew.
  public private(set) var retried: Set<String> = []

  /// What is known before a run.
  public init(intents: [String: String] = [:], retries: [String: String] = [:]) {
    self.intents = intents
    self.retries = retries
  }

  /// Takes the update out of an assessment that would write again what was refused, unless a person
  /// wants it to be sent once more; returns the effect on a refused one that is due no more as it
  /// was.
  public mutating func withdraw(from assessment: inout ItemAssessment) -> Effect? {
    guard !intents.isEmpty || !retries.isEmpty, case .reset(let id) = assessment.item else {
      return nil
    }
    let retry = retries[id]
    if let retry, let update = assessment.update {
      assessment.update = update.settling(retry)
      retried.insert(retry)
    }
    guard let refused = intents[id] else { return nil }
    if retry == nil, let update = assessment.update, update.intent == refused {
      assessment.update = nil
      return nil
    }
    intents[id] = nil
    return .dropRefused(resetID: id)
  }
}

extension PlannedUpdate {
  /// What would stand at the remote afterwards, as canonical JSON: equal for updates that write the
  /// same.
  public var intent: String {
    let fields = fields.map { JSONValue.array([.string($0.metadata), $0.value.boxed]) }
    let texts = [reference, referenceOrigin].map { write in
      write.map { JSONValue.array([$0.value.map { .string($0) } ?? .null]) } ?? .null
    }
    return JSONValue.array(fields + texts).canonicalText
  }
}
