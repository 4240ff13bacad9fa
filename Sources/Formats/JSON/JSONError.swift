/// Why a JSON text was refused, and where.
public struct JSONError: Error, Sendable, Equatable, CustomStringConvertible {
  /// What was expected and found, in words without any value of the text.
  public let message: String
  /// The line, counted from 1.
  public let line: Int
  /// The column, counted from 1, in Unicode scalars.
  public let column: Int
  /// The byte offset, counted from 0.
  public let offset: Int
  /// Whether the only fault up to here is a key that occurs twice, which the grammar allows.
  public let isDuplicateKey: Bool

  /// An error at a known place.
  public init(
    message: String, line: Int, column: Int, offset: Int, isDuplicateKey: Bool = false
  ) {
    self.message = message
    self.isDuplicateKey = isDuplicateKey
    self.line = line
    self.column = column
    self.offset = offset
  }

  /// The message with its place.
  public var description: String { "line \(line), column \(column): \(message)" }

  init(_ fault: JSONFault, in bytes: [UInt8]) {
    let place = LineIndex(bytes).position(at: fault.offset)
    self.init(
      message: fault.message, line: place.line, column: place.column, offset: fault.offset,
      isDuplicateKey: fault.isDuplicateKey)
  }
}

/// The limits of one JSON text; a text beyond them is refused, never cut.
public struct JSONLimits: Sendable, Hashable {
  /// How deep arrays and objects may nest, in levels.
  public var depthMax: Int
  /// How long a text may be, in bytes; never more than 4 GiB.
  public var bytesMax: Int

  /// Limits of one's own: nesting in levels, length in bytes.
  public init(depthMax: Int = 256, bytesMax: Int = 64 << 20) {
    self.depthMax = depthMax
    self.bytesMax = bytesMax
  }

  /// 256 levels and 64 MiB.
  public static let standard = JSONLimits()
}

/// A refusal inside the scanner: place as a byte offset, so that scanning counts no lines.
struct JSONFault: Error {
  var message: String
  var offset: Int
  var isDuplicateKey = false
}

/// The six kinds of a JSON value.
public enum JSONKind: UInt8, Sendable, Hashable {
  /// `null`
  case null
  /// `true` or `false`
  case bool
  /// A number in the grammar of RFC 8259 section 6.
  case number
  /// A string, RFC 8259 section 7.
  case string
  /// An array.
  case array
  /// An object.
  case object

  /// The kind with its article, for messages.
  public var words: String {
    switch self {
    case .null: "null"
    case .bool: "a boolean"
    case .number: "a number"
    case .string: "a string"
    case .array: "an array"
    case .object: "an object"
    }
  }
}
