/// A value as SQLite stores it.
public enum Value: Sendable, Hashable {
  /// NULL.
  case null
  /// A 64-bit integer.
  case integer(Int64)
  /// A double.
  case real(Double)
  /// Text in UTF-8.
  case text(String)
  /// Bytes.
  case blob([UInt8])
}

/// Something that can be bound to a statement's parameter.
public protocol Bindable {
  /// The value to bind.
  var sqlValue: Value { get }
}

extension Value: Bindable {
  /// The value itself.
  public var sqlValue: Value { self }
}

extension String: Bindable {
  /// As text.
  public var sqlValue: Value { .text(self) }
}

extension Int64: Bindable {
  /// As an integer.
  public var sqlValue: Value { .integer(self) }
}

extension Int: Bindable {
  /// As an integer.
  public var sqlValue: Value { .integer(Int64(self)) }
}

extension Bool: Bindable {
  /// As 0 or 1.
  public var sqlValue: Value { .integer(self ? 1 : 0) }
}

extension Double: Bindable {
  /// As a double.
  public var sqlValue: Value { .real(self) }
}

extension [UInt8]: Bindable {
  /// As a blob.
  public var sqlValue: Value { .blob(self) }
}

extension Optional: Bindable where Wrapped: Bindable {
  /// The wrapped value, or NULL.
  public var sqlValue: Value { self?.sqlValue ?? .null }
}
