extension JSONDocument {
  /// The first thing in a sound text that can't be kept as it is: a string or name with half a
  /// surrogate pair, or names of one object that are equal in normal form (NFC).
  ///
  /// Nil for nearly all texts; the grammar allows both.
  public var firstAmbiguity: JSONError? {
    let bytes = storage.bytes
    let span = bytes.span
    // Both need a byte that is rare: an escape, or a letter outside ASCII.
    guard skipASCII(span, 0) < span.count || countBytes(span, equalTo: 0x5C) > 0 else { return nil }
    for (index, entry) in storage.tape.enumerated() {
      let found: Int? =
        switch entry.kind {
        case .string: entry.isFlagged ? halfCharacter(span, entry) : nil
        case .object: secondOfAlike(span, index)
        default: nil
        }
      guard let found else { continue }
      let message =
        entry.kind == .string
        ? "half a character (one \\u escape of a pair without the other): the text was cut"
        : "two names of one object that differ only in how their letters are composed"
      return JSONError(JSONFault(message: message, offset: found), in: bytes)
    }
    return nil
  }

  /// Where a string with half a surrogate pair stands.
  private func halfCharacter(_ span: Span<UInt8>, _ entry: JSONTapeEntry) -> Int? {
    JSONEscapes.decode(span, entry.inner).hasLone ? Int(entry.start) : nil
  }

  /// Where a name stands that reads as one before it in the object at a tape index.
  private func secondOfAlike(_ span: Span<UInt8>, _ index: Int) -> Int? {
    var keys: [JSONTapeEntry] = []
    var isPlain = true
    var place = index + 1
    for _ in 0..<storage.tape[index].count {
      let key = storage.tape[place]
      place = Int(storage.tape[place + 1].next)
      keys.append(key)
      if key.isFlagged || skipASCII(span.extracting(key.inner), 0) < key.inner.count {
        isPlain = false
      }
    }
    // Names of ASCII alone are their own normal form, and told apart by whoever scanned them.
    guard !isPlain, keys.count > 1 else { return nil }
    var seen: Set<String> = []
    // Swift compares texts by their normal form.
    return keys.first { !seen.insert(storage.string($0)).inserted }.map { Int($0.start) }
  }
}
