import Formats
import Testing

@Suite struct ExactTextTests {
  static let composed = "Caf\u{E9}"
  static let decomposed = "Cafe\u{301}"

  @Test func `tells texts apart that Swift takes for one`() {
    #expect(Self.composed == Self.decomposed)
    #expect(!Self.composed.isExactly(Self.decomposed))
    #expect(Set([ExactText(Self.composed), ExactText(Self.decomposed)]).count == 2)
    #expect(ExactText("K") != ExactText("\u{212A}"))
  }

  @Test(arguments: ["", "a", "12345678", "a longer name of a column", "ÄÖÜ", "日本語の列の名前です"])
  func `takes a text for itself`(_ text: String) {
    let copy = String(decoding: Array(text.utf8), as: UTF8.self)
    #expect(text.isExactly(copy))
    #expect(ExactText(text).hashValue == ExactText(copy).hashValue)
    #expect(!text.isExactly(text + "x"))
    #expect(text.isEmpty || !text.isExactly(String(text.dropLast()) + "\u{1}"))
  }

  @Test func `finds the name with the same bytes`() {
    let names = ["x", Self.composed, Self.decomposed]
    #expect(names.firstIndex(ofExactly: Self.decomposed) == 2)
    #expect(names.firstIndex(of: Self.decomposed) == 1)
    #expect(names.firstIndex(ofExactly: "y") == nil)
  }
}
