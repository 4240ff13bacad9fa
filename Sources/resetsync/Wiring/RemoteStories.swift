import CommerceLayer
import Console
import Formats

/// Follows the relationships of a reset: asks for its customer, its events and its event stores.
struct RemoteStories: Sendable {
  private let client: CommerceLayerClient

  init(_ client: CommerceLayerClient) { self.client = client }

  /// What the API says; a part that may not be read, or is gone, says so.
  ///
  /// Throws `APIError` for all other failures.
  func story(of id: String) async throws -> ExplainRemote {
    try await client.connect()
    return ExplainRemote(
      customer: try await part { try await client.customer(of: id).map(Self.object) },
      events: try await part { try await client.events(of: id).map(Self.event) },
      changes: try await part { try await client.eventStores(of: id).map(Self.change) })
  }

  private func part<Value: Sendable>(
    _ ask: () async throws -> Value
  ) async throws -> ExplainRemote.Answer<Value> {
    do {
      return .known(try await ask())
    } catch let error as APIError {
      switch error.kind {
      case .notPermitted, .notFound, .refused: return .unavailable(error.description)
      case .unreachable, .refusedCredentials, .throttled, .wrongOrganization, .wrongMode,
        .outcomeUnknown, .incompatible, .misconfigured, .cancelled, .paused:
        throw error
      }
    }
  }

  private static func object(_ customer: RemoteCustomer) -> JSONObject {
    func text(_ value: String?) -> JSONValue { value.map { .string($0) } ?? .null }
    return [
      "id": .string(customer.id), "email": text(customer.email), "status": text(customer.status),
      "has_password": customer.hasPassword.map { .bool($0) } ?? .null,
      "reference": text(customer.reference), "reference_origin": text(customer.referenceOrigin),
    ]
  }

  private static func event(_ event: RemoteEvent) -> ExplainRemote.Event {
    ExplainRemote.Event(id: event.id, name: event.name, at: event.at?.time)
  }

  private static func change(_ change: RemoteChange) -> ExplainRemote.Change {
    ExplainRemote.Change(
      id: change.entryID, event: change.event, field: change.field, from: change.from,
      to: change.to, who: change.who, at: change.at?.time)
  }
}
