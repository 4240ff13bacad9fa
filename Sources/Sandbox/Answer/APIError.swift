/// One error of an answer (CommerceLayer#Errors).
struct APIError: Error {
  let status: Int
  let code: String
  let title: String
  let detail: String
  var pointer: String?
  /// JSON text of the error's meta.
  var meta: String?

  init(
    _ status: Int, _ code: String, _ title: String, _ detail: String, pointer: String? = nil,
    meta: String? = nil
  ) {
    self.status = status
    self.code = code
    self.title = title
    self.detail = detail
    self.pointer = pointer
    self.meta = meta
  }

  static let recordNotFound = APIError(
    404, "RECORD_NOT_FOUND", "Record not found",
    "The requested resource was not found. Please double-check the resource id.")
  static let routeNotFound = APIError(
    404, "RECORD_NOT_FOUND", "Record not found",
    "The requested resource was not found. Please double-check the path.")
  static let unauthorized = APIError(
    401, "UNAUTHORIZED", "Access denied",
    "You are not authorized to perform this action on the requested resource.")
  static let invalidToken = APIError(
    401, "INVALID_TOKEN", "Invalid token", "The access token you provided is invalid.")
  static let methodNotAllowed = APIError(
    405, "METHOD_NOT_ALLOWED", "Method not allowed",
    "The request method is not supported for this path.")
  static let notAcceptable = APIError(
    406, "NOT_ACCEPTABLE", "Not acceptable",
    "All requests must use the 'application/vnd.api+json' Accept without media type parameters.")
  static let unsupportedMediaType = APIError(
    415, "UNSUPPORTED_MEDIA_TYPE", "Unsupported media type",
    "All requests that create or update must use the 'application/vnd.api+json' Content-Type.")

  static func parameterNotAllowed(_ name: String) -> APIError {
    APIError(400, "PARAM_NOT_ALLOWED", "Param not allowed", "\(name) is not allowed.")
  }

  static func parameterMissing(_ name: String) -> APIError {
    APIError(
      400, "PARAM_MISSING", "Missing Parameter",
      "The required parameter, \(name), is missing.")
  }

  static func typeMismatch(_ found: String, expected: ResourceType) -> APIError {
    APIError(
      400, "TYPE_MISMATCH", "Type Mismatch",
      "\(found) is not a valid type for this operation; expected \(expected.name).")
  }

  static func keyNotIncluded(_ key: String) -> APIError {
    APIError(
      400, "KEY_NOT_INCLUDED_IN_URL", "Key is not included in URL",
      "The URL does not support the key \(key)")
  }

  static func badRequest(_ detail: String) -> APIError {
    APIError(400, "BAD_REQUEST", "Bad Request", detail)
  }

  static func filterNotAllowed(_ name: String) -> APIError {
    APIError(400, "FILTER_NOT_ALLOWED", "Filter not allowed", "\(name) is not allowed.")
  }

  static func invalidFilterValue(_ value: String, _ name: String) -> APIError {
    APIError(
      400, "INVALID_FILTER_VALUE", "Invalid filter value",
      "\(value) is not a valid value for \(name).")
  }

  static func invalidSort(_ name: String, _ type: ResourceType) -> APIError {
    APIError(
      400, "INVALID_SORT_CRITERIA", "Invalid sort criteria",
      "\(name) is not a valid sort criteria for \(type.name)")
  }

  static func invalidField(_ name: String, _ type: ResourceType) -> APIError {
    APIError(
      400, "INVALID_FIELD", "Invalid field", "\(name) is not a valid field of \(type.name).")
  }

  static func invalidInclude(_ name: String, _ type: ResourceType) -> APIError {
    APIError(
      400, "INVALID_INCLUDE", "Invalid field",
      "\(name) is not a valid includable relationship of \(type.name)")
  }

  static func invalidPage(_ value: String, _ name: String) -> APIError {
    APIError(
      400, "INVALID_PAGE_VALUE", "Invalid page value",
      "\(value) is not a valid value for \(name) page parameter.")
  }

  static func validation(
    _ attribute: String, _ message: String, kind: String, more: String = ""
  ) -> APIError {
    APIError(
      422, "VALIDATION_ERROR", message, "\(attribute) - \(message)",
      pointer: "/data/attributes/\(attribute)", meta: "{\"error\":\"\(kind)\"\(more)}")
  }
}

extension ByteWriter {
  /// Appends `{"errors":[…]}`.
  mutating func errors(_ errors: [APIError], statusAsNumber: Bool) {
    raw("{\"errors\":[")
    var isFirst = true
    for error in errors {
      separate(&isFirst)
      self.error(error, statusAsNumber: statusAsNumber)
    }
    raw("]}")
  }

  /// Appends one error object.
  mutating func error(_ error: APIError, statusAsNumber: Bool) {
    raw("{\"title\":")
    string(error.title)
    raw(",\"detail\":")
    string(error.detail)
    raw(",\"code\":")
    string(error.code)
    if let pointer = error.pointer {
      raw(",\"source\":{\"pointer\":")
      string(pointer)
      raw("}")
    }
    raw(",\"status\":")
    if statusAsNumber { integer(error.status) } else { string(String(error.status)) }
    if let meta = error.meta {
      raw(",\"meta\":")
      raw(text: meta)
    }
    raw("}")
  }
}
