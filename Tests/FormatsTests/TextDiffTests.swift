import Formats
import Testing

@Suite struct TextDiffTests {
  private func shown(_ diff: TextDiff) -> String {
    diff.spans.map { span in
      switch span.kind {
      case .common: span.text
      case .removed: "[-\(span.text)-]"
      case .added: "[+\(span.text)+]"
      }
    }.joined()
  }

  @Test(arguments: [
    ("wholesale", "retail-plus", "[-wholesale-][+retail-plus+]"),
    ("retail", "retail-plus", "retail[+-plus+]"),
    ("abc", "abc", "abc"), ("", "", ""), ("", "x", "[+x+]"), ("x", "", "[-x-]"),
    ("12345", "12845", "12[-3-][+8+]45"),
    ("a b", "a\u{A0}b", "a[- -][+\u{A0}+]b"),
    ("colour of the sea", "color of the sea", "colo[-u-]r of the sea"),
    ("👩‍👩‍👧 ok", "👩‍👩‍👦 ok", "[-👩‍👩‍👧-][+👩‍👩‍👦+] ok"),
  ])
  func `characters that differ are marked`(first: String, second: String, expected: String) {
    #expect(shown(TextDiff(characters: first, second)) == expected)
  }

  @Test func `lines that differ are marked whole`() {
    let diff = TextDiff(lines: "a\nb\nc\n", "a\nB\nc\nd")
    #expect(shown(diff) == "a\n[-b\n-][+B\n+]c\n[+d+]")
  }

  @Test func `beyond the bound the middle counts as replaced`() {
    let first = "<" + String(repeating: "ab", count: 3_000) + ">"
    let second = "<" + String(repeating: "ba", count: 2_000) + "c>"
    let diff = TextDiff(characters: first, second, stepsMax: 1_000)
    #expect(diff.spans.map(\.kind) == [.common, .removed, .added, .common])
    #expect(diff.first.map(\.text).joined() == first)
    #expect(diff.second.map(\.text).joined() == second)
  }

  @Test func `both texts can be read back from the spans`() {
    var generator = SeededGenerator(seed: 7)
    for _ in 0..<2_000 {
      let first = word(&generator)
      let second = word(&generator)
      let diff = TextDiff(characters: first, second)
      #expect(diff.first.map(\.text).joined() == first)
      #expect(diff.second.map(\.text).joined() == second)
      for (span, next) in zip(diff.spans, diff.spans.dropFirst()) {
        #expect(span.kind != next.kind && !(span.kind == .added && next.kind == .removed))
      }
    }
  }

  @Test func `line scripts are as short as can be`() {
    var generator = SeededGenerator(seed: 11)
    for _ in 0..<500 {
      let first = word(&generator).map { "\($0)\n" }
      let second = word(&generator).map { "\($0)\n" }
      let diff = TextDiff(lines: first.joined(), second.joined())
      let kept = diff.spans.filter { $0.kind == .common }
      let common: Int = kept.reduce(0) { $0 + $1.text.count / 2 }
      #expect(common == longestCommon(first, second))
    }
  }

  private func word(_ generator: inout SeededGenerator) -> String {
    let letters = Array("abc")
    let count = Int(generator.next() % 14)
    return String((0..<count).map { _ in letters[Int(generator.next() % 3)] })
  }

  /// The length of the longest common subsequence, by the plain table.
  private func longestCommon(_ first: [String], _ second: [String]) -> Int {
    var row = Array(repeating: 0, count: second.count + 1)
    for a in first {
      var diagonal = 0
      for (place, b) in second.enumerated() {
        let above = row[place + 1]
        row[place + 1] = a == b ? diagonal + 1 : max(above, row[place])
        diagonal = above
      }
    }
    return row[second.count]
  }
}
