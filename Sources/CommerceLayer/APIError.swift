/// Why the API did not do what was asked, and what to do about it; never holds a credential.
public struct APIError: Error, Sendable, Equatable {
  /// The class of the failure, on which callers decide.
  public enum Kind: String, Sendable, CaseIterable {
    /// No usable answer came, also not after trying again.
    case unreachable
    /// The client, its secret or its scope were refused, or a renewed token too.
    case refusedCredentials
    /// The credentials may not do this (401 `UNAUTHORIZED`, 403).
    case notPermitted
    /// The limits were exceeded for longer than was waited.
    case throttled
    /// The token or an answer belongs to another organisation.
    case wrongOrganization
    /// The token or an answer belongs to the other data set.
    case wrongMode
    /// The record is not there (404).
    case notFound
    /// The API understood and refused the request (other 4xx).
    case refused
    /// A change was sent, and whether it was applied can only be learned by reading.
    case outcomeUnknown
    /// The answer was not what the documentation says; the client must be corrected.
    case incompatible
    /// The settings can't work.
    case misconfigured
    /// Somebody paused all changes: nothing was sent.
    case paused
    /// The task was cancelled.
    case cancelled
  }

  /// The class of the failure.
  public let kind: Kind
  /// Method and path, such as `GET /customer_password_resets`, without the query.
  public var request: String?
  /// The status of the answer, if there was one.
  public var status: Int?
  /// The API's code, such as `VALIDATION_ERROR`.
  public var code: String?
  /// What went wrong, in the API's words or ours.
  public var detail: String
  /// The member of the request at fault, as a JSON pointer.
  public var pointer: String?
  /// The identifier by which the vendor finds the request.
  public var traceID: String?

  /// What a person can do about this very failure, where the advice of its class is too general.
  public var remedy: String?

  /// Makes an error of a class with an explanation.
  public init(_ kind: Kind, _ detail: String, request: String? = nil, status: Int? = nil) {
    self.kind = kind
    self.detail = detail
    self.request = request
    self.status = status
  }

  /// What a person can do about it.
  public var advice: String {
    if let remedy { return remedy }
    return switch kind {
    case .unreachable: "check the network and the status page of the service, then run again"
    case .refusedCredentials: "check client id, client secret and scope of the integration"
    case .notPermitted: "use an integration whose role may do this"
    case .throttled: "run again later"
    case .wrongOrganization: "check organization and credentials: they name two organisations"
    case .wrongMode: "check mode and credentials: one is for test, the other for live data"
    case .notFound: "the record was deleted; pull again"
    case .refused: "correct the value that the API names"
    case .outcomeUnknown: "read the record before sending the change again"
    case .incompatible: "check base_url; if it is right, this version doesn't know the answer"
    case .misconfigured: "correct the configuration"
    case .paused: "nothing was changed; what is due stays due until the pause ends"
    case .cancelled: "run again"
    }
  }
}

extension APIError: CustomStringConvertible {
  /// One line: request, status, code, detail, pointer, trace and advice.
  public var description: String {
    var text = request.map { "\($0): " } ?? ""
    if let status { text += "\(status) " }
    if let code { text += "\(code): " }
    text += detail
    if let pointer { text += " (at \(pointer))" }
    if let traceID { text += " [trace \(traceID)]" }
    return text + "; " + advice
  }
}
