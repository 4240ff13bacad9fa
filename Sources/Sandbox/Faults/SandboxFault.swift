/// A change that somebody else makes at the worst moment.
public struct SandboxChange: Sendable, Equatable {
  /// What happens.
  public enum Kind: String, Sendable, CaseIterable {
    /// Metadata or references are written.
    case edit
    /// The row disappears.
    case delete
    /// A new row appears, for the customer of the target or of `customerEmail`.
    case create
  }

  /// Which row.
  public enum Target: Sendable, Equatable {
    /// The row with this id.
    case id(String)
    /// The row that the request's path names.
    case path
    /// The first row of the answer.
    case first
    /// The last row of the answer.
    case last
    /// Every row of the answer.
    case answered
    /// The live row that follows the answer's last one in insertion order.
    case next
    /// A live row by chance.
    case random
  }

  /// What happens.
  public var kind: Kind
  /// To which row.
  public var target: Target
  /// True to change before the request is answered, false (usual) right after.
  public var isBefore = false
  /// JSON text of an object that replaces the metadata, or is merged into it.
  public var metadata: String?
  /// Merges `metadata` key by key instead of replacing the object.
  public var mergesMetadata = false
  /// The new reference; outer nil leaves it.
  public var reference: String??
  /// The new origin; outer nil leaves it.
  public var referenceOrigin: String??
  /// The customer of a created row.
  public var customerEmail: String?

  /// Makes a change.
  public init(_ kind: Kind, _ target: Target) {
    self.kind = kind
    self.target = target
  }
}

/// A rule that makes chosen requests go wrong.
public struct SandboxFault: Sendable, Equatable {
  /// What goes wrong.
  public enum Action: Sendable, Equatable {
    /// Answers so without applying the request; 429, 500, 502, 503 and the like.
    case respond(status: Int, body: SandboxErrorBody, retryAfter: String?)
    /// Resets the connection without applying the request.
    case resetBefore
    /// Applies the request, then resets the connection: the answer is lost.
    case resetAfter
    /// Closes the connection in the orderly way without applying the request.
    case closeBefore
    /// Applies the request, then closes without an answer.
    case closeAfter
    /// Neither applies nor answers until the client gives up.
    case hang
    /// Applies the request, then never answers.
    case hangAfter
    /// Answers after so many seconds.
    case delay(seconds: Double)
    /// Sends the body in pieces of `bytes` with pauses of so many seconds.
    case trickle(bytes: Int, everySeconds: Double)
    /// Declares the whole length, sends so many body bytes, then closes or resets.
    case truncate(afterBytes: Int, reset: Bool)
    /// Cuts the JSON in the middle, with a length that fits.
    case invalidJSON
    /// Sends this body instead, with this media type.
    case body(String, mediaType: String?)
    /// Changes the media type of the answer; nil removes it.
    case mediaType(String?)
    /// Answers a list request with the answer of the one before.
    case repeatPage
    /// Answers the first `length` list requests, then the same pages again and again.
    case cyclePages(length: Int)
    /// Revokes the request's access token before it is looked at.
    case revokeToken
    /// Somebody else changes a row.
    case change(SandboxChange)
    /// The answer has `reset_password_token`, asked for or not.
    case leakToken
    /// The answer's meta tells another mode or organisation.
    case meta(mode: String?, organizationID: String?)
  }

  /// The request method to match, or nil for any.
  public var method: String?
  /// Text that the path contains, or nil for any.
  public var path: String?
  /// Text that the decoded query contains as `name=value`, or nil for any.
  public var query: String?
  /// How many matching requests pass before the first fault.
  public var skip = 0
  /// How many times the fault is played; nil for ever.
  public var count: Int? = 1
  /// Plays at each so-many-th matching request.
  public var every = 1
  /// The chance that a due fault is played, 0 to 1.
  public var probability = 1.0
  /// What goes wrong.
  public var action: Action

  /// Makes a rule for one request; set `count` to nil for all.
  public init(_ action: Action, method: String? = nil, path: String? = nil) {
    self.action = action
    self.method = method
    self.path = path
  }
}
