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
