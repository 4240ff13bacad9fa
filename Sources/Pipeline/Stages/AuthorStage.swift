import CommerceLayer
import Effects
import Formats
import Mirror
import Reconciliation

/// Asks the event stores of resets who moved the fields that conflicts opened about.
///
/// It is a courtesy of the run: it stays inside the rate budget, is bounded, and whatever goes
/// wrong here changes nothing of the run's result.
struct AuthorStage {
  /// Resets asked for in one run.
  static let resetsMax = 50
  /// Answers "not permitted" or "not found" after which a run asks no more.
  static let refusalsMax = 3

  let parts: RunParts
  let run: String
  let client: CommerceLayerClient

  /// Asks for the newest open conflicts that have no author yet.
  func ask() async throws {
    var refusals = 0
    for question in try await parts.mirror.authorQuestions(limit: Self.resetsMax) {
      guard !Task.isCancelled, refusals < Self.refusalsMax else { return }
      do {
        let changes = try await client.eventStores(of: question.resetID)
        try await keep(question, changes)
      } catch let error as APIError {
        switch error.kind {
        case .notPermitted, .notFound, .refused:
          refusals += 1
          try await keep(question, [])
        case .unreachable, .refusedCredentials, .throttled, .wrongOrganization, .wrongMode,
          .outcomeUnknown, .incompatible, .misconfigured, .cancelled, .paused:
          parts.log.info(
            "who changed contested fields is not known: \(error)", ["run": .text(run)])
          return
        }
      }
    }
  }

  private func keep(_ question: AuthorQuestion, _ changes: [RemoteChange]) async throws {
    var authors: [String: String?] = [:]
    for contested in question.contested {
      authors[contested.field] = Self.author(of: contested, in: changes)
    }
    try await parts.mirror.keepAuthors(authors, of: question, at: parts.time.now)
  }

  /// Who last moved the field to the value that the conflict shows; nil where no change says so.
  static func author(
    of contested: AuthorQuestion.Contested, in changes: [RemoteChange]
  ) -> String? {
    author(ofField: contested.field, holding: contested.remote, in: changes)
  }

  /// The same of one field and, where it is known, the value that it holds.
  static func author(
    ofField field: String, holding held: FieldValue?, in changes: [RemoteChange]
  ) -> String? {
    guard let target = FieldTarget(field) else { return nil }
    let moves = changes.reversed().filter { change in
      change.field == "metadata"
        && value(target, change.from) != value(target, change.to)
    }
    guard let remote = held else { return moves.first?.who }
    return moves.first { value(target, $0.to) == remote }?.who
  }

  private static func value(_ target: FieldTarget, _ metadata: JSONValue) -> FieldValue {
    guard case .value(let value) = target.read(metadata.objectValue ?? [:]) else { return .absent }
    return value
  }
}
