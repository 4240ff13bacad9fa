internal import Formats
internal import HTTP

/// What an answer other than a success says, whatever its body is made of.
///
/// Bodies come as documented (`errors` is a list), as one object, empty, as HTML of an edge, or
/// cut off. Clients key on status and code, never on text (CommerceLayer#Errors).
struct ErrorDocument {
  /// The longest text that is carried on, in characters.
  private static let textCharactersMax = 300

  let status: Int
  let code: String?
  let detail: String
  let pointer: String?
  let traceID: String?

  init(_ response: HTTPResponse) {
    status = response.status
    guard let document = try? JSONDocument(response.body) else {
      (code, pointer, traceID) = (nil, nil, nil)
      detail = Self.words(for: response)
      return
    }
    let root = document.root
    let errors = root["errors"]
    let all = errors.map { $0.kind == .array ? $0.elements.map { $0 } : [$0] } ?? [root]
    let first = all.first
    code = first?["code"]?.string ?? root["error"]?.string
    pointer = first?["source"]?["pointer"]?.string
    traceID = DocumentMeta.find("trace_id", first, root)
    let texts = all.prefix(5).compactMap { Self.text($0) }
    let text = texts.isEmpty ? root["error_description"]?.string : texts.joined(separator: "; ")
    detail = String((text ?? "the answer gives no reason").prefix(Self.textCharactersMax))
  }

  /// Detail, or title, whichever says more.
  private static func text(_ error: JSONNode) -> String? {
    let (title, detail) = (error["title"]?.string, error["detail"]?.string)
    guard let title, let detail, !title.isEmpty, !detail.isEmpty else { return detail ?? title }
    return detail.contains(title) ? detail : "\(title): \(detail)"
  }

  private static func words(for response: HTTPResponse) -> String {
    if response.body.isEmpty { return "the answer has no body" }
    let type = response.fields["Content-Type"] ?? ""
    return type.contains("html") ? "the answer is a web page" : "the answer is not JSON"
  }

  /// The error to throw, of the class that status and code mean.
  func error(for request: String) -> APIError {
    var error = APIError(kind, detail, request: request, status: status)
    error.code = code
    error.pointer = pointer
    error.traceID = traceID
    return error
  }

  /// Whether another token may help: the code says so, or an edge answered without any code.
  var isTokenRefused: Bool { status == 401 && (code == "INVALID_TOKEN" || code == nil) }

  private var kind: APIError.Kind {
    switch status {
    case 401 where isTokenRefused: .refusedCredentials
    case 401, 403: .notPermitted
    case 404: .notFound
    case 429: .throttled
    case 400..<500: .refused
    case 500...: .unreachable
    default: .incompatible
    }
  }
}
