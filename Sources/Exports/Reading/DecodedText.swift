import Formats

/// The text of an export as UTF-8 without byte order mark, and how it was encoded.
struct DecodedText {
  let stream: any ByteStream
  let encoding: String
  let hasByteOrderMark: Bool

  init(_ container: ExportContainer, encoding: String?) throws {
    stream = try container.stream()
    self.encoding = encoding ?? "utf-8"
    hasByteOrderMark = false
  }
}
