import Formats
import TestKit

extension SweepExport {
  /// Does to the file what transfers, tools and people do; the truth stays what it was.
  ///
  /// Only what can be noticed in principle: a letter turned into another one can't.
  mutating func damage(_ random: inout SplitMix) {
    promise = .noWrongValue
    switch random.number(0...5) {
    case 0, 1: cut(random.number(0...max(0, bytes.count - 1)))
    case 2: spoilUTF8(&random)
    case 3: zeroTail(random.number(0...max(0, bytes.count - 1)))
    case 4: packAndSpoil(&random)
    default: mixLocales(&random)
    }
  }

  private mutating func cut(_ count: Int) {
    bytes = Array(bytes.prefix(count))
    story.append("cut at \(count)")
  }

  /// A byte that no UTF-8 has at this place.
  private mutating func spoilUTF8(_ random: inout SplitMix) {
    // Another encoding has a letter there, which is no damage that can be noticed.
    let isUTF8 = !mapping.contains("\"encoding\"") || mapping.contains("\"UTF-8\"")
    guard isUTF8, String(validating: bytes, as: UTF8.self) != nil, !bytes.isEmpty else {
      return cut(0)
    }
    let place = random.number(0...bytes.count - 1)
    var spoilt = bytes
    spoilt[place] = UInt8(random.number(0x80...0xFF))
    guard String(validating: spoilt, as: UTF8.self) == nil else { return cut(place) }
    bytes = spoilt
    story.append("byte \(place) spoilt")
  }

  private mutating func zeroTail(_ start: Int) {
    for place in start..<bytes.count { bytes[place] = 0 }
    story.append("zeros from \(start) on")
  }

  private mutating func packAndSpoil(_ random: inout SplitMix) {
    guard !name.hasSuffix(".xlsx"), !bytes.isEmpty else { return cut(bytes.count / 2) }
    bytes = ExportFixtures.gzip(bytes)
    name += ".gz"
    // Behind the head, which holds a time and a system that nobody reads.
    let place = random.number(10...bytes.count - 1)
    bytes[place] ^= UInt8(1 << random.number(0...7))
    story.append("packed, bit of byte \(place) turned")
  }

  /// Somebody's numbers in the locale of another country stand in the same column.
  private mutating func mixLocales(_ random: inout SplitMix) {
    guard name == "sweep.ndjson", let ending = bytes.last, ending == 0x0A else {
      return cut(bytes.count / 3)
    }
    let pairs = [("1.234,50", "1234.5"), ("1,234.50", "1234.5")]
    for (number, pair) in pairs.enumerated() {
      let reference = "mixed\(number)"
      bytes += Array("{\"ref\": \"\(reference)\", \"amount\": \"\(pair.0)\"}\n".utf8)
      truth[reference] = ["amount": .number(isNegative: false, whole: "1234", fraction: "50")]
    }
    story.append("locales mixed")
  }
}
