public import Formats

/// What a person decided.
public enum Resolution: Sendable, Hashable {
  /// The source's value, or its key.
  case source
  /// The remote's value, or its key.
  case remote
  /// This value for both.
  case value(JSONValue)
  /// Keep the sides different on purpose.
  case apart
  /// Link to this reset.
  case link(resetID: String)
  /// Nothing, until the facts change.
  case ignore

  /// The forms that a decision may take, as they are typed.
  public static let forms = ["source", "remote", "value=JSON", "apart", "link=RESET_ID", "ignore"]

  /// Reads `source`, `remote`, `value=JSON`, `apart`, `link=RESET_ID`, `ignore`; throws what is
  /// wrong and what could be typed.
  public init(parsing text: String) throws(ResolutionError) {
    switch text {
    case "source": self = .source
    case "remote": self = .remote
    case "apart": self = .apart
    case "ignore": self = .ignore
    default: self = try Resolution.parameterized(text)
    }
  }

  private static func parameterized(_ text: String) throws(ResolutionError) -> Resolution {
    if text.hasPrefix("link=") {
      let id = String(text.dropFirst(5)).trimmed
      guard !id.isEmpty else {
        throw ResolutionError(message: "link= needs the id of a reset after it")
      }
      return .link(resetID: id)
    }
    guard text.hasPrefix("value=") else {
      let near = nearestName(to: text, among: forms.map { String($0.prefix { $0 != "=" }) })
      throw ResolutionError(
        message: "\"\(text)\" is no decision; use one of \(forms.joined(separator: ", "))"
          + (near.map { " (did you mean \"\($0)\"?)" } ?? ""))
    }
    do throws(JSONError) {
      return .value(try JSONValue(parsing: String(text.dropFirst(6))))
    } catch {
      throw ResolutionError(
        message:
          "the value is no JSON (\(error.message)); a text needs its quotes: value='\"text\"'"
      )
    }
  }

  /// The decision as it is typed.
  public var text: String {
    switch self {
    case .source: "source"
    case .remote: "remote"
    case .value(let value): "value=\(value.written())"
    case .apart: "apart"
    case .link(let id): "link=\(id)"
    case .ignore: "ignore"
    }
  }

  /// The form of the decision, without its value.
  public var form: ResolutionForm {
    switch self {
    case .source: .source
    case .remote: .remote
    case .value: .value
    case .apart: .apart
    case .link: .link
    case .ignore: .ignore
    }
  }

  /// Whether it may decide a conflict of this kind.
  public func isAllowed(for kind: ConflictKind) -> Bool {
    ResolutionForm.allowed(for: kind).contains(form)
  }

  /// Whether it stays in force after it was applied to a conflict of this kind, for as long as the
  /// facts are the same.
  public func isRemembered(for kind: ConflictKind) -> Bool {
    switch self {
    case .apart, .ignore, .link: true
    // There is no base that could tell that the cell was seen and passed over.
    case .remote: kind == .invalid
    case .source, .value: false
    }
  }
}

/// The forms of a decision.
public enum ResolutionForm: String, Sendable, Hashable, CaseIterable {
  /// The source's value or key.
  case source
  /// The remote's value or key.
  case remote
  /// A given value.
  case value
  /// Different on purpose.
  case apart
  /// A link.
  case link
  /// Nothing.
  case ignore

  /// What may decide a conflict of this kind, the likeliest first.
  public static func allowed(for kind: ConflictKind) -> [ResolutionForm] {
    switch kind {
    case .conflict, .writeFight: [.source, .remote, .value, .apart]
    case .invalid: [.remote, .apart]
    case .rekeyed: [.source, .remote, .apart, .ignore]
    case .identityMismatch: [.link, .apart, .ignore]
    case .remoteDuplicate, .unreferenced, .remoteOnly, .sourceOnly: [.link, .ignore]
    case .remoteDeleted, .sourceDeleted: [.apart, .ignore]
    case .pushFailed: [.source, .ignore]
    case .sourceDuplicate, .keyCollision, .unknownOrigin: [.ignore]
    }
  }
}

/// Why a text is no decision.
public struct ResolutionError: Error, Sendable, Equatable, CustomStringConvertible {
  /// What is wrong and what could be typed.
  public let message: String
  /// The same.
  public var description: String { message }

  /// Takes the words.
  public init(message: String) { self.message = message }
}
