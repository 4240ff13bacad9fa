import Reconciliation
import Testing

private typealias Case = (String, String, [Lookalike.Difference], [String])

private let alike: [Case] = [
  ("1001", "1001.0", [.pointZero], []), ("1001", "1001.00", [.pointZero], []),
  ("1234567", "0001234567", [.leadingZeros], ["strip_leading_zeros"]),
  ("ab-1", "AB-1", [.letterCase], ["casefold"]), ("straße", "STRASSE", [.letterCase], ["casefold"]),
  ("10 01", "1001", [.blanks], ["digits_only"]), ("a  b", "a b", [.blanks], ["collapse_spaces"]),
  ("a b", "ab", [.blanks], []), (" x", "x", [.blanks], ["trim"]),
  ("\u{FEFF}x1", "x1", [.zeroWidth], ["zero_width"]),
  ("１００１", "1001", [.form], ["nfkc"]), ("=\"007\"", "007", [.guarded], ["unguard"]),
  ("'12", "12", [.guarded], ["unguard"]),
  ("0035g0000000Nvr", "0035g0000000NvrAAE", [.length], []),
  ("AB1", "00ab1", [.letterCase, .leadingZeros], ["casefold", "strip_leading_zeros"]),
  ("0017", "17.0", [.pointZero, .leadingZeros], []),
]

@Test(arguments: alike) private func `what differs is told, with the steps that join`(
  one: String, other: String, differences: [Lookalike.Difference], steps: [String]
) {
  for likeness in [Lookalike(one, other), Lookalike(other, one)] {
    #expect(likeness?.differences == differences)
    // A step for ids of 15 characters may come with its rule.
    if !differences.contains(.length) { #expect(likeness?.steps.map(\.name) == steps) }
  }
  let steps = steps.compactMap { Normalization(name: $0) }
  if !steps.isEmpty { #expect(steps.normalize(one) == steps.normalize(other)) }
}

@Test(arguments: [
  ("1001", "1002"), ("1001", "1001"), ("100", "1"), ("1001.5", "1001"), ("", " "), ("0", ""),
  ("0035g0000000Nvr", "0035g0000000NvrAAA"), ("0035g0000000Nvr", "0035g0000000NvrAAE0"),
  ("1001.0.0", "1001"), ("a@b.c", "b@b.c"),
])
private func `what differs in more is not alike`(one: String, other: String) {
  #expect(Lookalike(one, other) == nil)
}

@Test private func `one side's spellings lead to the other's`() {
  // What a source wrote oddly is found from its plain form, and the other way round.
  for (one, other, differences, _) in alike where !differences.contains(.blanks) {
    let found = [(one, other), (other, one)].contains { Lookalike.spellings(of: $0).contains($1) }
    #expect(found, "\(one) and \(other)")
  }
  #expect(Lookalike.spellings(of: "10 01").contains("1001"))
  #expect(Lookalike.spellings(of: " 7").contains("7"))
  for key in ["1", "C-17", "0035g0000000Nvr", "ﬁ"] {
    let spellings = Lookalike.spellings(of: key)
    #expect(!spellings.contains(key) && Set(spellings).count == spellings.count)
    #expect(spellings.count < 40)
  }
}
