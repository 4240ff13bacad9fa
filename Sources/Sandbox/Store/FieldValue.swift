/// The value of one attribute of one row, ready to compare and to print.
enum FieldValue {
  case null
  case text(String)
  /// Microseconds since 1970.
  case time(Int64)
  case integer(Int)
  case bool(Bool)
  /// JSON text.
  case json([UInt8])
  /// A resource by its internal number: compares in insertion order, prints as an opaque id.
  case identifier(Int)

  var isNull: Bool {
    if case .null = self { true } else { false }
  }

  /// Ascending order as the database gives it: nulls last, text by code point.
  static func precedes(_ left: FieldValue, _ right: FieldValue) -> Bool {
    switch (left, right) {
    case (.null, _): false
    case (_, .null): true
    case (.text(let a), .text(let b)): a.utf8.lexicographicallyPrecedes(b.utf8)
    case (.time(let a), .time(let b)): a < b
    case (.integer(let a), .integer(let b)), (.identifier(let a), .identifier(let b)): a < b
    case (.bool(let a), .bool(let b)): !a && b
    default: false
    }
  }
}

/// One row of one type.
struct RecordRef: Hashable {
  let type: ResourceType
  let number: Int
}
