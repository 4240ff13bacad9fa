import Glibc

/// A conversion to UTF-8 by the system's `iconv`; it keeps a state from call to call.
///
/// What does not fit is told, never replaced or left out.
@safe struct SystemConverter: ~Copyable {
  /// How a conversion came to its end.
  enum End {
    /// All bytes were read.
    case whole
    /// The bytes behind those that were read begin a character.
    case cut
    /// The bytes behind those that were read are no character.
    case invalid
  }

  private let descriptor: iconv_t

  /// A conversion from an encoding; nil where the system does not know its name.
  ///
  /// A name holds no `/`, which would be read as a suffix.
  init?(from name: String) {
    // iconv tells its failure by a pointer of all ones.
    guard let opened = unsafe iconv_open("UTF-8", name), Int(bitPattern: opened) != -1 else {
      return nil
    }
    unsafe descriptor = opened
  }

  /// Whether the system knows an encoding by this name.
  static func knows(_ name: String) -> Bool {
    guard let converter = SystemConverter(from: name) else { return false }
    converter.reset()
    return true
  }

  deinit { _ = unsafe iconv_close(descriptor) }

  /// Appends the text of as many bytes as make characters; tells how many those were.
  func convert(_ bytes: [UInt8], to out: inout [UInt8]) -> (read: Int, end: End) {
    var read = 0
    while true {
      let room = max(256, (bytes.count - read) * 2)
      let before = (read, out.count)
      let fault = unsafe bytes.withUnsafeBytes { input in
        unsafe step(
          UnsafeMutableRawPointer(mutating: input.baseAddress), input.count, &read, room, &out)
      }
      switch fault {
      case 0: return (read, .whole)
      case EINVAL: return (read, .cut)
      case E2BIG where (read, out.count) != before: continue
      default: return (read, .invalid)
      }
    }
  }

  /// Appends what a state still holds, such as a letter that waited for its accent.
  func finish(_ out: inout [UInt8]) {
    var read = 0
    _ = unsafe step(nil, 0, &read, 64, &out)
  }

  /// Forgets the state.
  func reset() { _ = unsafe iconv(descriptor, nil, nil, nil, nil) }

  /// One call; 0, or the number of its fault.
  private func step(
    _ input: UnsafeMutableRawPointer?, _ count: Int, _ read: inout Int, _ room: Int,
    _ out: inout [UInt8]
  ) -> Int32 {
    var fault: Int32 = 0
    let text = unsafe [UInt8](unsafeUninitializedCapacity: room) { buffer, written in
      var from = unsafe input?.advanced(by: read).assumingMemoryBound(to: CChar.self)
      var left = count - read
      var to: UnsafeMutablePointer<CChar>? =
        unsafe UnsafeMutableRawPointer(buffer.baseAddress)?.assumingMemoryBound(to: CChar.self)
      var free = room
      let isNothing = unsafe input == nil
      let result =
        isNothing
        ? unsafe iconv(descriptor, nil, nil, &to, &free)
        : unsafe iconv(descriptor, &from, &left, &to, &free)
      if result == -1 { fault = errno }
      read = count - left
      written = room - free
    }
    out += text
    return fault
  }
}

extension SystemConverter {
  /// For each byte the code point that it always stands for, nil where it stands for none; nil for
  /// encodings in which bytes depend on each other, or that write ASCII in another way.
  static func byteTable(of name: String) -> [UInt32?]? {
    guard let converter = SystemConverter(from: name) else { return nil }
    var table: [UInt32?] = []
    for byte in UInt8.min...UInt8.max {
      converter.reset()
      var text: [UInt8] = []
      let end = converter.convert([byte], to: &text).end
      let count = text.count
      converter.finish(&text)
      guard end != .cut, text.count == count else { return nil }
      let scalars = String(decoding: text, as: UTF8.self).unicodeScalars
      guard scalars.count == (end == .whole ? 1 : 0) else { return nil }
      guard byte >= 0x80 || scalars.first?.value == UInt32(byte) else { return nil }
      table.append(scalars.first?.value)
    }
    return table
  }
}
