import Formats

/// What a `jsonb` column does to a document: keys ordered by length and then bytes, numbers
/// respelled without exponent and sign of zero, escapes of strings normalised.
enum JSONB {
  static func normalized(_ value: JSONValue) -> JSONValue {
    switch value {
    case .object(let object):
      let sorted = object.members.sorted { left, right in
        let (a, b) = (left.key.value.utf8, right.key.value.utf8)
        return a.count != b.count ? a.count < b.count : a.lexicographicallyPrecedes(b)
      }
      return .object(JSONObject(sorted.map { ($0.key.value, normalized($0.value)) }))
    case .array(let elements): return .array(elements.map(normalized))
    case .string(let text): return .string(text.value)
    case .number(let number): return .number(JSONNumber(plain(number.spelling)) ?? number)
    default: return value
    }
  }

  /// The decimal spelling without exponent; trailing zeros of decimals stay, as in `numeric`.
  static func plain(_ spelling: String) -> String {
    let parts = spelling.lowercased().split(separator: "e")
    let exponent = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
    let isNegative = spelling.hasPrefix("-")
    let mantissa = (isNegative ? parts[0].dropFirst() : parts[0])
      .split(separator: ".", omittingEmptySubsequences: false)
    var digits = String(mantissa[0])
    var decimals = mantissa.count > 1 ? String(mantissa[1]) : ""
    guard abs(exponent) <= 1_000 else { return spelling }
    for _ in 0..<max(0, exponent) {
      digits.append(decimals.isEmpty ? "0" : decimals.removeFirst())
    }
    for _ in 0..<max(0, -exponent) {
      decimals = String(digits.isEmpty ? "0" : digits.removeLast()) + decimals
    }
    digits = String(digits.drop { $0 == "0" })
    if digits.isEmpty { digits = "0" }
    let isZero = digits == "0" && decimals.allSatisfy { $0 == "0" }
    let text = decimals.isEmpty ? digits : digits + "." + decimals
    return isNegative && !isZero ? "-" + text : text
  }
}
