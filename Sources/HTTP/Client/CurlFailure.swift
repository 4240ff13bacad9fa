internal import CCurl

/// Sorts libcurl's result codes by whether the server may have acted.
struct CurlFailure {
  let code: CURLcode
  /// libcurl's words; they name host and cause, never fields or body.
  let text: String
  /// Whether any byte of the request may have left.
  let wasSent: Bool
  /// Whether an answer had begun to arrive.
  let hasAnswer: Bool

  var error: HTTPTransportError {
    switch code {
    case CURLE_URL_MALFORMAT: .badAddress(text)
    case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_CACERT_BADFILE:
      .untrustedServer(text)
    case CURLE_UNSUPPORTED_PROTOCOL: wasSent ? .malformedAnswer(text) : .badAddress(text)
    case CURLE_WEIRD_SERVER_REPLY, CURLE_BAD_CONTENT_ENCODING, CURLE_PARTIAL_FILE,
      CURLE_WRITE_ERROR:
      wasSent ? .malformedAnswer(text) : .cannotConnect(text)
    case CURLE_SEND_FAIL_REWIND:
      .outcomeUnknown("the connection broke after the request was sent")
    case CURLE_RECV_ERROR where hasAnswer: .malformedAnswer(text)
    default: wasSent ? .outcomeUnknown(text) : .cannotConnect(text)
    }
  }
}
