import Effects
import Formats

@testable import CommerceLayer
@testable import HTTP

/// Requests to our server: heads and chunked contents are the same however they arrive.
func fuzzRequests(_ bytes: [UInt8]) {
  var choices = FuzzChoices(bytes)
  let piece = 1 + choices.below(16)
  var limits = HTTPServerLimits()
  limits.requestLineBytesMax = 200
  limits.headerBytesMax = 400
  limits.headerCountMax = 12
  limits.bodyBytesMax = 500
  let text = Array(choices.rest)
  let whole = head(text, limits, piece: text.count + 1)
  hold(head(text, limits, piece: piece) == whole, "a head in pieces of \(piece) is another")
  if case .found(let end, let method, let target) = whole {
    hold(end <= text.count && !method.isEmpty, "a head ends behind the text")
    hold(target.hasPrefix("/"), "a target that is no path")
    hold(target.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }, "a target with blanks")
  }
  let content = chunked(text, limits, piece: text.count + 1)
  hold(chunked(text, limits, piece: piece) == content, "chunks in pieces of \(piece) differ")
}

private enum FoundHead: Equatable {
  case none
  /// Which of several faults is told depends on what has arrived.
  case refused
  case found(end: Int, method: String, target: String)
}

private func head(_ text: [UInt8], _ limits: HTTPServerLimits, piece: Int) -> FoundHead {
  var scanner = HeadScanner(limits: limits)
  do throws(RequestRefusal) {
    var count = 0
    while count < text.count {
      count = min(text.count, count + piece)
      guard let end = try scanner.scan(Array(text[..<count])) else { continue }
      let head = try RequestHead(text, lines: scanner.lines, limits: limits)
      if case .length(let length) = head.framing {
        hold(length > 0 && length <= limits.bodyBytesMax, "a content above the limit is taken")
      }
      return .found(end: end, method: head.method.rawValue, target: head.target)
    }
    return .none
  } catch {
    hold((400...505).contains(error.status), "status \(error.status)")
    return .refused
  }
}

private struct Chunks: Equatable {
  var body: [UInt8] = []
  var end: Int?
  var isRefused = false
}

private func chunked(_ text: [UInt8], _ limits: HTTPServerLimits, piece: Int) -> Chunks {
  var decoder = ChunkedDecoder(limits: limits)
  do throws(RequestRefusal) {
    var (position, count) = (0, 0)
    while count < text.count, !decoder.isDone {
      count = min(text.count, count + piece)
      position = try decoder.decode(Array(text[..<count]), from: position)
    }
    hold(decoder.body.count <= limits.bodyBytesMax, "a content above the limit is taken")
    return decoder.isDone ? Chunks(body: decoder.body, end: position) : Chunks()
  } catch {
    return Chunks(isRefused: true)
  }
}

/// Heads of answers as libcurl hands them over, line by line.
func fuzzAnswers(_ bytes: [UInt8]) {
  var head = AnswerHead()
  let bytesMax = 300
  var taken = 0
  for line in bytes.split(separator: 0x0A, omittingEmptySubsequences: false) {
    let line = Array(line) + [0x0A]
    let isTaken = unsafe line.withUnsafeBytes { unsafe head.take(line: $0, bytesMax: bytesMax) }
    guard isTaken else {
      hold(head.isTooLarge, "a line is refused without a reason")
      return
    }
    taken += line.count
    hold(taken <= bytesMax, "more lines than the limit")
  }
  for field in head.fields.all {
    hold(!field.value.utf8.contains(0x0A) && !field.name.utf8.contains(0x0A), "a line in a field")
  }
  let text = String(decoding: bytes, as: UTF8.self)
  if let seconds = RetryAfter.seconds(text, now: Timestamp(microseconds: 0)) {
    hold(seconds >= 0 && seconds.isFinite, "a wait without an end")
  }
}

/// Documents of the API: a reset or an error, never a trap; metadata comes through as spelled.
func fuzzDocuments(_ bytes: [UInt8]) {
  var choices = FuzzChoices(bytes)
  let kind = choices.below(6)
  let text = Array(choices.rest)
  let answer = HTTPResponse(status: 200, fields: HTTPFields(), body: text)
  switch kind {
  case 0:
    guard let page = try? ResetDecoder.page(answer) else { return }
    for row in page.rows { check(row, of: text) }
  case 1: if let single = try? ResetDecoder.single(answer) { check(single.reset, of: text) }
  case 2:
    let changes = (try? AuditDecoder.changes(answer))?.changes ?? []
    let secrets = ["reset_password_token", "_reset_password_token", "customer_password"]
    hold(!changes.contains { secrets.contains($0.field) }, "a change of a secret is told")
  case 3:
    let error = ErrorDocument(HTTPResponse(status: 422, fields: HTTPFields(), body: text))
    hold(error.detail.count <= 300, "an error longer than its limit")
  case 4:
    guard let token = try? AccessToken(text, sentAt: 100) else { return }
    let secret = token.secret.reveal()
    // A short one may occur in any word.
    hold(secret.count < 8 || !"\(token.secret)".contains(secret), "a token describes itself")
  default: _ = try? AuditDecoder.customer(answer)
  }
}

private func check(_ reset: ResetResource, of text: [UInt8]) {
  hold(!reset.id.isEmpty, "a reset without an id")
  guard let metadata = try? JSONValue(parsing: reset.metadata) else {
    fail("the metadata is no JSON")
  }
  hold(metadata.objectValue != nil, "the metadata is no object")
  let isThere = reset.metadata == Array("{}".utf8) || text.contains(reset.metadata)
  hold(isThere, "the metadata is not spelled as it came")
}
