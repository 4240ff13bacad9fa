/// Collects the field lines of one answer as libcurl hands them over, line by line.
///
/// An interim answer (1xx) is dropped when the next status line begins; trailers after the body
/// are ignored, since nothing in this house uses them (RFC 9110 §6.5).
struct AnswerHead {
  private(set) var fields = HTTPFields()
  private(set) var isTooLarge = false
  private var pending: (name: String, value: String)?
  private var bytes = 0
  /// Whether a status line has come.
  private(set) var hasBegun = false
  private var isComplete = false

  /// Takes one line with its line ending; false when the block exceeds `bytesMax` bytes.
  mutating func take(line: UnsafeRawBufferPointer, bytesMax: Int) -> Bool {
    bytes += line.count
    guard bytes <= bytesMax else {
      isTooLarge = true
      return false
    }
    let text = unsafe String(decoding: line, as: UTF8.self)
    let trimmed = Self.trimmed(text[...])
    if trimmed.isEmpty {
      flush()
      isComplete = true
    } else if text.hasPrefix("HTTP/") {
      fields = HTTPFields()
      pending = nil
      isComplete = false
      hasBegun = true
    } else if !isComplete {
      add(text, trimmed)
    }
    return true
  }

  private mutating func add(_ text: String, _ trimmed: Substring) {
    // A line that begins with a blank continues the one before (RFC 9112 §5.2).
    if let first = text.utf8.first, first == 0x20 || first == 0x09 {
      if let before = pending { pending = (before.name, before.value + " " + trimmed) }
      return
    }
    flush()
    guard let colon = trimmed.utf8.firstIndex(of: UInt8(ascii: ":")) else { return }
    let value = trimmed[trimmed.utf8.index(after: colon)...]
    pending = (String(trimmed[..<colon]), String(Self.trimmed(value)))
  }

  private mutating func flush() {
    if let pending { fields.append(pending.name, pending.value) }
    pending = nil
  }

  private static func trimmed(_ text: Substring) -> Substring {
    let utf8 = text.utf8
    func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
    guard let first = utf8.firstIndex(where: { !isBlank($0) }),
      let last = utf8.lastIndex(where: { !isBlank($0) })
    else { return "" }
    return text[first...last]
  }
}
