@_spi(_Unicode) private import Swift

/// The NFC normal form of a text (Unicode annex 15), from the standard library's own tables.
///
/// Swift's `==` on strings compares exactly these forms; digests and keys need them as bytes.
public func nfc(_ text: String) -> String {
  if text.utf8.allSatisfy({ $0 < 0x80 }) { return text }
  var scalars = String.UnicodeScalarView()
  for scalar in text._nfc { scalars.append(scalar) }
  return String(scalars)
}
