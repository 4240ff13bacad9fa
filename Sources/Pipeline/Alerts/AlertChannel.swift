internal import Effects
public import Formats

/// A way to tell somebody: a webhook or a command.
public struct AlertChannel: Sendable {
  /// Delivers one notice or throws.
  public typealias Deliver = @concurrent @Sendable (AlertNotice) async throws -> Void
  /// Sends a JSON body to the configured address and returns the HTTP status.
  public typealias Post = @concurrent @Sendable (_ body: [UInt8]) async throws -> Int

  /// The name in logs and in the store, such as `webhook`.
  public let name: String
  let deliver: Deliver

  /// The longest run of an alert command, in seconds.
  public static let commandSecondsMax = 30.0

  /// A channel of one's own.
  public init(name: String, deliver: @escaping Deliver) {
    self.name = name
    self.deliver = deliver
  }

  /// Posts each notice as JSON; any status but 2xx is a failure.
  public static func webhook(name: String = "webhook", post: @escaping Post) -> AlertChannel {
    AlertChannel(name: name) { notice in
      let status = try await post(notice.json.writtenBytes())
      guard (200..<300).contains(status) else { throw AlertFailure.status(status) }
    }
  }

  /// Runs a program for each notice, with the JSON on its standard input, and without the hidden
  /// variables in its environment.
  ///
  /// Any exit status but 0 is a failure. No shell is involved.
  public static func command(
    _ arguments: [String], hiding hidden: Set<String> = [], name: String = "command"
  ) -> AlertChannel {
    AlertChannel(name: name) { notice in
      let input = notice.json.writtenBytes() + [UInt8(ascii: "\n")]
      var job = Subprocess(arguments, input: input, timeoutSeconds: commandSecondsMax)
      job.hiddenVariables = hidden
      let outcome = try await job.run()
      guard outcome.status == 0 else { throw AlertFailure.exit(outcome.status) }
    }
  }
}

/// Why a notice was not delivered; holds nothing of what the receiver said.
public enum AlertFailure: Error, Sendable, Equatable, CustomStringConvertible {
  /// The webhook answered with this HTTP status.
  case status(Int)
  /// The command ended with this exit status.
  case exit(Int32)

  /// A few words for the log.
  public var description: String {
    switch self {
    case .status(let status): "the webhook answered \(status)"
    case .exit(let status): "the command ended with status \(status)"
    }
  }
}

/// Where the ledger is kept between runs.
public protocol AlertStore: Sendable {
  /// What was saved last, nil if nothing was.
  func load() async throws -> JSONValue?
  /// Keeps the ledger; replaces what was saved before.
  func save(_ ledger: JSONValue) async throws
}
