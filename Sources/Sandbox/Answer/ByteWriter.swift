/// Appends JSON to one byte buffer; commas are put by the caller through `separate`.
struct ByteWriter {
  private(set) var bytes: [UInt8] = []

  init(capacityBytes: Int = 1_024) {
    bytes.reserveCapacity(capacityBytes)
  }

  /// Appends literal JSON.
  mutating func raw(_ text: StaticString) {
    unsafe bytes.append(
      contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  /// Appends bytes that are JSON already.
  mutating func raw(_ more: [UInt8]) {
    bytes.append(contentsOf: more)
  }

  /// Appends text that is JSON already.
  mutating func raw(text: String) {
    bytes.append(contentsOf: text.utf8)
  }

  /// Appends a comma unless this is the first element.
  mutating func separate(_ isFirst: inout Bool) {
    if isFirst { isFirst = false } else { bytes.append(0x2C) }
  }

  /// Appends `"name":`.
  mutating func key(_ name: String) {
    string(name)
    bytes.append(0x3A)
  }

  /// Appends an opaque id, without quotes.
  mutating func identifier(_ number: Int, _ ids: ResourceIDs) {
    ids.append(number, to: &bytes)
  }

  mutating func integer(_ value: Int) {
    bytes.append(contentsOf: String(value).utf8)
  }

  /// Appends a JSON string, escaped where RFC 8259 §7 wants it.
  mutating func string(_ text: String) {
    bytes.append(0x22)
    escaped(text)
    bytes.append(0x22)
  }

  mutating func string(_ text: String?) {
    if let text { string(text) } else { raw("null") }
  }

  /// Appends the inside of a JSON string.
  mutating func escaped(_ text: String) {
    var text = text
    let plain = text.withUTF8 { buffer in
      unsafe buffer.allSatisfy { $0 >= 0x20 && $0 != 0x22 && $0 != 0x5C }
    }
    if plain {
      bytes.append(contentsOf: text.utf8)
    } else {
      for byte in text.utf8 { escape(byte) }
    }
  }

  private mutating func escape(_ byte: UInt8) {
    switch byte {
    case 0x22: raw("\\\"")
    case 0x5C: raw("\\\\")
    case 0x0A: raw("\\n")
    case 0x0D: raw("\\r")
    case 0x09: raw("\\t")
    case 0..<0x20:
      raw("\\u00")
      bytes.append(byte < 0x10 ? 0x30 : 0x31)
      let low = byte & 15
      bytes.append(low < 10 ? 0x30 + low : 0x57 + low)
    default: bytes.append(byte)
    }
  }

  /// Appends a time as the API shows it, in milliseconds: `"2026-01-01T12:00:00.000Z"`.
  mutating func time(_ microseconds: Int64) {
    bytes.append(0x22)
    Instant.append(microseconds, to: &bytes)
    bytes.append(0x22)
  }
}
