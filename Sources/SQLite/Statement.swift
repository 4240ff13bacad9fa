internal import CSQLite

/// A prepared statement: bind, step, read columns, reset.
///
/// Parameters count from 1, columns from 0.
///
/// A statement belongs to its connection's thread of control and is not Sendable.
@safe public final class Statement {
  /// The text it was prepared from.
  public let sql: String
  private let handle: OpaquePointer
  /// Keeps the database open for as long as a statement of it lives.
  private let connection: OpenDatabase

  init(_ sql: String, on connection: Connection) throws(SQLiteError) {
    var prepared: OpaquePointer?
    let code = unsafe sqlite3_prepare_v3(
      connection.handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &prepared, nil)
    guard code == SQLITE_OK, let statement = unsafe prepared else {
      throw connection.error(code, sql)
    }
    unsafe handle = statement
    self.sql = sql
    self.connection = connection.base
  }

  deinit { unsafe sqlite3_finalize(handle) }

  // MARK: Running

  /// Moves to the next row; false at the end.
  ///
  /// The statement must be reset before it runs again.
  @discardableResult
  public func step() throws(SQLiteError) -> Bool {
    let code = unsafe sqlite3_step(handle)
    switch code {
    case SQLITE_ROW: return true
    case SQLITE_DONE: return false
    default: throw connection.error(code, sql)
    }
  }

  /// Ends the current execution and keeps the bound values.
  public func reset() { unsafe sqlite3_reset(handle) }

  /// Ends the current execution and lets go of all bound values.
  public func clear() {
    unsafe sqlite3_reset(handle)
    unsafe sqlite3_clear_bindings(handle)
  }

  /// Runs a statement that gives no rows, and makes it ready to run again.
  public func run() throws(SQLiteError) {
    let code = unsafe sqlite3_step(handle)
    // The error must be read before the reset, which may replace it.
    let failure = code == SQLITE_DONE || code == SQLITE_ROW ? nil : connection.error(code, sql)
    unsafe sqlite3_reset(handle)
    if let failure { throw failure }
  }

  /// Runs a statement that gives no rows with one more text, which SQLite does not copy.
  ///
  /// The parameter is NULL afterwards.
  public func run(_ index: Int, borrowing text: ArraySlice<UInt8>) throws(SQLiteError) {
    let code = unsafe text.withUnsafeBytes { bytes in
      let start = unsafe (bytes.baseAddress ?? Self.nowhere).assumingMemoryBound(to: CChar.self)
      _ = unsafe shim_sqlite3_bind_text_static(
        handle, Int32(index), start, UInt64(bytes.count))
      return unsafe sqlite3_step(handle)
    }
    let failure = code == SQLITE_DONE || code == SQLITE_ROW ? nil : connection.error(code, sql)
    unsafe sqlite3_reset(handle)
    bindNull(index)
    if let failure { throw failure }
  }

  // MARK: Binding

  /// Binds NULL.
  public func bindNull(_ index: Int) { unsafe sqlite3_bind_null(handle, Int32(index)) }

  /// Binds an integer.
  public func bind(_ index: Int, _ value: Int64) {
    unsafe sqlite3_bind_int64(handle, Int32(index), value)
  }

  /// Binds an integer.
  public func bind(_ index: Int, _ value: Int) { bind(index, Int64(value)) }

  /// Binds an integer or NULL.
  public func bind(_ index: Int, _ value: Int64?) {
    if let value { bind(index, value) } else { bindNull(index) }
  }

  /// Binds text, which SQLite copies.
  public func bind(_ index: Int, _ text: String) {
    var text = text
    text.withUTF8 { bytes in
      unsafe bindText(index, UnsafeRawBufferPointer(bytes))
    }
  }

  /// Binds text or NULL.
  public func bind(_ index: Int, _ text: String?) {
    if let text { bind(index, text) } else { bindNull(index) }
  }

  /// Binds UTF-8 bytes as text, which SQLite copies.
  public func bind(_ index: Int, utf8 bytes: ArraySlice<UInt8>) {
    unsafe bytes.withUnsafeBytes { unsafe bindText(index, $0) }
  }

  /// Binds bytes as a blob, which SQLite copies.
  public func bind(_ index: Int, blob bytes: [UInt8]) {
    unsafe bytes.withUnsafeBytes { raw in
      _ = unsafe shim_sqlite3_bind_blob_transient(
        handle, Int32(index), raw.baseAddress ?? Self.nowhere, UInt64(raw.count))
    }
  }

  /// Binds a value of any kind.
  public func bind(_ index: Int, _ value: Value) {
    switch value {
    case .null: bindNull(index)
    case .integer(let integer): bind(index, integer)
    case .real(let real): unsafe sqlite3_bind_double(handle, Int32(index), real)
    case .text(let text): bind(index, text)
    case .blob(let bytes): bind(index, blob: bytes)
    }
  }

  /// Binds a list of values to the parameters 1, 2, ….
  public func bind(all values: [any Bindable]) {
    for (offset, value) in values.enumerated() { bind(offset + 1, value.sqlValue) }
  }

  private func bindText(_ index: Int, _ bytes: UnsafeRawBufferPointer) {
    // A null pointer would bind NULL: an empty text needs an address.
    let start = unsafe (bytes.baseAddress ?? Self.nowhere).assumingMemoryBound(to: CChar.self)
    _ = unsafe shim_sqlite3_bind_text_transient(
      handle, Int32(index), start, UInt64(bytes.count))
  }

