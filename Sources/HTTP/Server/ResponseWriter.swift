/// Writes the bytes of an answer (RFC 9112 §4 to §7).
struct ResponseWriter {
  /// Gives the time for `Date`, in seconds since 1970; nil for a server without a clock.
  let unixSeconds: (@Sendable () -> Int)?

  /// Status line, fields and content in one piece.
  func whole(
    _ response: HTTPServerResponse, omitsBody: Bool, keepsAlive: Bool, isHTTP11: Bool
  ) -> [UInt8] {
    let hasContent = ResponseHead.allowsContent(response.status)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(512 + (omitsBody ? 0 : response.body.count))
    appendHead(response, to: &bytes, keepsAlive: keepsAlive, isHTTP11: isHTTP11)
    if hasContent {
      bytes.append(contentsOf: "Content-Length: ".utf8)
      bytes.append(contentsOf: String(response.body.count).utf8)
      bytes.append(contentsOf: "\r\n".utf8)
    }
    bytes.append(contentsOf: "\r\n".utf8)
    if hasContent && !omitsBody { bytes.append(contentsOf: response.body) }
    return bytes
  }

  /// The head of an answer whose content comes in chunks, or until the close for HTTP/1.0.
  func chunkedHead(
    _ response: HTTPServerResponse, keepsAlive: Bool, isHTTP11: Bool
  ) -> [UInt8] {
    var bytes: [UInt8] = []
    appendHead(response, to: &bytes, keepsAlive: keepsAlive, isHTTP11: isHTTP11)
    if isHTTP11 { bytes.append(contentsOf: "Transfer-Encoding: chunked\r\n".utf8) }
    bytes.append(contentsOf: "\r\n".utf8)
    return bytes
  }

  static func chunk(_ piece: [UInt8]) -> [UInt8] {
    var bytes = Array(String(piece.count, radix: 16).utf8)
    bytes.append(contentsOf: "\r\n".utf8)
    bytes.append(contentsOf: piece)
    bytes.append(contentsOf: "\r\n".utf8)
    return bytes
  }

  private func appendHead(
    _ response: HTTPServerResponse, to bytes: inout [UInt8], keepsAlive: Bool, isHTTP11: Bool
  ) {
    bytes.append(contentsOf: "HTTP/1.1 ".utf8)
    bytes.append(contentsOf: String(response.status).utf8)
    bytes.append(0x20)
    bytes.append(contentsOf: ResponseHead.phrase(response.status).utf8)
    bytes.append(contentsOf: "\r\n".utf8)
    if let unixSeconds {
      bytes.append(contentsOf: "Date: ".utf8)
      bytes.append(contentsOf: HTTPDate.text(unixSeconds: unixSeconds()).utf8)
      bytes.append(contentsOf: "\r\n".utf8)
    }
    for field in response.fields.all {
      append(field, to: &bytes)
    }
    if !keepsAlive {
      bytes.append(contentsOf: "Connection: close\r\n".utf8)
    } else if !isHTTP11 {
      bytes.append(contentsOf: "Connection: keep-alive\r\n".utf8)
    }
  }

  /// Line ends inside a value would start a field of somebody else's choosing: they become blanks.
  private func append(_ field: HTTPFields.Field, to bytes: inout [UInt8]) {
    bytes.append(contentsOf: field.name.utf8)
    bytes.append(0x3A)
    bytes.append(0x20)
    for byte in field.value.utf8 { bytes.append(byte < 0x20 ? 0x20 : byte) }
    bytes.append(0x0D)
    bytes.append(0x0A)
  }
}

/// Dates of HTTP fields (IMF-fixdate, RFC 9110 §5.6.7).
enum HTTPDate {
  static func text(unixSeconds: Int) -> String {
    let days = Int((Double(unixSeconds) / 86_400).rounded(.down))
    let second = unixSeconds - days * 86_400
    let (year, month, day) = civil(days)
    let weekday = weekdays[((days % 7) + 11) % 7]
    return "\(weekday), \(two(day)) \(months[month - 1]) \(year) "
      + "\(two(second / 3_600)):\(two(second / 60 % 60)):\(two(second % 60)) GMT"
  }

  private static let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  private static func two(_ number: Int) -> String {
    number < 10 ? "0\(number)" : "\(number)"
  }

  /// Year, month and day of a day number; eras of 400 years that begin in March.
  private static func civil(_ days: Int) -> (Int, Int, Int) {
    let shifted = days + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra =
      (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
  }
}
