import Effects
import Exports
import Formats
import TestKit
import Testing

/// Changes sound files at random, by a seed, and reads them: a file is read or refused, never more.
@Suite struct ReaderFuzzTests {
  /// How many changed files are read per format: few in an ordinary run, as many as one likes by
  /// `RESETSYNC_FUZZ_ROUNDS`.
  static let rounds =
    SystemEnvironment().value(of: "RESETSYNC_FUZZ_ROUNDS").flatMap { Int($0) } ?? 80

  @Test(arguments: NastyValuesTests.formats)
  func `survives changed files`(_ name: String) throws {
    let sound = Array(NastyValuesTests.bytes(name))
    let random = SeededRandom(seed: 4_711)
    for round in 0..<Self.rounds {
      var bytes = sound
      for _ in 0...(Int(random.next() % 4)) { Self.change(&bytes, random) }
      do {
        let preview = try ExportFixtures.preview(bytes, name)
        #expect(preview.rows.count + preview.rejected.count == preview.total)
        #expect(preview.rows.allSatisfy { $0.count == preview.columns.count })
      } catch let refusal as ExportRefusal {
        #expect(refusal.file == name)
      } catch {
        Issue.record("round \(round): \(error)")
      }
    }
  }

  /// Delimited text in other encodings and dialects, and what has to be told apart from text.
  private static func odd() -> [(name: String, bytes: [UInt8], rules: ReadingRules)] {
    var odd: [(name: String, bytes: [UInt8], rules: ReadingRules)] =
      (EncodingRefusalTests.towns.map { ($0.0, EncodingRefusalTests.bytes($0.1)) }
      + [("utf-16", ExportFixtures.utf16("ID;ORT\n1;Łódź 😀\n"))])
      .map { ("x.csv", $0.1, ReadingRules(encoding: $0.0)) }
    odd += odd.map { ($0.name, $0.bytes, ReadingRules()) }
    var plain = ReadingRules()
    (plain.quote, plain.escape, plain.comment) = (nil, "\\", "#")
    odd.append(("x.tsv", Array("#1\na\tb\n\"1\t2\\\t3\n#x\n".utf8), plain))
    var member = ReadingRules()
    member.member = "b*"
    odd.append(
      ("x.zip", ExportFixtures.archive([("a.csv", "x"), ("b.csv", "a,b\n1,2\n")]), member))
    odd.append(("x.xlsx", ExportFixtures.compoundFile(["Root Entry", "Workbook"]), ReadingRules()))
    odd.append(("x.ndjson", Array("{\"a\":1}\n[2],\n{\"b\":{\n".utf8), ReadingRules()))
    return odd
  }

  @Test func `survives changed files of other encodings, dialects and containers`() throws {
    let random = SeededRandom(seed: 815)
    for (name, sound, rules) in Self.odd() {
      for round in 0..<Self.rounds {
        var bytes = sound
        for _ in 0...(Int(random.next() % 4)) { Self.change(&bytes, random) }
        do {
          let preview = try ExportFixtures.preview(bytes, name, rules: rules)
          #expect(preview.rows.count + preview.rejected.count == preview.total)
          #expect(preview.rows.allSatisfy { $0.count == preview.columns.count })
        } catch let refusal as ExportRefusal {
          #expect(refusal.file == name && !refusal.advice.isEmpty)
        } catch {
          Issue.record("round \(round) of \(name): \(error)")
        }
      }
    }
  }

  private static func change(_ bytes: inout [UInt8], _ random: some RandomSource) {
    guard !bytes.isEmpty else { return }
    let place = Int(random.next() % UInt64(bytes.count))
    let interesting: [UInt8] = Array("\"',;<>&[]{}\\/=:-\n\r\t ".utf8) + [0, 0x80, 0xFF, 0xEF]
    switch random.next() % 6 {
    case 0: bytes[place] = UInt8(random.next() % 256)
    case 1: bytes[place] ^= UInt8(1 << (random.next() % 8))
    case 2: bytes.removeLast(bytes.count - place)
    case 3:
      let end = min(bytes.count, place + Int(random.next() % 40))
      bytes.removeSubrange(place..<end)
    case 4:
      let end = min(bytes.count, place + Int(random.next() % 40))
      bytes.insert(contentsOf: bytes[place..<end], at: place)
    default:
      bytes.insert(interesting[Int(random.next() % UInt64(interesting.count))], at: place)
    }
  }
}
