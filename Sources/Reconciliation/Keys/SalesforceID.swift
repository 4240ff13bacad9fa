/// Ids of Salesforce: 15 characters of which case counts, and 18 that survive a loss of case.
///
///     0035g 00000 00Nvr  AAE      each of the last three stands for five characters:
///     00000 00000 00100           the capitals among them as bits, the first the lowest
enum SalesforceID {
  private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ012345".utf8)

  /// The id in 18 characters; nil for any text that is none.
  static func long(_ text: String) -> String? {
    let bytes = Array(text.utf8)
    guard bytes.count == 15 || bytes.count == 18, bytes.allSatisfy(isAlphanumeric) else {
      return nil
    }
    let (id, suffix) = (bytes.prefix(15), bytes.dropFirst(15))
    let computed = self.suffix(of: Array(id))
    guard suffix.isEmpty || suffix.elementsEqual(computed, by: { uppercased($0) == $1 }) else {
      return nil
    }
    return String(decoding: id + computed, as: UTF8.self)
  }

  /// The 15 characters of an id of 18 whose last three are right; nil for any other text.
  static func short(_ text: String) -> String? {
    text.utf8.count == 18 && long(text) != nil
      ? String(decoding: text.utf8.prefix(15), as: UTF8.self) : nil
  }

  private static func suffix(of id: [UInt8]) -> [UInt8] {
    stride(from: 0, to: 15, by: 5).map { start in
      let capitals = (0..<5).reduce(0) { bits, place in
        (0x41...0x5A).contains(id[start + place]) ? bits | 1 << place : bits
      }
      return alphabet[capitals]
    }
  }

  private static func isAlphanumeric(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20)
  }

  private static func uppercased(_ byte: UInt8) -> UInt8 {
    (0x61...0x7A).contains(byte) ? byte & 0xDF : byte
  }
}
