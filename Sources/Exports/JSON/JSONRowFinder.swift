import Formats

/// Where the rows of a JSON document stand, where nobody has said so.
enum JSONRowFinder {
  /// How much of a document is looked at, in bytes.
  static let sampleBytes = 4 << 20

  /// Where rows were found.
  enum Place: Equatable {
    /// In an array, at this pointer.
    case array(JSONPointer)
    /// Nowhere: the document is its own only row.
    case whole
  }

  /// Looks for the shallowest array of objects: the document itself, a member, a member's member.
  ///
  /// Only the beginning of the document is read, so rows must start there.
  static func find(_ stream: any ByteStream) throws -> Place {
    var scanner = Scanner(try PreparedStream(stream).beginning(sampleBytes))
    return scanner.find()
  }

  /// Walks over the tokens of a text that may be cut or damaged; whoever reads it all checks it.
  private struct Scanner {
    private let bytes: [UInt8]
    private var at = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func find() -> Place {
      var found: [(path: [String], holdsObjects: Bool)] = []
      skipBlanks()
      if peek == UInt8(ascii: "["), let root = JSONPointer("") { return .array(root) }
      guard peek == UInt8(ascii: "{") else { return .whole }
      walk([], &found)
      let best =
        found.filter(\.holdsObjects).min { $0.path.count < $1.path.count }
        ?? found.first { $0.path.count == 1 && found.count == 1 }
      return best.map { .array(JSONPointer(tokens: $0.path)) } ?? .whole
    }

    private var peek: UInt8? { at < bytes.count ? bytes[at] : nil }

    /// Passes an object; notes the arrays among its members.
    private mutating func walk(
      _ path: [String], _ found: inout [(path: [String], holdsObjects: Bool)]
    ) {
      at += 1
      while let byte = peek {
        switch byte {
        case UInt8(ascii: "}"):
          at += 1
          return
        case UInt8(ascii: "\""):
          let name = string()
          skip { $0 == 0x20 || $0 == 0x09 || $0 == 0x0A || $0 == 0x0D || $0 == UInt8(ascii: ":") }
          guard let path = name.map({ path + [$0] }) else { return }
          member(path, &found)
        default: at += 1
        }
      }
    }

    private mutating func member(
      _ path: [String], _ found: inout [(path: [String], holdsObjects: Bool)]
    ) {
      switch peek {
      case UInt8(ascii: "["):
        let start = at
        at += 1
        skipBlanks()
        found.append((path, peek == UInt8(ascii: "{")))
        at = start
        pass()
      case UInt8(ascii: "{") where path.count < 3: walk(path, &found)
      case UInt8(ascii: "{"): pass()
      case UInt8(ascii: "\""): _ = string()
      default: skip { $0 != UInt8(ascii: ",") && $0 != UInt8(ascii: "}") }
      }
    }

    /// Passes a whole container.
    private mutating func pass() {
      var depth = 0
      while let byte = peek {
        if byte == UInt8(ascii: "\"") {
          _ = string()
          continue
        }
        at += 1
        if byte | 0x20 == UInt8(ascii: "{") { depth += 1 }
        if byte | 0x20 == UInt8(ascii: "}") { depth -= 1 }
        if depth == 0 { return }
      }
    }

    private mutating func string() -> String? {
      let start = at
      at += 1
      while let byte = peek, byte != UInt8(ascii: "\"") { at += byte == UInt8(ascii: "\\") ? 2 : 1 }
      guard at < bytes.count else {
        at = bytes.count
        return nil
      }
      at += 1
      return (try? JSONValue(parsing: Array(bytes[start..<at])))?.text
    }

    private mutating func skipBlanks() {
      skip { $0 == 0x20 || $0 == 0x09 || $0 == 0x0A || $0 == 0x0D }
    }

    private mutating func skip(while condition: (UInt8) -> Bool) {
      while let byte = peek, condition(byte) { at += 1 }
    }
  }
}