  /// A valid address for values of no length.
  nonisolated(unsafe) private static let nowhere: UnsafeRawPointer =
    UnsafeRawPointer(UnsafeMutableRawPointer.allocate(byteCount: 1, alignment: 1))

  // MARK: Columns

  /// True if the column is NULL.
  public func isNull(_ column: Int) -> Bool {
    unsafe sqlite3_column_type(handle, Int32(column)) == SQLITE_NULL
  }

  /// The column as a 64-bit integer (0 for NULL).
  public func int64(_ column: Int) -> Int64 {
    unsafe sqlite3_column_int64(handle, Int32(column))
  }

  /// The column as an integer (0 for NULL).
  public func int(_ column: Int) -> Int { Int(int64(column)) }

  /// The column as an integer, or nil for NULL.
  public func optionalInt64(_ column: Int) -> Int64? { isNull(column) ? nil : int64(column) }

  /// The column as an integer, or nil for NULL.
  public func optionalInt(_ column: Int) -> Int? { isNull(column) ? nil : int(column) }

  /// The column as true (not 0) or false.
  public func bool(_ column: Int) -> Bool { int64(column) != 0 }

  /// The column as a double.
  public func double(_ column: Int) -> Double {
    unsafe sqlite3_column_double(handle, Int32(column))
  }

  /// The column as text (empty for NULL).
  public func text(_ column: Int) -> String {
    unsafe withText(column) { unsafe String(decoding: $0, as: UTF8.self) }
  }

  /// The column as text, or nil for NULL.
  public func optionalText(_ column: Int) -> String? { isNull(column) ? nil : text(column) }

  /// The UTF-8 bytes of a text column, copied.
  public func utf8(_ column: Int) -> [UInt8] { unsafe withText(column) { unsafe Array($0) } }

  /// The bytes of a blob column, copied.
  public func blob(_ column: Int) -> [UInt8] {
    let count = unsafe Int(sqlite3_column_bytes(handle, Int32(column)))
    guard count > 0, let start = unsafe sqlite3_column_blob(handle, Int32(column)) else {
      return []
    }
    return unsafe Array(UnsafeRawBufferPointer(start: start, count: count))
  }

  /// Lends the UTF-8 bytes of a column to `body`; they are valid only inside it.
  @unsafe public func withText<R>(
    _ column: Int, _ body: (UnsafeBufferPointer<UInt8>) throws -> R
  ) rethrows -> R {
    let start = unsafe sqlite3_column_text(handle, Int32(column))
    let count = unsafe Int(sqlite3_column_bytes(handle, Int32(column)))
    return try unsafe body(UnsafeBufferPointer(start: start, count: start == nil ? 0 : count))
  }

  /// True if the column's bytes equal these; nothing is copied.
  public func textEquals(_ column: Int, _ bytes: [UInt8]) -> Bool {
    unsafe bytes.withUnsafeBytes { wanted in
      unsafe withText(column) { stored in unsafe Self.equal(stored, wanted) }
    }
  }

  /// True if the column's bytes equal these; nothing is copied.
  public func textEquals(_ column: Int, _ bytes: ArraySlice<UInt8>) -> Bool {
    unsafe bytes.withUnsafeBytes { wanted in
      unsafe withText(column) { stored in unsafe Self.equal(stored, wanted) }
    }
  }

  /// True if the column's text equals this one byte for byte; nothing is copied.
  public func textEquals(_ column: Int, _ text: String) -> Bool {
    var text = text
    return text.withUTF8 { wanted in
      unsafe withText(column) { stored in
        unsafe Self.equal(stored, UnsafeRawBufferPointer(wanted))
      }
    }
  }

  /// Orders the column's text against another statement's, byte by byte as SQLite does:
  /// negative, 0 or positive.
  public func textOrder(_ column: Int, against other: Statement, _ otherColumn: Int) -> Int {
    unsafe withText(column) { one in
      unsafe other.withText(otherColumn) { two in
        let shared = min(one.count, two.count)
        if shared > 0, let left = one.baseAddress, let right = two.baseAddress {
          let order = unsafe shim_memcmp(left, right, shared)
          if order != 0 { return Int(order) }
        }
        return one.count - two.count
      }
    }
  }

  private static func equal(
    _ one: UnsafeBufferPointer<UInt8>, _ other: UnsafeRawBufferPointer
  ) -> Bool {
    guard one.count == other.count else { return false }
    // memcmp must not be given the null pointers of empty buffers.
    if one.isEmpty { return true }
    return unsafe shim_memcmp(one.baseAddress, other.baseAddress, one.count) == 0
  }

  /// The column as a value of its own kind.
  public func value(_ column: Int) -> Value {
    switch unsafe sqlite3_column_type(handle, Int32(column)) {
    case SQLITE_INTEGER: .integer(int64(column))
    case SQLITE_FLOAT: .real(double(column))
    case SQLITE_TEXT: .text(text(column))
    case SQLITE_BLOB: .blob(blob(column))
    default: .null
    }
  }

  /// Number of columns a row has.
  public var columnCount: Int { unsafe Int(sqlite3_column_count(handle)) }

  /// The name of a column.
  public func columnName(_ column: Int) -> String {
    guard let name = unsafe sqlite3_column_name(handle, Int32(column)) else { return "" }
    return unsafe String(cString: name)
  }
}
