internal import CCurl

/// One libcurl easy handle, freed with its owner; holds options but no connection.
@safe final class EasyHandle {
  /// Names the handle in what libcurl reports.
  let key: UInt
  private let pointer: UnsafeMutableRawPointer

  /// Makes a handle; nil when libcurl is out of memory or could not be started.
  init?() {
    guard let pointer = unsafe curl_easy_init() else { return nil }
    unsafe self.pointer = pointer
    key = UInt(bitPattern: pointer)
  }

  deinit {
    unsafe curl_easy_cleanup(pointer)
  }

  /// Lends the pointer to calls of libcurl.
  func withPointer<Value>(_ body: (UnsafeMutableRawPointer) -> Value) -> Value {
    unsafe body(pointer)
  }

  func set(_ option: CURLoption, _ value: Int) {
    _ = unsafe shim_setopt_long(pointer, option, value)
  }

  func set(_ option: CURLoption, offset value: Int) {
    _ = unsafe shim_setopt_offset(pointer, option, curl_off_t(value))
  }

  /// libcurl copies the text.
  func set(_ option: CURLoption, _ value: String) {
    _ = unsafe shim_setopt_string(pointer, option, value)
  }

  func number(_ info: CURLINFO) -> Int {
    var value = 0
    _ = unsafe shim_getinfo_long(pointer, info, &value)
    return value
  }

  func offset(_ info: CURLINFO) -> Int {
    var value: curl_off_t = 0
    _ = unsafe shim_getinfo_offset(pointer, info, &value)
    return Int(value)
  }
}
